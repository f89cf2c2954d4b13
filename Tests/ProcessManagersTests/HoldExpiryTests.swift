// H2: holds expire when their time is over, once, also after a restart and after a suspension.

import CommandHandling
import EventLog
import EventSourcing
import Events
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Testing

struct `The expiry of payout holds` {
  let acme = TenantID(unchecked: "acme")
  static let end = "2026-02-01T00:00:00.000000Z"

  private func status(_ redress: RunningRedress) async throws -> String? {
    #expect(await redress.settle())
    return try redress.projections.read(PayoutHolds.self) {
      try PayoutHolds.hold(HoldID(unchecked: "h1"), tenant: acme, in: $0)?.status
    }
  }

  private func eventCount(_ redress: RunningRedress) -> UInt64 {
    redress.log.nextPosition(of: acme).value
  }

  /// The clock shows the end of the hold.
  private func holding(clock: String) async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp(clock))
    try await redress.prepare()
    redress.start()
    let answer = try await redress.submit(
      "hold", "ApplyPayoutHold",
      #"{"holdId":"h1","caseId":"k1","orderId":"o1","amount":5,"expiresAt":"\#(Self.end)","#
        + #""reason":"Claimed as broken"}"#, at: "2026-01-16T12:00:00.000000Z")
    #expect(answer.rejection == nil, "\(answer)")
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    return redress
  }

  @Test func `comes when it is due and not before, and only once`() async throws {
    let redress = try await holding(clock: Self.end)
    defer { redress.removeFolder() }
    #expect(try await status(redress) == "applied")
    try await redress.run(HoldExpiry.self, at: Timestamp("2026-01-31T23:59:59.999999Z"))
    #expect(try await status(redress) == "applied")
    let before = eventCount(redress)
    try await redress.run(HoldExpiry.self, at: Timestamp(Self.end))
    #expect(try await status(redress) == "expired")
    #expect(eventCount(redress) == before + 3)
    // Neither another run nor replaying the history fires it again.
    try await redress.run(HoldExpiry.self, at: Timestamp(Self.end))
    _ = try redress.projections.rebuild([DueWork.name])
    try await redress.run(HoldExpiry.self, at: Timestamp(Self.end))
    #expect(eventCount(redress) == before + 3)
    redress.stop()
  }

  @Test func `comes after a restart, from the log`() async throws {
    let redress = try await holding(clock: Self.end)
    defer { redress.removeFolder() }
    #expect(await redress.settle())
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp(Self.end))
    again.start()
    try await again.run(HoldExpiry.self, at: Timestamp(Self.end))
    #expect(try await status(again) == "expired")
    again.stop()
  }

  @Test func `waits for a suspended tenant`() async throws {
    let redress = try await holding(clock: Self.end)
    defer { redress.removeFolder() }
    _ = try await redress.submit("s1", "SuspendTenant", #"{"reason":"unpaid"}"#)
    #expect(try await status(redress) == "applied")
    let count = eventCount(redress)
    try await redress.run(HoldExpiry.self, at: Timestamp(Self.end))
    #expect(eventCount(redress) == count)
    _ = try await redress.submit("s2", "ReinstateTenant", "{}")
    #expect(try await status(redress) == "applied")
    try await redress.run(HoldExpiry.self, at: Timestamp(Self.end))
    #expect(try await status(redress) == "expired")
    redress.stop()
  }
}
