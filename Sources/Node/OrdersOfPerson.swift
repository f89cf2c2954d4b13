// The orders of a person who is erased, from a read model. The caller's thread waits for that
// model's thread; no Task takes part, so that one processor is enough. What must hold: the list has
// every order up to the erasure, or there is no list.

import EventSourcing
import Events
import PersonalData
import Projecting
import Projections
import Threading

struct OrdersOfPerson: Sendable {
  var projections: ProjectionRuntime
  /// The longest wait, in seconds, for the read model to reach the erasure.
  var timeLimit = 60.0

  /// - Returns: the orders that the person had placed before a position.
  /// - Throws: ``OrdersUnknown`` where the read model is not known to have come that far, since an
  ///   erasure that misses an order would be incomplete.
  func orders(_ person: Person, upTo position: Position) throws -> [OrderID] {
    let name = OrderBalance.name
    let isApplied = Monitor<Bool?>(nil)
    projections.whenApplied(
      position, of: person.tenant, in: name, seconds: timeLimit
    ) { applied in isApplied.update { $0 = applied } }
    let hasApplied = isApplied.wait(until: { $0 != nil }, then: { $0 }) == true
    // A file that is gone or was replaced is no longer the one that events are applied to.
    let status = projections.inspect().first { $0.name == name }
    if let failure = status?.failure { throw OrdersUnknown(readModel: name, because: failure) }
    guard hasApplied else {
      throw OrdersUnknown(readModel: name, because: "it has not applied the log up to it")
    }
    let orders = try projections.read(
      OrderBalance.self, asFarAs: position, of: person.tenant
    ) { try OrderBalance.orders(of: person.subject, tenant: person.tenant, in: $0) }
    guard let orders else {
      throw OrdersUnknown(readModel: name, because: "its file ends before it")
    }
    return orders
  }
}

/// Why an erasure waits: the orders of the person could not be read.
struct OrdersUnknown: Error, CustomStringConvertible {
  var readModel: String
  var reason: String

  init(readModel: String, because reason: String) {
    (self.readModel, self.reason) = (readModel, reason)
  }

  var description: String {
    "an erasure needs the read model \(readModel) up to it (\(reason)); rebuild it with redress "
      + "projections rebuild, if it does not follow by itself; then the erasure is completed"
  }
}
