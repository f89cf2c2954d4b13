// The due work: a reader that continues after the last number it has seen misses nothing and reads
// nothing twice, also when entries, tenants and clocks change in between.

import EventSourcing
import Events
import Projecting
import Projections
import RunningRedress
import SQLite
import Testing

struct `The due work` {
  let acme = TenantID(unchecked: "acme")

  /// What a process manager reads with a cursor of its own.
  private final class Reader {
    var cursor = DueWork.Cursor()

    func read(
      _ redress: RunningRedress, _ manager: DueWork.Manager, at now: String, limit: Int = 2
    ) throws -> [String] {
      var found: [String] = []
      var page: [DueWork.Entry]
      repeat {
        page = try redress.projections.read(DueWork.self) {
          try DueWork.due(
            manager, after: &cursor, at: Timestamp(now)!, limit: limit, in: $0)
        }
        found += page.map(\.subject)
      } while !page.isEmpty
      return found
    }
  }

  private func holding(_ ends: [String]) async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp("2026-01-16T12:00:00Z"))
    try await redress.prepare()
    redress.start(isPaying: false)
    for (number, end) in ends.enumerated() {
      let answer = try await redress.submit(
        "hold\(number)", "ApplyPayoutHold",
        #"{"holdId":"h\#(number)","caseId":"k1","orderId":"o1","amount":5,"expiresAt":"\#(end)","#
          + #""reason":"Claimed"}"#, at: "2026-01-16T11:00:00Z")
      #expect(answer.rejection == nil, "\(answer)")
    }
    return redress
  }

  @Test func `is due when its time comes, and waits while the tenant imports or is suspended`()
    async throws
  {
    let redress = try await holding([
      "2026-02-03T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z",
    ])
    defer { redress.removeFolder() }
    let reader = Reader()
    #expect(await redress.settle())
    #expect(try reader.read(redress, .holdExpiry, at: "2026-03-01T00:00:00Z") == [])
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    #expect(await redress.settle())
    #expect(try reader.read(redress, .holdExpiry, at: "2026-01-31T00:00:00Z") == [])
    let next = try redress.projections.read(DueWork.self) {
      try DueWork.nextDue(.holdExpiry, after: Timestamp("2026-01-31T00:00:00Z")!, in: $0)
    }
    #expect(next == Timestamp("2026-02-01T00:00:00Z"))
    #expect(try reader.read(redress, .holdExpiry, at: "2026-02-01T00:00:00Z") == ["h1"])
    #expect(try reader.read(redress, .holdExpiry, at: "2026-02-01T00:00:00Z") == [])
    #expect(try reader.read(redress, .holdExpiry, at: "2026-02-03T00:00:00Z") == ["h2", "h0"])
    // Suspended and reinstated, all of it is due anew; a clock that was set back loses nothing.
    _ = try await redress.submit("s1", "SuspendTenant", #"{"reason":"unpaid"}"#)
    #expect(await redress.settle())
    #expect(try reader.read(redress, .holdExpiry, at: "2026-03-01T00:00:00Z") == [])
    _ = try await redress.submit("s2", "ReinstateTenant", "{}")
    #expect(await redress.settle())
    #expect(try reader.read(redress, .holdExpiry, at: "2026-02-02T12:00:00Z") == ["h1", "h2"])
    #expect(try reader.read(redress, .holdExpiry, at: "2026-02-03T00:00:00Z") == ["h0"])
    redress.stop()
  }

  @Test func `is left once it is done, and a rebuild gives the same numbers`() async throws {
    let redress = try await holding(["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"])
    defer { redress.removeFolder() }
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    let released = try await redress.submit(
      "rel", "ReleasePayoutHold", #"{"holdId":"h0","reason":"Settled"}"#)
    #expect(released.isAccepted, "\(released)")
    #expect(await redress.settle())
    #expect(try Reader().read(redress, .holdExpiry, at: "2026-03-01T00:00:00Z") == ["h1"])
    let reports = try redress.projections.rebuild([DueWork.name])
    #expect(reports.map(\.isChanged) == [false])
    redress.stop()
  }

  @Test func `shows which tenants are paused`() async throws {
    let redress = try await holding([])
    defer { redress.removeFolder() }
    func paused() async throws -> [TenantID: String] {
      #expect(await redress.settle())
      return try redress.projections.read(DueWork.self) { try DueWork.pausedTenants(in: $0) }
    }
    #expect(try await paused() == [acme: "importing"])
    _ = try await redress.submit("end", "EndImport", "{}")
    #expect(try await paused() == [:])
    _ = try await redress.submit("s1", "SuspendTenant", #"{"reason":"unpaid"}"#)
    #expect(try await paused() == [acme: "suspended"])
    redress.stop()
  }

  @Test func `has no refund to pay in a status that it does not know`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    #expect(await redress.settle())
    func stage() throws -> RefundToExecute.Stage? {
      try redress.projections.read(DueWork.self) {
        try DueWork.refundToExecute(RefundID(unchecked: "r1"), tenant: acme, in: $0)?.stage
      }
    }
    #expect(try stage() == .approved)
    do {
      let file = try Database(
        path: redress.folder + "/read-models/DueWork.sqlite", mode: .readWrite)
      try file.run("UPDATE refunds SET status = ?", "halved")
    }
    #expect(throws: UnexpectedRefundStatus.self) { try stage() }
    redress.stop()
  }
}
