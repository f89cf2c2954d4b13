// Business hours against the plainest count there is: minute by minute, what the clock on the wall
// shows.

import Domain
import EventSourcing
import Events
import Foundation
import SeededRandom
import Testing

struct BusinessTimeTests {
  static let minute: Int64 = 60_000_000

  static func hours(_ weekday: Weekday, _ from: String, _ to: String) -> BusinessHours {
    BusinessHours(
      weekday: weekday, from: ClockTime(unchecked: from), to: ClockTime(unchecked: to))
  }

  static func time(
    _ hours: [BusinessHours], in zone: String, holidays: [CalendarDate] = []
  ) -> BusinessTime {
    BusinessTime(
      SlaCalendarDefined(
        calendarID: "support", version: 1, timeZone: zone, hours: hours, holidays: holidays)
    ) { TimeZones.offset(zone, $0) }
  }

  static let everyDay = Weekday.allCases.map { hours($0, "00:00", "24:00") }

  @Test func `split shifts count, and the break between them does not`() {
    // 2026-01-16 is a Friday.
    let time = Self.time(
      [Self.hours(.friday, "09:00", "12:30"), Self.hours(.friday, "13:30", "17:30")],
      in: "Europe/London")
    #expect(
      time.count(from: "2026-01-16T00:00:00Z", to: "2026-01-17T00:00:00Z") == 450 * Self.minute)
    #expect(
      time.count(from: "2026-01-16T12:00:00Z", to: "2026-01-16T14:00:00Z") == 60 * Self.minute)
    #expect(
      time.instant(after: 60 * Self.minute, from: "2026-01-16T12:00:00Z") == "2026-01-16T14:00:00Z")
    #expect(
      time.intervals(from: "2026-01-16T12:00:00Z", to: "2026-01-16T14:00:00Z") == [
        "2026-01-16T12:00:00Z"..<"2026-01-16T12:30:00Z",
        "2026-01-16T13:30:00Z"..<"2026-01-16T14:00:00Z",
      ])
    // What ends with the shift ends there, not after the weekend.
    #expect(
      time.instant(after: 450 * Self.minute, from: "2026-01-16T03:00:00Z") == "2026-01-16T17:30:00Z"
    )
    #expect(
      time.instant(after: 450 * Self.minute + 1, from: "2026-01-16T03:00:00Z")
        == "2026-01-23T09:00:00.000001Z")
  }

  @Test func `a holiday has no hours`() {
    let time = Self.time(Self.everyDay, in: "Europe/London", holidays: ["2026-12-25"])
    #expect(
      time.count(from: "2026-12-24T00:00:00Z", to: "2026-12-27T00:00:00Z") == 2 * 1440 * Self.minute
    )
    #expect(time.count(from: "2026-12-25T00:00:00Z", to: "2026-12-26T00:00:00Z") == 0)
    // In Auckland the day begins when it is still the day before in London.
    let auckland = Self.time(Self.everyDay, in: "Pacific/Auckland", holidays: ["2026-12-25"])
    #expect(auckland.count(from: "2026-12-24T11:00:00Z", to: "2026-12-25T11:00:00Z") == 0)
  }

  @Test
  func `an hour that summer time takes away does not count, one that it repeats counts twice`() {
    let nights = Weekday.allCases.map { Self.hours($0, "00:00", "06:00") }
    let london = Self.time(nights, in: "Europe/London")
    func night(_ time: BusinessTime, _ day: String) -> Int64 {
      guard let start = Timestamp(day + "T00:00:00Z") else { return -1 }
      let noon = Timestamp(microseconds: start.microseconds + 12 * 3_600_000_000)
      return time.count(from: Timestamp(microseconds: start.microseconds - 7_200_000_000), to: noon)
    }
    #expect(night(london, "2026-03-28") == 360 * Self.minute)
    #expect(night(london, "2026-03-29") == 300 * Self.minute)
    #expect(night(london, "2026-10-25") == 420 * Self.minute)
    // Half an hour on Lord Howe, whose nights are in London's afternoons.
    let howe = Self.time(nights, in: "Australia/Lord_Howe")
    #expect(
      howe.count(from: "2026-10-03T10:00:00Z", to: "2026-10-04T00:00:00Z") == 330 * Self.minute)
    #expect(
      howe.count(from: "2026-04-04T10:00:00Z", to: "2026-04-05T00:00:00Z") == 390 * Self.minute)
  }

  @Test func `nothing is later than any date`() {
    let time = Self.time([Self.hours(.monday, "09:00", "10:00")], in: "Asia/Kathmandu")
    #expect(time.instant(after: 60 * Self.minute, from: "9999-12-31T00:00:00Z") == nil)
    #expect(time.count(from: "9999-12-20T00:00:00Z", to: Timestamp.range.upperBound) > 0)
    #expect(time.count(from: "2026-01-16T12:00:00Z", to: "2026-01-16T11:00:00Z") == 0)
  }

  // MARK: Against the naive count

  /// Zones with the days around which their clocks change; Kathmandu's never do.
  static let zones: [(zone: String, changes: [Timestamp])] = [
    ("Europe/London", ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
    ("America/New_York", ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]),
    ("Australia/Lord_Howe", ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"]),
    ("America/Santiago", ["2026-04-05T03:00:00Z", "2026-09-06T04:00:00Z"]),
    ("Africa/Casablanca", ["2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"]),
    ("Asia/Kathmandu", ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
  ]

  @Test(arguments: zones.indices)
  func `agrees with counting every minute, across both changes of the clocks`(index: Int) {
    let (zone, changes) = Self.zones[index]
    let given = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("business time in \(zone): SEED=\(seed)")
    var random = SplitMix64(seed: seed &+ UInt64(index))
    for change in changes {
      for _ in 0..<40 { Self.compare(zone, around: change, seed, &random) }
    }
  }

  private static func compare(
    _ zone: String, around change: Timestamp, _ seed: UInt64, _ random: inout SplitMix64
  ) {
    let hours = randomHours(&random)
    let day = change.microseconds / 86_400_000_000
    let holidays = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      CalendarDate(daysSince1970: Int(day) + Int.random(in: -3...3, using: &random))
    }
    let time = time(hours, in: zone, holidays: Array(Set(holidays)))
    let start = change.microseconds / minute - Int64.random(in: 0...5_000, using: &random)
    let length = Int64.random(in: 0...9_000, using: &random)
    var counted: Int64 = 0
    var reached: [Int64: Int64] = [:]
    for now in start..<start + length
    where isOpen(now, hours, Set(holidays), zone) {
      counted += 1
      reached[counted] = now + 1
    }
    let (from, to) = (at(start), at(start + length))
    let detail: Comment = "seed \(seed), \(zone), \(hours), \(holidays), \(from) to \(to)"
    #expect(time.count(from: from, to: to) == counted * minute, detail)
    let intervals = time.intervals(from: from, to: to)
    let sum = intervals.reduce(Int64(0)) {
      $0 + $1.upperBound.microseconds - $1.lowerBound.microseconds
    }
    #expect(sum == counted * minute, detail)
    for (one, next) in zip(intervals, intervals.dropFirst()) {
      #expect(one.upperBound < next.lowerBound, detail)
    }
    guard counted > 0 else { return }
    let wanted = Int64.random(in: 1...counted, using: &random)
    #expect(time.instant(after: wanted * minute, from: from) == reached[wanted].map(at), detail)
    #expect(time.instant(after: (counted + 1) * minute, from: from, to: to) == nil, detail)
  }

  private static func at(_ minutes: Int64) -> Timestamp {
    Timestamp(microseconds: minutes * minute)
  }

  /// Whether a minute counts, by what the clock on the wall shows.
  private static func isOpen(
    _ utc: Int64, _ hours: [BusinessHours], _ holidays: Set<CalendarDate>, _ zone: String
  ) -> Bool {
    let local = utc + Int64(TimeZones.offset(zone, at(utc)) / 60)
    let date = CalendarDate(daysSince1970: Int(local / 1_440))
    if holidays.contains(date) { return false }
    // 1970-01-01 was a Thursday.
    let weekday = Weekday.allCases[(Int(local / 1_440) + 3) % 7]
    let clock = Int(local % 1_440)
    return hours.contains {
      $0.weekday == weekday && minutes($0.from) <= clock && clock < minutes($0.to)
    }
  }

  private static func minutes(_ time: ClockTime) -> Int {
    let parts = time.rawValue.split(separator: ":").compactMap { Int($0) }
    return parts[0] * 60 + parts[1]
  }

  /// Up to three shifts on some days, often at night, when the clocks change.
  private static func randomHours(_ random: inout SplitMix64) -> [BusinessHours] {
    var hours: [BusinessHours] = []
    for weekday in Weekday.allCases where !random.oneIn(4) {
      var marks: Set<Int> = random.oneIn(3) ? [0, 1_440] : []
      while marks.count < Int.random(in: 1...3, using: &random) * 2 {
        marks.insert(Int.random(in: 0...(random.oneIn(2) ? 240 : 1_440), using: &random))
      }
      let sorted = marks.sorted()
      for index in stride(from: 0, to: sorted.count - 1, by: 2) {
        hours.append(Self.hours(weekday, clock(sorted[index]), clock(sorted[index + 1])))
      }
    }
    return hours.isEmpty ? everyDay : hours.shuffled(using: &random)
  }

  private static func clock(_ minutes: Int) -> String {
    String(format: "%02d:%02d", minutes / 60, minutes % 60)
  }
}
