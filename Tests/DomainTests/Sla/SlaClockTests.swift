// The clocks of a case: begin, pause, retarget, stop and go on; M1; what was missed.

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

  // MARK: M1

  @Test(.accepts("M1"), .refuses("M1"))
  func `M1: the first message of an agent meets the first-response target`() {
    let met: Event = .slaFirstResponseMet(
      SlaFirstResponseMet(
        caseID: "sca_9", messageID: "smg_1", metAt: noon, dueAt: "2026-01-16T13:00:00Z"))
    let story = given(Self.opened).when(Self.answer, by: agent)
      .then([MessageTests.posted(as: .agent, "usr_17"), met])
    #expect(story.cases["sca_9"]?.clocks?.firstResponse == .met)
    story.when(Self.missed(.firstResponse), at: "2026-01-20T12:00:00Z")
      .thenRejected(SlaRejection.breach(.targetMet("sca_9", .firstResponse)))
    HistoryTests.refused(met, after: story)
    // The second one, and a buyer's, meet nothing.
    let second = story.when(MessageTests.write(as: .agent, id: "smg_2"), by: agent).happens()
    #expect(second.cases["sca_9"]?.messageIDs.count == 2)
    let buyers = given(Self.opened).when(MessageTests.write(as: .buyer), by: customer)
      .then([MessageTests.posted(as: .buyer, "cus_5")])
    #expect(buyers.cases["sca_9"]?.clocks?.firstResponse == .open)
  }

  @Test(.accepts("M1")) func `M1: an answer is late from the instant on at which its time ran out`()
  {
    let last: Timestamp = "2026-01-16T12:59:59.999999Z"
    let inTime = given(Self.opened).when(Self.answer, by: agent, at: last).happens()
    #expect(inTime.cases["sca_9"]?.clocks?.firstResponse == .met)
    let late = given(Self.opened).when(Self.answer, by: agent, at: "2026-01-16T13:00:00Z").happens()
    #expect(late.cases["sca_9"]?.clocks?.firstResponse == .breached)
    late.when(Self.missed(.firstResponse), at: "2026-01-20T12:00:00Z").thenUnchanged()
  }

  // MARK: Breaches

  @Test(.accepts("SLA"), .refuses("SLA"))
  func `a breach is recorded when the time has run out and not before, once`() {
    let story = given(Self.opened)
    let before: Timestamp = "2026-01-16T12:59:59.999999Z"
    story.when(Self.missed(.firstResponse), at: before).thenRejected(
      SlaRejection.breach(
        .notDueYet(
          "sca_9", .firstResponse, dueAt: "2026-01-16T13:00:00Z", now: before)))
    let late = story.when(Self.missed(.firstResponse), at: "2026-01-16T13:00:00Z")
      .then([Self.lateAnswer])
    late.when(Self.missed(.firstResponse), at: "2026-01-16T14:00:00Z").thenUnchanged()
    HistoryTests.refused(Self.lateAnswer, after: Self.opened + [Self.lateAnswer])
    HistoryTests.refused(Self.lateAnswer, after: Self.tenant + caseOpened)
  }

  @Test func `a breach tells the intervals that were counted, which come to the target`() {
    given(Self.opened).when(Self.missed(.resolution), at: "2026-01-19T12:00:00Z").then([
      Self.breached(
        .resolution, 480,
        [
          ("2026-01-16T12:00:00Z", "2026-01-16T17:00:00Z"),
          ("2026-01-19T09:00:00Z", "2026-01-19T12:00:00Z"),
        ])
    ])
  }

  @Test func `the first event after the time ran out records the breach`() {
    let late: Timestamp = "2026-01-16T13:30:00Z"
    given(Self.opened).when(CaseTests.become(.awaitingCustomer), at: late).then([
      Self.changed(.open, .awaitingCustomer), Self.lateAnswer,
      Self.paused(.awaitingCustomer, at: late),
    ])
  }

  // MARK: Pauses

  @Test(arguments: CaseStatus.allCases)
  func `clocks run while it is our turn`(status: CaseStatus) {
    guard CaseStatesTests.inProgress.contains(status) else { return }
    let at: Timestamp = "2026-01-16T12:30:00Z"
    let isOurs = status != .awaitingCustomer && status != .awaitingSeller
    var events = [Self.changed(.open, status)]
    if !isOurs { events.append(Self.paused(status, at: at)) }
    if status == .escalated {
      events += [
        .caseSeverityChanged(CaseSeverityChanged(caseID: "sca_9", from: .normal, to: .high)),
        .slaRetargeted(
          SlaRetargeted(
            caseID: "sca_9", severity: .high, firstResponseMinutes: 30, resolutionMinutes: 240,
            retargetedAt: at, firstResponseDueAt: at, resolutionDueAt: "2026-01-16T16:00:00Z")),
      ]
    }
    let story = given(Self.opened).when(CaseTests.become(status), at: at).then(events)
    #expect((story.cases["sca_9"]?.clocks?.runningSince != nil) == isOurs)
  }

  @Test(arguments: CaseStatesTests.inProgress, CaseStatesTests.inProgress)
  func `clocks stand still or run as the status says, wherever it came from`(
    from: CaseStatus, to: CaseStatus
  ) {
    let story = given(Self.opened).when(CaseTests.become(from)).happens()
    let next = from == to ? story : story.when(CaseTests.become(to)).happens()
    let isOurs = to != .awaitingCustomer && to != .awaitingSeller
    #expect((next.cases["sca_9"]?.clocks?.runningSince != nil) == isOurs)
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
    case ("open", _): story = given(Self.opened)
    case ("met", .firstResponse): story = given(Self.opened).when(Self.answer, by: agent).happens()
    // A resolution in time stops the clocks, and may be undone: it is open until it is too late.
    case ("met", .resolution):
      story = given(Self.opened).when(CaseTests.become(.investigating)).happens()
        .when(CaseTests.resolve()).happens()
    default: story = given(Self.opened).when(Self.missed(target), at: late).happens()
    }
    let missedEarly = story.when(Self.missed(target), at: early)
    let missedLate = story.when(Self.missed(target), at: late)
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

  @Test func `the time in which another party is awaited does not count`() {
    let waiting = given(Self.opened)
      .when(CaseTests.become(.awaitingCustomer), at: "2026-01-16T12:30:00Z").happens()
    waiting.when(Self.missed(.firstResponse), at: "2026-01-16T16:00:00Z").thenRejected(
      SlaRejection.breach(.clocksStandStill("sca_9", status: .awaitingCustomer)))
    // M2: the buyer writes on Monday, and half an hour is left.
    let story = waiting.when(
      MessageTests.write(as: .buyer, id: "smg_7"), by: customer, at: "2026-01-19T10:00:00Z"
    ).happens()
    #expect(story.cases["sca_9"]?.status == .investigating)
    story.when(Self.missed(.firstResponse), at: "2026-01-19T10:29:00Z").thenRejected(
      SlaRejection.breach(
        .notDueYet(
          "sca_9", .firstResponse, dueAt: "2026-01-19T10:30:00Z", now: "2026-01-19T10:29:00Z")))
    story.when(Self.missed(.firstResponse), at: "2026-01-19T10:30:00Z").then([
      Self.breached(
        .firstResponse, 60,
        [
          ("2026-01-16T12:00:00Z", "2026-01-16T12:30:00Z"),
          ("2026-01-19T10:00:00Z", "2026-01-19T10:30:00Z"),
        ])
    ])
  }

  @Test func `resolving stops the clocks, reopening lets them go on`() {
    let resolved = given(Self.opened)
      .when(CaseTests.become(.investigating), at: "2026-01-16T12:10:00Z").happens()
      .when(CaseTests.resolve(), at: "2026-01-16T12:20:00Z")
      .then([
        .caseResolved(
          CaseResolved(
            caseID: "sca_9", resolution: .resolved, resolvedAt: "2026-01-16T12:20:00Z")),
        Self.paused(.resolved, at: "2026-01-16T12:20:00Z"),
      ])
    resolved.when(Self.missed(.resolution), at: "2026-01-30T12:00:00Z").thenRejected(
      SlaRejection.breach(.clocksStandStill("sca_9", status: .resolved)))
    // 20 of 60 and of 480 minutes are gone.
    resolved.when(CaseTests.reopen, at: "2026-01-19T09:00:00Z").then([
      .caseReopened(CaseReopened(caseID: "sca_9", reason: "Broke again")),
      Self.resumed("2026-01-19T09:00:00Z", "2026-01-19T09:40:00Z", "2026-01-19T16:40:00Z"),
    ])
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
