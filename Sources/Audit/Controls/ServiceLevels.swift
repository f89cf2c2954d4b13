// The rules SLA and M1: the clocks of a case are counted anew from its messages, its status and its
// severity, by the calendar that was in force when it was opened. What the history says of the
// clocks is what comes out: when they began, stood still and went on, what was due when, what was
// met, and what was missed with which hours.

import Calendars
import Domain
import EventSourcing
import Events

struct ServiceLevels: Control {
  static let id = "service-levels"
  static let statement = """
    The clocks of every case ran by the calendar and the targets that were in force, and every \
    target that was missed before the case went on is recorded with its hours.
    """
  static let rules = ["SLA", "M1"]

  private var calendars: [SlaCalendarID: SlaCalendarDefined] = [:]
  private var targets: SlaTargetsSet?
  /// The business hours that were used last.
  private var last: (calendar: SlaCalendarDefined, hours: BusinessTime)?
  private var clocks = SpillingDictionary<CaseID, ServiceLevelClock>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    switch recorded.event {
    case .tenant(.slaCalendarDefined(let event)): calendars[event.calendarID] = event
    case .tenant(.slaTargetsSet(let event)): targets = event
    case .supportCase:
      // Once for each case of a commit.
      let events = commit.events.filter { $0.event.subject == recorded.event.subject }
      guard events[0].position == recorded.position else { return }
      examine(events, in: commit, &examination)
    case .tenant, .customer, .privacy, .order, .refund, .return, .hold, .system, .command: break
    }
  }

  private mutating func examine(
    _ events: [RecordedEvent], in commit: AuditedCommit, _ examination: inout Examination
  ) {
    guard let news = CaseNews(events) else { return }
    let counted = count(news, at: events[0].time, in: commit)
    if counted.isEmpty && news.clocks.isEmpty { return }
    examination.begin()
    let recorded = news.clocks.map(\.event)
    if counted == recorded { return }
    let place = zip(counted, news.clocks).first { $0.0 != $0.1.event }?.1.position
    examination.find(
      """
      counted anew, the clocks of case \(news.caseID) have \(counted.words), and the history has \
      \(recorded.words)
      """, at: place ?? events[0].position)
  }

  /// What the commit does to the clocks of its case.
  private mutating func count(
    _ news: CaseNews, at time: Timestamp, in commit: AuditedCommit
  ) -> [CaseEvent] {
    if let opened = news.opened { return open(opened, at: time, in: commit) }
    guard news.goesOn || !news.breached.isEmpty, var clock = clocks[news.caseID] else { return [] }
    let state = commit.after.supportCase(news.caseID)
    let events = clock.follow(
      news, hours: hours(of: clock.calendar, in: commit), status: state.status,
      severity: state.severity,
      target: targets?.targets.first { $0.severity == state.severity }, at: time)
    clocks.set(news.caseID, to: clock)
    return events
  }

  private mutating func open(
    _ event: CaseOpened, at time: Timestamp, in commit: AuditedCommit
  ) -> [CaseEvent] {
    guard let targets, let calendar = calendars[targets.calendarID],
      let target = targets.targets.first(where: { $0.severity == event.severity })
    else { return [] }
    let clock = ServiceLevelClock(of: event.caseID, calendar, target, from: time)
    guard let started = clock.started(hours: hours(of: calendar, in: commit)) else { return [] }
    clocks.set(event.caseID, to: clock)
    return [.slaClocksStarted(started)]
  }

  mutating func spill(into file: SpillFile) throws { try clocks.spill(into: file) }

  private mutating func hours(
    of calendar: SlaCalendarDefined, in commit: AuditedCommit
  ) -> BusinessTime {
    if let last, last.calendar == calendar { return last.hours }
    let hours = BusinessTime(calendar) { [calendars = commit.calendars] in
      calendars.calendar(timeZone: calendar.timeZone).utcOffset(at: $0)
    }
    last = (calendar, hours)
    return hours
  }
}

extension [CaseEvent] {
  /// The events with their members, as the log has them.
  fileprivate var words: String {
    if isEmpty { return "nothing" }
    return map { event in
      var bytes: [UInt8] = []
      Event.supportCase(event).writeData(to: &bytes)
      return "\(event.type) \(String(decoding: bytes, as: UTF8.self))"
    }.joined(separator: ", ")
  }
}
