// What a jump of the system's clock does to the commands of a running service.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Node
import RunningRedress
import Testing

struct `A jump of the system's clock` {
  private let clocks = SettableClocks()

  private func begun() async throws -> RunningRedress {
    let redress = try RunningRedress(clocks: clocks)
    try await redress.prepare()
    return redress
  }

  private func addAgent(_ id: String, in redress: RunningRedress) async throws -> Outcome {
    try await redress.submit("add-\(id)", "AddAgent", #"{"agentId":"\#(id)","role":"agent"}"#)
      .outcome
  }

  private func jump(_ outcome: Outcome) -> ClockJump.Kind? {
    if case .clockJumped(let jump) = outcome { jump.kind } else { nil }
  }

  private func accept(in redress: RunningRedress, _ reason: String? = nil) async throws {
    let jump = try #require(redress.sequencer.clock.jump)
    let acceptance = ClockAcceptance(jump: jump, reason: reason, by: Actor(.service, "uid-7"))
    try await redress.sequencer.acceptClock(recording: SystemEntry(acceptance), peerUID: 7)
  }

  @Test(arguments: [301, -301])
  func `refuses commands, records nothing, and ends when the clock comes back`(
    step: Int
  ) async throws {
    let redress = try await begun()
    defer { redress.removeFolder() }
    let end = redress.log.durableEnd
    clocks.set(by: .seconds(step))
    #expect(jump(try await addAgent("ann", in: redress)) == (step > 0 ? .setForward : .setBack))
    let refused = try await redress.submit("bad", "DenyRefund", #"{"refundId":"no","reason":"x"}"#)
    #expect(jump(refused.outcome) != nil, "no rejection is recorded")
    let entry = SystemEntry(
      ClockAcceptance(
        jump: ClockJump(.setBack, from: .now, to: .now), reason: nil, by: Actor(.service, "x")))
    await #expect(throws: NotRecorded.self) {
      try await redress.sequencer.record(entry, peerUID: 7)
    }
    #expect(redress.log.durableEnd == end)
    clocks.set(by: .seconds(-step))
    guard case .accepted = try await addAgent("ann", in: redress) else {
      Issue.record("the clock is right again")
      return
    }
    redress.stop()
  }

  @Test func `is no jump where the time has passed`() async throws {
    let redress = try await begun()
    defer { redress.removeFolder() }
    clocks.pass(.seconds(400 * 86_400))
    #expect(jump(try await addAgent("ann", in: redress)) == nil)
    redress.stop()
  }

  @Test func `ends when an operator accepts it, whose entry is the first that it records`()
    async throws
  {
    let redress = try await begun()
    defer { redress.removeFolder() }
    clocks.set(by: .seconds(365 * 86_400))
    let refused = try await addAgent("ann", in: redress)
    #expect(jump(refused) == .setForward)
    try await accept(in: redress, "a long sleep")
    #expect(redress.sequencer.clock.jump == nil)
    guard case .accepted = try await addAgent("ann", in: redress) else {
      Issue.record("the clock is accepted")
      return
    }
    let entry = try #require(try events(of: .system, in: redress).last)
    guard case .system(.operatorActed(let event)) = entry.event else {
      Issue.record("\(entry)")
      return
    }
    #expect(event.action == .clockAccepted && event.by == Actor(.service, "uid-7"))
    #expect(event.what.hasSuffix(": a long sleep") && event.what.contains("Z, after "))
    let added = try #require(try events(of: TenantID(unchecked: "acme"), in: redress).last)
    #expect(added.recordedTime >= entry.recordedTime)
    #expect(entry.recordedTime.microseconds > Timestamp.now.microseconds + 364 * 86_400_000_000)
    redress.stop()
  }

  @Test func `back never turns recorded times back, neither a small one nor an accepted one`()
    async throws
  {
    let begin = ContinuousClock.now
    let redress = try await begun()
    defer { redress.removeFolder() }
    clocks.set(by: .seconds(-299))
    #expect(jump(try await addAgent("ann", in: redress)) == nil)
    clocks.set(by: .seconds(-3_600))
    #expect(jump(try await addAgent("kim2", in: redress)) == .setBack)
    try await accept(in: redress)
    #expect(jump(try await addAgent("kim2", in: redress)) == nil)
    let times = try events(of: TenantID(unchecked: "acme"), in: redress).map(\.recordedTime)
    #expect(times == times.sorted())
    let ahead = redress.sequencer.clock.status.recordedAhead / 1_000_000
    // What it was set back by, less the time that the test has taken so far.
    let least = 3_898 - (ContinuousClock.now - begin).components.seconds
    #expect((least...3_899).contains(ahead), "\(ahead)")
    redress.stop()
  }

  @Test(arguments: [
    (31, ClockJump.Kind.longSilence(daysMax: 30)), (29, nil), (-1, .beforeLastEvent),
  ])
  func `is seen at the start, from the log's last event`(
    days: Int, kind: ClockJump.Kind?
  ) async throws {
    let redress = try await begun()
    defer { redress.removeFolder() }
    redress.stop()
    clocks.pass(.seconds(days * 86_400))
    let restarted = try RunningRedress(folder: redress.folder, clocks: clocks)
    #expect(jump(try await addAgent("ann", in: restarted)) == kind)
    guard kind != nil else { return restarted.stop() }
    let present = restarted.sequencer.clock.present
    let last = try #require(restarted.sequencer.clock.status.lastRecorded)
    #expect(present >= last && present.microseconds - last.microseconds < 60_000_000)
    try await accept(in: restarted)
    #expect(jump(try await addAgent("ann", in: restarted)) == nil)
    restarted.stop()
  }

  @Test func `is forgiven by a rule that allows it`() async throws {
    let redress = try await begun()
    defer { redress.removeFolder() }
    redress.stop()
    clocks.pass(.seconds(31 * 86_400))
    let restarted = try RunningRedress(folder: redress.folder, clocks: clocks)
    #expect(restarted.sequencer.clock.jump != nil)
    restarted.node.reload(ClockRule(idleDaysMax: 32))
    #expect(restarted.sequencer.clock.jump == nil)
    restarted.stop()
  }

  private func events(
    of tenant: TenantID, in redress: RunningRedress
  ) throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try redress.log.readEvents(of: tenant, in: .first..<redress.log.durableEnd(of: tenant)) {
      _, line in
      try events.append(RecordedEvent(line: line))
    }
    return events
  }
}
