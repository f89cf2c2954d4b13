// An erasure deletes what it knows of; it does not complete while it may know too little.

import EventSourcing
import PersonalData
import RunningRedress
import Testing

@testable import Node

struct `The orders of a person who is erased` {
  @Test func `are unknown while the read model does not follow the log`() throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    redress.stop()
    let orders = OrdersOfPerson(projections: redress.projections)
    let person = Person("cus_1", of: TenantID(unchecked: "acme"))
    #expect(throws: OrdersUnknown.self) { try orders.orders(person, upTo: .first) }
  }
}
