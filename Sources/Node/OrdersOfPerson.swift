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
  func orders(_ person: Person, upTo position: Position) throws -> [OrderID] {
    let isApplied = Monitor<Bool?>(nil)
    projections.whenApplied(
      position, of: person.tenant, in: OrderBalance.name, seconds: Self.timeLimit
    ) { applied in isApplied.update { $0 = applied } }
    isApplied.wait(until: { $0 != nil })
    return try projections.read(OrderBalance.self) {
      try OrderBalance.orders(of: person.subject, tenant: person.tenant, in: $0)
    }
  }
}
