// The clocks of a case: their beginning, their targets and their calendar.

import Domain
import EventSourcing
import Events
import Testing

struct SlaClockTests {
  /// 2026-01-16 is a Friday; the office is open from nine to five.
  static let fridayNoon = noon
  static let tenant: [Event] =
    acme() + [SlaCalendarTests.defined(), SlaCalendarTests.wereSet] + order

  static func started(
    _ severity: Severity = .normal, _ firstResponse: Int = 60, _ resolution: Int = 480,
    by response: Timestamp = "2026-01-16T13:00:00Z", by end: Timestamp = "2026-01-19T12:00:00Z"
  ) -> Event {
    .slaClocksStarted(
      SlaClocksStarted(
        caseID: "sca_9", calendarID: "support", calendarVersion: 1, timeZone: "Europe/London",
        severity: severity, firstResponseMinutes: firstResponse, resolutionMinutes: resolution,
        startedAt: fridayNoon, firstResponseDueAt: response, resolutionDueAt: end))
  }

  static let opened: [Event] = tenant + caseOpened + [started()]

  static func missed(_ target: SlaTargetKind) -> Command {
    .recordSlaBreach(RecordSlaBreach(caseID: "sca_9", targetKind: target))
  }

  static func breached(
    _ target: SlaTargetKind, _ minutes: Int, _ intervals: [(Timestamp, Timestamp)],
    severity: Severity = .normal
  ) -> Event {
    .slaBreached(
      SlaBreached(
        caseID: "sca_9", targetKind: target, calendarID: "support", calendarVersion: 1,
        timeZone: "Europe/London", severity: severity, targetMinutes: minutes,
        dueAt: intervals.last?.1 ?? noon,
        intervals: intervals.map { BusinessInterval(from: $0.0, to: $0.1) }))
  }

  static let lateAnswer = breached(
    .firstResponse, 60, [("2026-01-16T12:00:00Z", "2026-01-16T13:00:00Z")])

  static func paused(_ status: CaseStatus, at time: Timestamp) -> Event {
    .slaClocksPaused(SlaClocksPaused(caseID: "sca_9", status: status, pausedAt: time))
  }

  static func resumed(
    _ time: Timestamp, _ firstResponse: Timestamp?, _ resolution: Timestamp?
  ) -> Event {
    .slaClocksResumed(
      SlaClocksResumed(
        caseID: "sca_9", status: .investigating, resumedAt: time,
        firstResponseDueAt: firstResponse, resolutionDueAt: resolution))
  }

  static func changed(_ from: CaseStatus, _ to: CaseStatus) -> Event {
    .caseStatusChanged(CaseStatusChanged(caseID: "sca_9", from: from, to: to))
  }

  static let answer = MessageTests.write(as: .agent)

  // MARK: Beginning

  @Test func `clocks begin when a case is opened, in the calendar's version of that day`() {
    given(Self.tenant).when(.openCase(CaseTests.open), at: Self.fridayNoon)
      .then(caseOpened + [Self.started()])
    var urgent = CaseTests.open
    urgent.severity = .urgent
    let story = given(Self.tenant).when(.openCase(urgent)).happens()
    #expect(story.cases["sca_9"]?.clocks?.resolutionMinutes == 60)
    // After hours they begin to count in the morning, after the weekend.
    let late = given(Self.tenant).when(.openCase(CaseTests.open), at: "2026-01-16T20:00:00Z")
      .happens()
    late.when(Self.missed(.firstResponse), at: "2026-01-19T09:59:59Z").thenRejected(
      SlaRejection.breach(
        .notDueYet(
          "sca_9", .firstResponse, dueAt: "2026-01-19T10:00:00Z", now: "2026-01-19T09:59:59Z")))
  }

  @Test func `without targets there are no clocks, and nothing to miss`() {
    given(acme(), order, [SlaCalendarTests.defined()]).when(.openCase(CaseTests.open))
      .then(caseOpened)
    given(Self.tenant).when(SlaCalendarTests.set([])).happens()
      .when(.openCase(CaseTests.open)).then(caseOpened)
    given(open).when(Self.missed(.resolution)).thenRejected(
      SlaRejection.breach(.noTargets("sca_9")))
    given(acme()).when(Self.missed(.resolution)).thenRejected(
      SlaRejection.breach(.unknownCase("sca_9")))
  }

