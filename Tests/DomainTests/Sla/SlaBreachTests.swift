// M1: targets that are met in time, and those that are breached.

import Domain
import EventSourcing
import Events
import Testing

struct SlaBreachTests {
  @Test(.accepts("M1"), .refuses("M1"))
  func `M1: the first message of an agent meets the first-response target`() {
    let met: Event = .slaFirstResponseMet(
      SlaFirstResponseMet(
        caseID: "sca_9", messageID: "smg_1", metAt: noon, dueAt: "2026-01-16T13:00:00Z"))
    let story = given(SlaClockTests.opened).when(SlaClockTests.answer, by: agent)
      .then([MessageTests.posted(as: .agent, "usr_17"), met])
    #expect(story.cases["sca_9"]?.clocks?.firstResponse == .met)
    story.when(SlaClockTests.missed(.firstResponse), at: "2026-01-20T12:00:00Z")
      .thenRejected(SlaRejection.breach(.targetMet("sca_9", .firstResponse)))
    HistoryTests.refused(met, after: story)
    // The second one, and a buyer's, meet nothing.
    let second = story.when(MessageTests.write(as: .agent, id: "smg_2"), by: agent).happens()
    #expect(second.cases["sca_9"]?.messageIDs.count == 2)
    let buyers = given(SlaClockTests.opened).when(MessageTests.write(as: .buyer), by: customer)
      .then([MessageTests.posted(as: .buyer, "cus_5")])
    #expect(buyers.cases["sca_9"]?.clocks?.firstResponse == .open)
  }

  @Test(.accepts("M1")) func `M1: an answer is late from the instant on at which its time ran out`()
  {
    let last: Timestamp = "2026-01-16T12:59:59.999999Z"
    let inTime = given(SlaClockTests.opened).when(SlaClockTests.answer, by: agent, at: last)
      .happens()
    #expect(inTime.cases["sca_9"]?.clocks?.firstResponse == .met)
    let late = given(SlaClockTests.opened).when(
      SlaClockTests.answer, by: agent, at: "2026-01-16T13:00:00Z"
    ).happens()
    #expect(late.cases["sca_9"]?.clocks?.firstResponse == .breached)
    late.when(SlaClockTests.missed(.firstResponse), at: "2026-01-20T12:00:00Z").thenUnchanged()
  }

  @Test(.accepts("SLA"), .refuses("SLA"))
  func `a breach is recorded when the time has run out and not before, once`() {
    let story = given(SlaClockTests.opened)
    let before: Timestamp = "2026-01-16T12:59:59.999999Z"
    story.when(SlaClockTests.missed(.firstResponse), at: before).thenRejected(
      SlaRejection.breach(
        .notDueYet(
          "sca_9", .firstResponse, dueAt: "2026-01-16T13:00:00Z", now: before)))
    let late = story.when(SlaClockTests.missed(.firstResponse), at: "2026-01-16T13:00:00Z")
      .then([SlaClockTests.lateAnswer])
    late.when(SlaClockTests.missed(.firstResponse), at: "2026-01-16T14:00:00Z").thenUnchanged()
    HistoryTests.refused(
      SlaClockTests.lateAnswer, after: SlaClockTests.opened + [SlaClockTests.lateAnswer])
    HistoryTests.refused(SlaClockTests.lateAnswer, after: SlaClockTests.tenant + caseOpened)
  }

  @Test func `a breach tells the intervals that were counted, which come to the target`() {
    given(SlaClockTests.opened).when(SlaClockTests.missed(.resolution), at: "2026-01-19T12:00:00Z")
      .then([
        SlaClockTests.breached(
          .resolution, 480,
          [
            ("2026-01-16T12:00:00Z", "2026-01-16T17:00:00Z"),
            ("2026-01-19T09:00:00Z", "2026-01-19T12:00:00Z"),
          ])
      ])
  }

  @Test func `the first event after the time ran out records the breach`() {
    let late: Timestamp = "2026-01-16T13:30:00Z"
    given(SlaClockTests.opened).when(CaseTests.become(.awaitingCustomer), at: late).then([
      SlaClockTests.changed(.open, .awaitingCustomer), SlaClockTests.lateAnswer,
      SlaClockTests.paused(.awaitingCustomer, at: late),
    ])
  }

  /// Each outcome of each target, and what it may become.
  @Test(arguments: SlaTargetKind.allCases, ["none", "open", "met", "breached"])
  func `a target is open until it is met or breached, and nothing else`(
    target: SlaTargetKind, outcome: String
  ) {
    let early: Timestamp = "2026-01-16T12:30:00Z"
    let late: Timestamp = "2026-01-20T12:00:00Z"
    func clocks(_ story: Story) -> SlaClocks? { story.cases["sca_9"]?.clocks }
    let story: Story
    switch (outcome, target) {
    case ("none", _): story = given(acme(), order, caseOpened)
    case ("open", _): story = given(SlaClockTests.opened)
    case ("met", .firstResponse):
      story = given(SlaClockTests.opened).when(SlaClockTests.answer, by: agent).happens()
    // A resolution in time stops the clocks, and may be undone: it is open until it is too late.
    case ("met", .resolution):
      story = given(SlaClockTests.opened).when(CaseTests.become(.investigating)).happens()
        .when(CaseTests.resolve()).happens()
    default:
      story = given(SlaClockTests.opened).when(SlaClockTests.missed(target), at: late).happens()
    }
    let missedEarly = story.when(SlaClockTests.missed(target), at: early)
    let missedLate = story.when(SlaClockTests.missed(target), at: late)
    func answered(at time: Timestamp) -> SlaClocks.Outcome? {
      clocks(
        story.when(MessageTests.write(as: .agent, id: "smg_9"), by: agent, at: time).happens())?
        .firstResponse
    }
    switch (outcome, target) {
    case ("none", _):
      missedEarly.thenRejected(SlaRejection.breach(.noTargets("sca_9")))
      missedLate.thenRejected(SlaRejection.breach(.noTargets("sca_9")))
      #expect(answered(at: late) == nil)
    case ("open", _):
      missedEarly.thenRejected(
        SlaRejection.breach(
          .notDueYet(
            "sca_9", target,
            dueAt: target == .firstResponse ? "2026-01-16T13:00:00Z" : "2026-01-19T12:00:00Z",
            now: early)))
      #expect(clocks(missedLate.happens())?.outcome(target) == .breached)
      #expect(answered(at: early) == .met)
      #expect(answered(at: late) == .breached)
    case ("met", .firstResponse):
      missedEarly.thenRejected(SlaRejection.breach(.targetMet("sca_9", target)))
      missedLate.thenRejected(SlaRejection.breach(.targetMet("sca_9", target)))
      #expect(answered(at: late) == .met)
    case ("met", .resolution):
      missedLate.thenRejected(SlaRejection.breach(.clocksStandStill("sca_9", status: .resolved)))
    default:
      missedEarly.thenUnchanged()
      missedLate.thenUnchanged()
      if target == .firstResponse { #expect(answered(at: late) == .breached) }
    }
  }
}
