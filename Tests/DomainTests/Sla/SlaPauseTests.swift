// The clocks of a case while another party is awaited, and after its resolution.

import Domain
import EventSourcing
import Events
import Testing

struct SlaPauseTests {
  @Test(arguments: CaseStatus.allCases)
  func `clocks run while it is our turn`(status: CaseStatus) {
    guard CaseStatesTests.inProgress.contains(status) else { return }
    let at: Timestamp = "2026-01-16T12:30:00Z"
    let isOurs = status != .awaitingCustomer && status != .awaitingSeller
    var events = [SlaClockTests.changed(.open, status)]
    if !isOurs { events.append(SlaClockTests.paused(status, at: at)) }
    if status == .escalated {
      events += [
        .caseSeverityChanged(CaseSeverityChanged(caseID: "sca_9", from: .normal, to: .high)),
        .slaRetargeted(
          SlaRetargeted(
            caseID: "sca_9", severity: .high, firstResponseMinutes: 30, resolutionMinutes: 240,
            retargetedAt: at, firstResponseDueAt: at, resolutionDueAt: "2026-01-16T16:00:00Z")),
      ]
    }
    let story = given(SlaClockTests.opened).when(CaseTests.become(status), at: at).then(events)
    #expect((story.cases["sca_9"]?.clocks?.runningSince != nil) == isOurs)
  }

  @Test(arguments: CaseStatesTests.inProgress, CaseStatesTests.inProgress)
  func `clocks stand still or run as the status says, wherever it came from`(
    from: CaseStatus, to: CaseStatus
  ) {
    let story = given(SlaClockTests.opened).when(CaseTests.become(from)).happens()
    let next = from == to ? story : story.when(CaseTests.become(to)).happens()
    let isOurs = to != .awaitingCustomer && to != .awaitingSeller
    #expect((next.cases["sca_9"]?.clocks?.runningSince != nil) == isOurs)
  }

  @Test func `the time in which another party is awaited does not count`() {
    let waiting = given(SlaClockTests.opened)
      .when(CaseTests.become(.awaitingCustomer), at: "2026-01-16T12:30:00Z").happens()
    waiting.when(SlaClockTests.missed(.firstResponse), at: "2026-01-16T16:00:00Z").thenRejected(
      SlaRejection.breach(.clocksStandStill("sca_9", status: .awaitingCustomer)))
    // M2: the buyer writes on Monday, and half an hour is left.
    let story = waiting.when(
      MessageTests.write(as: .buyer, id: "smg_7"), by: customer, at: "2026-01-19T10:00:00Z"
    ).happens()
    #expect(story.cases["sca_9"]?.status == .investigating)
    story.when(SlaClockTests.missed(.firstResponse), at: "2026-01-19T10:29:00Z").thenRejected(
      SlaRejection.breach(
        .notDueYet(
          "sca_9", .firstResponse, dueAt: "2026-01-19T10:30:00Z", now: "2026-01-19T10:29:00Z")))
    story.when(SlaClockTests.missed(.firstResponse), at: "2026-01-19T10:30:00Z").then([
      SlaClockTests.breached(
        .firstResponse, 60,
        [
          ("2026-01-16T12:00:00Z", "2026-01-16T12:30:00Z"),
          ("2026-01-19T10:00:00Z", "2026-01-19T10:30:00Z"),
        ])
    ])
  }

  @Test func `resolving stops the clocks, reopening lets them go on`() {
    let resolved = given(SlaClockTests.opened)
      .when(CaseTests.become(.investigating), at: "2026-01-16T12:10:00Z").happens()
      .when(CaseTests.resolve(), at: "2026-01-16T12:20:00Z")
      .then([
        .caseResolved(
          CaseResolved(
            caseID: "sca_9", resolution: .resolved, resolvedAt: "2026-01-16T12:20:00Z")),
        SlaClockTests.paused(.resolved, at: "2026-01-16T12:20:00Z"),
      ])
    resolved.when(SlaClockTests.missed(.resolution), at: "2026-01-30T12:00:00Z").thenRejected(
      SlaRejection.breach(.clocksStandStill("sca_9", status: .resolved)))
    // 20 of 60 and of 480 minutes are gone.
    resolved.when(CaseTests.reopen, at: "2026-01-19T09:00:00Z").then([
      .caseReopened(CaseReopened(caseID: "sca_9", reason: "Broke again")),
      SlaClockTests.resumed("2026-01-19T09:00:00Z", "2026-01-19T09:40:00Z", "2026-01-19T16:40:00Z"),
    ])
  }
}
