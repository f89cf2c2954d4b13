// An erasure deletes what it knows of; it does not complete while it may know too little.

import CommandHandling
import EventLog
import EventSourcing
import PersonalData
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import SQLite
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

  @Test func `are waited for: the service goes on, and completes the erasure after a rebuild`()
    async throws
  {
    let redress = try await delayedErasure()
    defer { redress.removeFolder() }
    let completion = ErasureCompletion(eraser: redress.node.eraser)
    #expect(throws: ErasureDelayed.self) { try completion.run() }
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    _ = try redress.projections.rebuild([OrderBalance.name])
    #expect(try completion.run() == nil)
    #expect(try redress.vault.isComplete(Self.robin))
    redress.stop()
  }

  @Test func `keep no service from starting`() async throws {
    let redress = try await delayedErasure()
    defer { redress.removeFolder() }
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    #expect(try !restarted.vault.isComplete(Self.robin))
    restarted.stop()
  }

  private static let robin = Person("robin", of: TenantID(unchecked: "acme"))

  /// A Redress whose read model of orders has stopped, and a person who was erased after that.
  private func delayedErasure() async throws -> RunningRedress {
    let redress = try RunningRedress()
    try await redress.prepare()
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    do {
      let file = try Database(
        path: redress.folder + "/read-models/OrderBalance.sqlite", mode: .readWrite)
      try file.execute(
        "CREATE TRIGGER damage BEFORE UPDATE ON orders BEGIN SELECT RAISE(ABORT, 'damaged'); END")
    }
    try await redress.requestAndApprove()
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    for (type, data) in [
      ("AddAgent", #"{"agentId":"max","role":"admin"}"#),
      ("RegisterCustomer", #"{"customerId":"robin","email":"robin@shop.example"}"#),
      ("EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#),
    ] {
      let answer = try await redress.submit(
        type, type, data, actor: type == "EraseSubject" ? "agent/max" : nil)
      #expect(answer.isAccepted, "\(answer)")
    }
    #expect(try !redress.vault.isComplete(Self.robin))
    return redress
  }
}
