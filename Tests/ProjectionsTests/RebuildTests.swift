// A read model is the history up to its checkpoint, however often it is made anew.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Foundation
import Gateways
import Projecting
import Projections
import RunningRedress
import SQLite
import Synchronization
import Testing

struct `A read model` {
  @Test func `says the same after a rebuild, and keeps the one before`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    #expect(await redress.settle())
    let names = readModels.map { $0.name }
    let reports = try redress.projections.rebuild(names)
    #expect(reports.map(\.name) == names)
    #expect(reports.allSatisfy { !$0.isChanged && $0.previousDigest == $0.digest })
    // It still follows.
    try await redress.requestAndApprove("r2")
    #expect(try await redress.waitForRefund("r2", status: "executed"))
    redress.stop()
    let previous = try Database(
      path: redress.folder + "/read-models/RefundQueue.previous.sqlite", mode: .readOnly)
    #expect(try previous.row("SELECT count(*) FROM refunds", row: { $0.int(0) }) == 1)
  }

  @Test func `is rebuilt once where its name is given twice`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    let reports = try redress.projections.rebuild(["DueWork", "RefundQueue", "DueWork"])
    #expect(reports.map(\.name) == ["DueWork", "RefundQueue"])
    // Nothing is read of those that were not asked for.
    #expect(try redress.projections.reports(of: ["DueWork"]).map(\.digest) == [reports[0].digest])
    #expect(try redress.projections.reports(of: []).isEmpty)
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
  }

  @Test func `cannot be rebuilt while another rebuild is running`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    let first = await HeldRebuild(of: ["DueWork"], in: redress.projections)
    for name in ["DueWork", "RefundQueue"] {
      #expect(throws: RebuildRunning.self) { try redress.projections.rebuild([name]) }
    }
    #expect(try await first.release().map(\.name) == ["DueWork"])
    #expect(try redress.projections.rebuild(["RefundQueue"]).count == 1)
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
  }

  @Test func `goes on with its file if the rebuilt one cannot take its place`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    let rebuild = await HeldRebuild(of: ["DueWork", "RefundQueue"], in: redress.projections)
    let folder = redress.folder + "/read-models/"
    try FileManager.default.removeItem(atPath: folder + "DueWork.rebuilding")
    let failure = await #expect(throws: RebuildFailed.self) { try await rebuild.release() }
    #expect(failure?.reason.hasPrefix("cannot rename") == true)
    #expect(failure?.reason.hasSuffix("DueWork.sqlite: No such file or directory") == true)
    #expect(redress.projections.statuses.allSatisfy { $0.failure == nil && $0.delay == nil })
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.contains("DueWork.sqlite"))
    #expect(!files.contains { $0.contains("rebuilding") || $0.contains("previous") })
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
  }

  @Test func `comes back by a rebuild where its file was removed`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(
        atPath: redress.folder + "/read-models/RefundQueue.sqlite" + suffix)
    }
    #expect(try redress.projections.rebuild(["RefundQueue"]).count == 1)
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
  }

  @Test func `leaves no unfinished file when a rebuild fails`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let folder = redress.folder + "/others"
    let runtime = try ProjectionRuntime(
      folder: folder, logFolder: redress.logFolder, readModels: [Fickle.self, CaseBoard.self],
      vault: nil)
    _ = runtime.catchUp(to: redress.log.durableEnd)
    Fickle.isRefusing.withLock { $0 = true }
    #expect(throws: RebuildFailed.self) { try runtime.rebuild(["CaseBoard", "Fickle"]) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.contains("rebuilding") } == [])
    #expect(try runtime.read(Fickle.self) { try $0.int("SELECT count(*) FROM things") } == 1)
    Fickle.isRefusing.withLock { $0 = false }
    #expect(try runtime.rebuild(["Fickle"]).map(\.isChanged) == [false])
    redress.stop()
  }

  @Test func `that says something else in the same version is reported`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    #expect(await redress.settle())
    do {
      let file = try Database(
        path: redress.folder + "/read-models/OrderBalance.sqlite", mode: .readWrite)
      try file.run("UPDATE orders SET executed = executed + ?", 1)
    }
    let report = try #require(try redress.projections.rebuild(["OrderBalance"]).first)
    #expect(report.isChanged)
    redress.stop()
  }

  @Test func `is where its tenant's last event is before a waiting reader reads`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    let tenant = TenantID(unchecked: "acme")
    for number in 0..<20 {
      let answer = try await redress.submit(
        "o-\(number)", "RecordOrder",
        #"{"orderId":"n\#(number)","customerId":"c","source":"api","#
          + #""currency":"GBP","placedAt":"2026-01-05T09:30:00Z","#
          + #""lines":[{"lineId":"1","title":"T","quantity":1,"unitPrice":1}]}"#
      )
      let position = try #require(answer.outcome.lastPosition)
      #expect(
        await redress.projections.wait(
          for: position, of: tenant, in: "OrderBalance", seconds: 60))
      let row = try redress.projections.read(OrderBalance.self) {
        try OrderBalance.order(OrderID(unchecked: "n\(number)"), tenant: tenant, in: $0)
      }
      #expect(row?.total == 1)
    }
    redress.stop()
  }

  @Test func `adds up to the refundable balance at every step of a refund`() async throws {
    let redress = try RunningRedress(behaviour: { $0.refundID == "r2" ? .decline : .pay })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    let tenant = TenantID(unchecked: "acme")
    func balance() async throws -> [Int] {
      #expect(await redress.settle())
      let row = try redress.projections.read(OrderBalance.self) {
        try OrderBalance.order(OrderID(unchecked: "o1"), tenant: tenant, in: $0)
      }
      guard let order = row else { return [] }
      return [order.captured, order.executed, order.reserved, order.refundable]
    }
    #expect(try await balance() == [678, 0, 0, 678])
    try await redress.requestAndApprove("r1")
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    #expect(try await balance() == [678, 339, 0, 339])
    try await redress.requestAndApprove("r2")
    #expect(try await redress.waitForRefund("r2", status: "failed"))
    #expect(try await balance() == [678, 339, 339, 0])
    let cancelled = try await redress.submit(
      "cancel", "CancelRefund", #"{"refundId":"r2"}"#, actor: "agent/kim")
    #expect(cancelled.isAccepted)
    #expect(try await balance() == [678, 339, 0, 339])
    redress.stop()
  }

  @Test func `that is further than the log begins anew`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    redress.stop()
    do {
      let file = try Database(
        path: redress.folder + "/read-models/CaseBoard.sqlite", mode: .readWrite)
      try file.run("UPDATE _projection SET checkpoint = checkpoint + ?", 7)
      try file.run("UPDATE cases SET status = ?", "closed")
    }
    let restarted = try RunningRedress(folder: redress.folder)
    restarted.start()
    #expect(await restarted.settle())
    let row = try restarted.projections.read(CaseBoard.self) {
      try CaseBoard.supportCase(
        CaseID(unchecked: "k1"), tenant: TenantID(unchecked: "acme"), in: $0)
    }
    #expect(row?.status == "open")
    restarted.stop()
  }

  @Test func `stops visibly at an event that it cannot apply, and the others go on`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let runtime = try ProjectionRuntime(
      folder: redress.folder + "/others", logFolder: redress.logFolder,
      readModels: [Refusing.self, CaseBoard.self], vault: nil)
    let statuses = runtime.catchUp(to: redress.log.durableEnd)
    #expect(statuses[0].failure?.contains("CaseOpened at position 5 of acme") == true)
    #expect(statuses[1].failure == nil)
    #expect(statuses[1].checkpoint == redress.log.durableEnd)
    redress.stop()
  }
}

/// A read model that applies an event at one time and not at another, as with a full disk.
private enum Fickle: ReadModel {
  struct Refusal: Error {}

  static let isRefusing = Mutex(false)

  static let name = "Fickle"
  static let version = 1
  static let tables = "CREATE TABLE things (id INTEGER PRIMARY KEY) STRICT"
  static let handlers = Handlers {
    on(CaseOpened.self) { _, row in
      try row.database.run("INSERT INTO things VALUES (?)", row.position)
      if isRefusing.withLock({ $0 }) { throw Refusal() }
    }
  }
}

/// A read model that cannot apply what it has a handler for.
private enum Refusing: ReadModel {
  struct Refusal: Error {}

  static let name = "Refusing"
  static let version = 1
  static let tables = "CREATE TABLE things (id INTEGER PRIMARY KEY) STRICT"
  static let handlers = Handlers {
    on(CaseOpened.self) { _, _ in throw Refusal() }
  }
}
