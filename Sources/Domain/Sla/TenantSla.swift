// The tenant's business hours and targets. Defining a calendar again makes its next version; all
// versions are kept, for the clocks of a case keep the one they began with.

import EventSourcing
public import Events

extension Tenant {
  /// The calendar that the targets are counted in, in its latest version.
  var currentSlaCalendar: SlaCalendarDefined? {
    slaTargets.flatMap { slaCalendars[$0.calendarID]?.last }
  }

  func slaCalendar(_ id: SlaCalendarID, _ version: Int) -> SlaCalendarDefined? {
    slaCalendars[id]?.first { $0.version == version }
  }

  /// `nil` while the tenant has no targets.
  func slaTarget(_ severity: Severity) -> SlaTarget? {
    slaTargets?.targets.first { $0.severity == severity }
  }

  /// Defines a calendar, or its next version: the hours in which clocks run.
  public static func defineSlaCalendar(
    _ command: DefineSlaCalendar, tenant: Tenant, facts: Facts
  ) throws(SlaRejection) -> Decision {
    let versions = tenant.slaCalendars[command.calendarID] ?? []
    try checkHours(command.hours)
    let holidays = (command.holidays ?? []).sorted()
    for (day, next) in zip(holidays, holidays.dropFirst()) where day == next {
      throw .calendar(.holidayTwice(day))
    }
    let defined = SlaCalendarDefined(
      calendarID: command.calendarID, version: versions.count + 1,
      timeZone: command.timeZone ?? tenant.settings.timeZone, hours: command.hours,
      holidays: holidays)
    if var last = versions.last {
      last.version = defined.version
      guard last != defined else { return .unchanged(reason: "The calendar says so already.") }
    }
    return .events([.slaCalendarDefined(defined)])
  }

  /// Hours do not overlap, end after they begin, and come to an hour a week.
  private static func checkHours(_ hours: [BusinessHours]) throws(SlaRejection) {
    for (index, entry) in hours.enumerated() {
      for (key, time) in [("from", entry.from), ("to", entry.to)] where time.seconds > 86_400 {
        throw .calendar(.noSuchTime(index: index, key: key, time))
      }
      guard entry.from.seconds < entry.to.seconds else {
        throw .calendar(.endsBeforeItBegins(index: index, entry))
      }
      for (other, earlier) in hours[..<index].enumerated() where earlier.weekday == entry.weekday {
        guard earlier.to.seconds <= entry.from.seconds || entry.to.seconds <= earlier.from.seconds
        else { throw .calendar(.hoursOverlap(index: index, entry, other: other, earlier)) }
      }
    }
    let seconds = hours.reduce(0) { $0 + $1.to.seconds - $1.from.seconds }
    guard seconds >= 3_600 else { throw .calendar(.tooFewHours(minutes: Int(seconds / 60))) }
  }

  /// Sets the targets for answering and resolving cases, or removes them.
  public static func setSlaTargets(
    _ command: SetSlaTargets, tenant: Tenant, facts: Facts
  ) throws(SlaRejection) -> Decision {
    guard tenant.slaCalendars[command.calendarID] != nil else {
      throw .targets(.unknownCalendar(command.calendarID))
    }
    for severity in Severity.allCases {
      let targets = command.targets.filter { $0.severity == severity }
      guard targets.count <= 1 else { throw .targets(.targetTwice(severity)) }
      guard let target = targets.first else {
        guard command.targets.isEmpty else { throw .targets(.targetMissing(severity)) }
        continue
      }
      guard target.firstResponseMinutes <= target.resolutionMinutes else {
        throw .targets(.resolvedBeforeAnswered(target))
      }
    }
    let set = SlaTargetsSet(calendarID: command.calendarID, targets: command.targets)
    guard tenant.slaTargets != set else {
      return .unchanged(reason: "The targets are so already.")
    }
    return .events([.slaTargetsSet(set)])
  }

  mutating func define(_ event: SlaCalendarDefined) throws(InconsistentHistory) {
    let versions = slaCalendars[event.calendarID] ?? []
    try require(event.version == versions.count + 1, "a version of a calendar is missing")
    slaCalendars[event.calendarID] = versions + [event]
  }

  mutating func set(_ event: SlaTargetsSet) throws(InconsistentHistory) {
    try require(
      slaCalendars[event.calendarID] != nil, "targets of an unknown calendar \(event.calendarID)")
    slaTargets = event
  }
}

extension Facts {
  /// The hours of a calendar as instants.
  func businessTime(of calendar: SlaCalendarDefined) -> BusinessTime {
    BusinessTime(calendar) { [utcOffset] in utcOffset(calendar.timeZone, $0) }
  }
}
