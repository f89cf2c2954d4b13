// An erasure deletes what it knows of; it does not complete while it may know too little.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Foundation
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

  @Test func `are known after a restart, which does not believe the damaged file`() async throws {
    let redress = try await delayedErasure()
    defer { redress.removeFolder() }
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    #expect(restarted.projections.statuses.filter(\.isDistrusted).map(\.name) == ["OrderBalance"])
    #expect(try restarted.vault.isComplete(Self.robin))
    restarted.stop()
  }

  @Test func `are unknown while the read model is behind`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let orders = OrdersOfPerson(projections: redress.projections, timeLimit: 0.01)
    let last = Position(redress.log.durableEnd(of: Self.robin.tenant).value - 1)
    let error = #expect(throws: OrdersUnknown.self) { try orders.orders(Self.robin, upTo: last) }
    #expect(error?.reason == "it has not applied the log up to it")
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    #expect(try orders.orders(Self.robin, upTo: last) == [OrderID(unchecked: "o1")])
    redress.stop()
  }

  /// - Parameter isReplaced: by a copy from before the order, or else it is gone.
  @Test(arguments: [true, false])
  func `are unknown while the read model's file is another one or gone`(
    isReplaced: Bool
  ) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    let file = redress.folder + "/read-models/OrderBalance.sqlite"
    let old = redress.folder + "/old.sqlite"
    try Database(path: file, mode: .readWrite).execute("VACUUM INTO '\(old)'")
    try await redress.prepare()
    redress.start(isPaying: false)
    #expect(await redress.settle())
    try FileManager.default.removeItem(atPath: file)
    for journal in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + journal) }
    if isReplaced { try FileManager.default.moveItem(atPath: old, toPath: file) }
    try await erase(from: redress)
    let completion = ErasureCompletion(eraser: redress.node.eraser)
    let error = #expect(throws: ErasureDelayed.self) { try completion.run() }
    #expect(
      "\(try #require(error))".contains("OrderBalance.sqlite is gone or was replaced: rebuild it"))
    #expect(try !redress.vault.isComplete(Self.robin))
    #expect(redress.node.eraser.delay(of: Self.robin) != nil)
    _ = try redress.projections.rebuild([OrderBalance.name])
    #expect(try completion.run() == nil)
    #expect(try redress.vault.isComplete(Self.robin))
    #expect(redress.node.eraser.delay(of: Self.robin) == nil)
    redress.stop()
  }

  @Test func `are read only from a file that has the erasure`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    let end = redress.log.durableEnd(of: Self.robin.tenant)
    func read(_ position: Position, of tenant: String = "acme") throws -> Int? {
      try redress.projections.read(
        OrderBalance.self, asFarAs: position, of: TenantID(unchecked: tenant)
      ) { _ in 1 }
    }
    #expect(try read(Position(end.value - 1)) == 1)
    #expect(try read(end) == nil)
    #expect(try read(.first, of: "nobody") == nil)
    redress.stop()
  }

  @Test func `are known while the read model is rebuilt, from the file that serves`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    let rebuild = await HeldRebuild(of: [OrderBalance.name], in: redress.projections)
    try await erase(from: redress)
    #expect(try redress.vault.isComplete(Self.robin))
    _ = try await rebuild.release()
    redress.stop()
  }

  private func erase(from redress: RunningRedress) async throws {
    for (type, data) in [
      ("AddAgent", #"{"agentId":"max","role":"admin"}"#),
      ("RegisterCustomer", #"{"customerId":"robin","email":"robin@shop.example"}"#),
      ("EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#),
    ] {
      let answer = try await redress.submit(
        type, type, data, actor: type == "EraseSubject" ? "agent/max" : nil)
      #expect(answer.isAccepted, "\(answer)")
    }
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
    try await erase(from: redress)
    #expect(try !redress.vault.isComplete(Self.robin))
    return redress
  }
}
