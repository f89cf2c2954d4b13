// The orders of a person who is erased, from a read model. The caller's thread waits for that
// model's thread; no Task takes part, so that one processor is enough.

import EventSourcing
import Events
import PersonalData
import Projecting
import Projections
import Threading

struct OrdersOfPerson: Sendable {
  var projections: ProjectionRuntime

  /// The longest wait for the read model to reach the erasure.
  private static let timeLimit = 60.0

  /// - Returns: the orders that the person had placed before a position.
  /// - Throws: ``OrdersUnknown`` where the read model has not come that far, since an erasure that
  ///   misses an order would be incomplete.
  func orders(_ person: Person, upTo position: Position) throws -> [OrderID] {
    let name = OrderBalance.name
    let isApplied = Monitor<Bool?>(nil)
    projections.whenApplied(
      position, of: person.tenant, in: name, seconds: Self.timeLimit
    ) { applied in isApplied.update { $0 = applied } }
    guard isApplied.wait(until: { $0 != nil }, then: { $0 }) == true else {
      throw OrdersUnknown(readModel: name)
    }
    return try projections.read(OrderBalance.self) {
      try OrderBalance.orders(of: person.subject, tenant: person.tenant, in: $0)
    }
  }
}

/// Why an erasure waits: the orders of the person could not be read.
struct OrdersUnknown: Error, CustomStringConvertible {
  var readModel: String

  var description: String {
    "an erasure needs the read model \(readModel), which has not applied the log up to it; rebuild "
      + "it with redress projections rebuild; then the erasure is completed"
  }
}
