// The tenant's business hours and targets, and why they are refused.

import Domain
import EventSourcing
import Events
import Testing

struct SlaCalendarTests {
  static func hours(_ weekday: Weekday, _ from: String, _ to: String) -> BusinessHours {
    BusinessTimeTests.hours(weekday, from, to)
  }

  /// From nine to five on the working days.
  static let office = [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map {
    hours($0, "09:00", "17:00")
  }

  static func define(
    _ hours: [BusinessHours] = office, zone: String? = nil, holidays: [CalendarDate]? = nil
  ) -> Command {
    .defineSlaCalendar(
      DefineSlaCalendar(
        calendarID: "support", timeZone: zone, hours: hours, holidays: holidays))
  }

  static func defined(
    _ version: Int = 1, _ hours: [BusinessHours] = office, zone: String = "Europe/London",
    holidays: [CalendarDate] = []
  ) -> Event {
    .slaCalendarDefined(
      SlaCalendarDefined(
        calendarID: "support", version: version, timeZone: zone, hours: hours, holidays: holidays))
  }

  /// An hour and a day for what is normal, less for what is more urgent.
  static let targets = [
    SlaTarget(severity: .low, firstResponseMinutes: 480, resolutionMinutes: 2_400),
    SlaTarget(severity: .normal, firstResponseMinutes: 60, resolutionMinutes: 480),
    SlaTarget(severity: .high, firstResponseMinutes: 30, resolutionMinutes: 240),
    SlaTarget(severity: .urgent, firstResponseMinutes: 10, resolutionMinutes: 60),
  ]

  static func set(_ targets: [SlaTarget] = targets) -> Command {
    .setSlaTargets(SetSlaTargets(calendarID: "support", targets: targets))
  }

  static let wereSet: Event = .slaTargetsSet(SlaTargetsSet(calendarID: "support", targets: targets))

  @Test(.accepts("SLA"))
  func `a calendar has versions, and the tenant's time zone unless it has another`() {
    let story = given(acme()).when(Self.define()).then([Self.defined()])
    story.when(Self.define()).thenUnchanged()
    let second = story.when(
      Self.define(zone: "Asia/Kathmandu", holidays: ["2026-12-26", "2026-12-25"])
    )
    .then([Self.defined(2, zone: "Asia/Kathmandu", holidays: ["2026-12-25", "2026-12-26"])])
    second.when(Self.define()).then([Self.defined(3)])
    HistoryTests.refused(Self.defined(1), after: acme() + [Self.defined(1)])
    HistoryTests.refused(Self.defined(3), after: acme() + [Self.defined(1)])
  }

  @Test(.refuses("SLA")) func `hours end after they begin, on one day`() {
    let over = Self.hours(.monday, "22:00", "06:00")
    given(acme()).when(Self.define([over]))
      .thenRejected(SlaRejection.calendar(.endsBeforeItBegins(index: 0, over)))
    let nothing = Self.hours(.monday, "09:00", "09:00")
    given(acme()).when(Self.define(Self.office + [nothing]))
      .thenRejected(SlaRejection.calendar(.endsBeforeItBegins(index: 5, nothing)))
    given(acme()).when(
      Self.define([Self.hours(.monday, "22:00", "24:00"), Self.hours(.tuesday, "00:00", "06:00")])
    ).happens()
    for time in ["24:01", "25:00", "29:59"] {
      given(acme()).when(Self.define([Self.hours(.monday, "09:00", time)])).thenRejected(
        SlaRejection.calendar(.noSuchTime(index: 0, key: "to", ClockTime(unchecked: time))))
    }
  }

  @Test(.accepts("SLA"), .refuses("SLA")) func `hours of one day do not overlap, but may touch`() {
    let morning = Self.hours(.monday, "09:00", "12:30")
    let noon = Self.hours(.monday, "12:29", "17:00")
    given(acme()).when(Self.define([morning, noon]))
      .thenRejected(SlaRejection.calendar(.hoursOverlap(index: 1, noon, other: 0, morning)))
    given(acme()).when(Self.define([noon, morning]))
      .thenRejected(SlaRejection.calendar(.hoursOverlap(index: 1, morning, other: 0, noon)))
    given(acme()).when(Self.define([morning, Self.hours(.monday, "12:30", "17:00")])).happens()
    given(acme()).when(Self.define([morning, Self.hours(.tuesday, "09:00", "12:30")])).happens()
  }

  @Test func `a calendar has an hour a week at least, and each holiday once`() {
    given(acme()).when(Self.define([Self.hours(.monday, "09:00", "09:59")]))
      .thenRejected(SlaRejection.calendar(.tooFewHours(minutes: 59)))
    given(acme()).when(Self.define([Self.hours(.monday, "09:00", "10:00")])).happens()
    given(acme()).when(Self.define(holidays: ["2026-12-25", "2026-12-26", "2026-12-25"]))
      .thenRejected(SlaRejection.calendar(.holidayTwice("2026-12-25")))
  }

  @Test func `targets are counted in a calendar, for every severity or for none`() {
    given(acme()).when(Self.set()).thenRejected(SlaRejection.targets(.unknownCalendar("support")))
    let story = given(acme(), [Self.defined()]).when(Self.set()).then([Self.wereSet])
    story.when(Self.set()).thenUnchanged()
    story.when(Self.set([])).then([
      .slaTargetsSet(SlaTargetsSet(calendarID: "support", targets: []))
    ])
    story.when(Self.set(Array(Self.targets.dropLast())))
      .thenRejected(SlaRejection.targets(.targetMissing(.urgent)))
    story.when(Self.set(Array(Self.targets.dropLast()) + [Self.targets[0]]))
      .thenRejected(SlaRejection.targets(.targetTwice(.low)))
    HistoryTests.refused(Self.wereSet, after: acme())
  }

  @Test func `a case is answered before it is resolved`() {
    var targets = Self.targets
    targets[1].firstResponseMinutes = 480
    given(acme(), [Self.defined()]).when(Self.set(targets)).happens()
    targets[1].firstResponseMinutes = 481
    given(acme(), [Self.defined()]).when(Self.set(targets))
      .thenRejected(SlaRejection.targets(.resolvedBeforeAnswered(targets[1])))
  }
}
