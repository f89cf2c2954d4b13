// Refusals over the quota: the command is refused all the same, and the history does not grow.

import CommandHandling
import EventLog
import EventSourcing
import Events
import RunningRedress
import Testing

struct `A refusal over the quota` {
  private static let noon = Timestamp("2026-01-16T12:00:00.000000Z")!

  private func deny(
    _ id: String, tenant: String = "acme", in redress: RunningRedress
  ) async throws -> Answer {
    try await redress.submit(
      id, "DenyRefund", #"{"refundId":"none","reason":"no"}"#, actor: "agent/kim", tenant: tenant)
  }

  private func isRecorded(_ answer: Answer) -> Bool? {
    switch answer.outcome {
    case .rejected: true
    case .refusedUnrecorded: false
    case .accepted, .unchanged, .conflict, .unknownTenant, .invalid, .stopping, .readOnly,
      .newerRules, .storageFailing, .clockJumped:
      nil
    }
  }

  @Test func `is answered and not recorded, and other commands and tenants are not touched`()
    async throws
  {
    let redress = try RunningRedress(now: Self.noon)
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = try await redress.submit(
      "zeta", "RegisterTenant",
      #"""
      {"name":"Zeta","currency":"GBP","timeZone":"Europe/London","returnWindowDays":14,\#
      "agentApprovalLimit":100}
      """#, tenant: "zeta")
    redress.sequencer.refusals.apply(limit: 2)
    #expect(isRecorded(try await deny("r1", in: redress)) == true)
    #expect(isRecorded(try await deny("r2", in: redress)) == true)
    let end = redress.log.durableEnd
    let third = try await deny("r3", in: redress)
    guard case .refusedUnrecorded(let rejected, let excess) = third.outcome else {
      Issue.record("\(third.outcome)")
      return
    }
    #expect(rejected.commandID.rawValue == "r3" && rejected.commandType == "DenyRefund")
    #expect(excess.used == 2 && excess.limit == 2)
    #expect(redress.log.durableEnd == end)
    #expect(redress.sequencer.refusals.excessCount == 1)
    // What was recorded is answered as before.
    let again = try await deny("r1", in: redress)
    #expect(isRecorded(again) == true && again.isReplay)
    #expect(isRecorded(try await deny("r1", tenant: "zeta", in: redress)) == true)
    let accepted = try await redress.submit(
      "lee", "AddAgent", #"{"agentId":"lee","role":"agent"}"#, actor: "service/shop")
    #expect(accepted.outcome.lastPosition != nil)
    // A command that was not recorded is decided again, and may be recorded then.
    redress.sequencer.refusals.apply(limit: 3)
    let recorded = try await deny("r3", in: redress)
    #expect(isRecorded(recorded) == true && !recorded.isReplay)
    redress.stop()
  }

  @Test func `is recorded again on the next day`() async throws {
    let clocks = SettableClocks()
    let redress = try RunningRedress(clocks: clocks)
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.sequencer.refusals.apply(limit: 1)
    #expect(isRecorded(try await deny("r1", in: redress)) == true)
    #expect(isRecorded(try await deny("r2", in: redress)) == false)
    clocks.pass(.seconds(86_400))
    #expect(isRecorded(try await deny("r3", in: redress)) == true)
    #expect(isRecorded(try await deny("r4", in: redress)) == false)
    redress.stop()
  }
}