  // MARK: Severity

  @Test func `another severity has other targets, counted from the beginning`() {
    let at: Timestamp = "2026-01-16T12:05:00Z"
    func change(_ to: Severity, _ minutes: (Int, Int), _ due: (Timestamp, Timestamp)) -> [Event] {
      [
        .caseSeverityChanged(CaseSeverityChanged(caseID: "sca_9", from: .normal, to: to)),
        .slaRetargeted(
          SlaRetargeted(
            caseID: "sca_9", severity: to, firstResponseMinutes: minutes.0,
            resolutionMinutes: minutes.1, retargetedAt: at, firstResponseDueAt: due.0,
            resolutionDueAt: due.1)),
      ]
    }
    given(Self.opened).when(CaseActionTests.become(.urgent), at: at)
      .then(change(.urgent, (10, 60), ("2026-01-16T12:10:00Z", "2026-01-16T13:00:00Z")))
    given(Self.opened).when(CaseActionTests.become(.low), at: at)
      .then(change(.low, (480, 2_400), ("2026-01-19T12:00:00Z", "2026-01-23T12:00:00Z")))
    // What was missed stays so.
    let story = given(Self.opened).when(CaseActionTests.become(.low), at: "2026-01-16T13:30:00Z")
      .happens()
    #expect(story.cases["sca_9"]?.clocks?.firstResponse == .breached)
    #expect(story.cases["sca_9"]?.clocks?.resolution == .open)
  }

  @Test func `while the clocks stand still, another severity may be late at once`() {
    let at: Timestamp = "2026-01-16T12:20:00Z"
    let story = given(Self.opened).when(CaseTests.become(.awaitingSeller), at: at).happens()
      .when(CaseActionTests.become(.urgent), at: "2026-01-16T15:00:00Z").happens()
    story.when(Self.missed(.firstResponse), at: "2026-01-16T15:00:01Z").then([
      Self.breached(
        .firstResponse, 10, [("2026-01-16T12:00:00Z", "2026-01-16T12:10:00Z")], severity: .urgent)
    ])
    story.when(Self.missed(.resolution), at: "2026-01-23T15:00:00Z").thenRejected(
      SlaRejection.breach(.clocksStandStill("sca_9", status: .awaitingSeller)))
  }

  // MARK: Calendars that change

  @Test func `a case keeps the version of the calendar that it began with`() {
    let redefined = given(Self.opened)
      .when(SlaCalendarTests.define([SlaCalendarTests.hours(.monday, "09:00", "10:00")])).happens()
    redefined.when(Self.missed(.firstResponse), at: "2026-01-16T13:00:00Z")
      .then([Self.lateAnswer])
    // A case that is opened now has the new one.
    var command = CaseTests.open
    command.caseID = "sca_10"
    let story = redefined.when(.openCase(command)).happens()
    #expect(story.cases["sca_10"]?.clocks?.calendarVersion == 2)
    #expect(story.cases["sca_9"]?.clocks?.calendarVersion == 1)
  }

  @Test func `a case keeps its targets when the tenant has others, or none`() {
    let story = given(Self.opened).when(SlaCalendarTests.set([])).happens()
    story.when(Self.missed(.firstResponse), at: "2026-01-16T13:00:00Z").then([Self.lateAnswer])
    // There is no target that another severity could have.
    let urgent = story.when(CaseActionTests.become(.urgent)).happens()
    #expect(urgent.cases["sca_9"]?.clocks?.firstResponseMinutes == 60)
  }

  @Test func `what is said to have happened before does not turn the clocks back`() {
    let story = given(Self.opened)
      .when(CaseTests.become(.awaitingCustomer), at: "2026-01-16T12:30:00Z").happens()
      .when(CaseTests.become(.investigating), at: "2026-01-16T12:10:00Z").happens()
    story.when(Self.missed(.firstResponse), at: "2026-01-16T13:00:00Z").then([Self.lateAnswer])
  }
}
