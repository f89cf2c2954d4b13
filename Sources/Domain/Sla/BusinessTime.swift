// Business time: the hours of a calendar as instants. What must hold:
//
// - an instant counts if and only if the clock on the wall, in the calendar's time zone, then shows
//   a time inside the hours of that day of the week, on a day that is no holiday. So an hour that
//   summer time takes away does not count, and one that it repeats counts twice;
// - intervals are half open: their first instant counts, their last does not.

public import EventSourcing
public import Events

/// The business hours of one version of a calendar.
public struct BusinessTime: Sendable {
  /// Seconds since midnight, by the day of the week from Monday, in order.
  private let hours: [[Range<Int64>]]
  /// Sorted.
  private let holidays: [CalendarDate]
  private let utcOffset: @Sendable (Timestamp) -> Int

  /// - Parameter utcOffset: how many seconds the calendar's time zone is ahead of UTC at an
  ///   instant.
  public init(
    _ calendar: SlaCalendarDefined, utcOffset: @escaping @Sendable (Timestamp) -> Int
  ) {
    var hours = [[Range<Int64>]](repeating: [], count: 7)
    for entry in calendar.hours {
      hours[entry.weekday.index].append(entry.from.seconds..<entry.to.seconds)
    }
    self.hours = hours.map { $0.sorted { $0.lowerBound < $1.lowerBound } }
    holidays = calendar.holidays.sorted()
    self.utcOffset = utcOffset
  }

  /// Microseconds of business hours from one instant up to another.
  public func count(from start: Timestamp, to end: Timestamp) -> Int64 {
    var count: Int64 = 0
    forEachInterval(from: start, to: end) { interval in
      count += interval.length
      return true
    }
    return count
  }

  /// The instant at which so many microseconds of business hours have gone by.
  ///
  /// - Returns: `nil` if it is not before the end.
  public func instant(
    after length: Int64, from start: Timestamp, to end: Timestamp = Timestamp.range.upperBound
  ) -> Timestamp? {
    var rest = length
    var instant: Timestamp?
    forEachInterval(from: start, to: end) { interval in
      guard interval.length < rest else {
        instant = interval.lowerBound.advanced(by: rest)
        return false
      }
      rest -= interval.length
      return true
    }
    return instant
  }

  /// The business hours from one instant up to another; none of them touches the next.
  public func intervals(from start: Timestamp, to end: Timestamp) -> [Range<Timestamp>] {
    var intervals: [Range<Timestamp>] = []
    forEachInterval(from: start, to: end) { interval in
      intervals.append(joining: interval)
      return true
    }
    return intervals
  }
}

extension BusinessTime {
  private static let day: Int64 = 86_400_000_000

  /// Calls `body` with the business hours between two instants, in order, until it returns `false`.
  private func forEachInterval(
    from start: Timestamp, to end: Timestamp, _ body: (Range<Timestamp>) -> Bool
  ) {
    var now = start
    while now < end {
      let offset = utcOffset(now)
      let next = change(of: offset, from: now, to: min(end, now.advanced(by: Self.day)))
      guard hand(now..<next, offset: Int64(offset) * 1_000_000, to: body) else { return }
      now = next
    }
  }

  /// Where an offset ends that holds at an instant; at the latest after a day.
  ///
  /// No time zone changes its offset twice within a day.
  private func change(of offset: Int, from start: Timestamp, to end: Timestamp) -> Timestamp {
    guard utcOffset(end.advanced(by: -1)) != offset else { return end }
    var (same, other) = (start.microseconds, end.microseconds - 1)
    while other - same > 1 {
      let middle = same + (other - same) / 2
      if utcOffset(Timestamp(microseconds: middle)) == offset {
        same = middle
      } else {
        other = middle
      }
    }
    return Timestamp(microseconds: other)
  }

  /// Calls `body` with the business hours of a stretch without a change of the time zone's offset.
  private func hand(
    _ stretch: Range<Timestamp>, offset: Int64, to body: (Range<Timestamp>) -> Bool
  ) -> Bool {
    var date = CalendarDate(
      daysSince1970: Int((stretch.lowerBound.microseconds + offset).floored(to: Self.day)))
    while true {
      let midnight = Int64(date.daysSince1970) * Self.day - offset
      guard midnight < stretch.upperBound.microseconds else { return true }
      for hours in isHoliday(date) ? [] : hours[date.weekdayIndex] {
        let start = Timestamp(microseconds: midnight + hours.lowerBound * 1_000_000)
        let end = Timestamp(microseconds: midnight + hours.upperBound * 1_000_000)
        let interval =
          max(
            start, stretch.lowerBound)..<max(
            start, stretch.lowerBound, min(end, stretch.upperBound))
        if !interval.isEmpty, !body(interval) { return false }
      }
      date = date.advanced(byDays: 1)
    }
  }

  private func isHoliday(_ date: CalendarDate) -> Bool {
    var (low, high) = (0, holidays.count)
    while low < high {
      let middle = (low + high) / 2
      if holidays[middle] < date { low = middle + 1 } else { high = middle }
    }
    return low < holidays.count && holidays[low] == date
  }
}

extension Weekday {
  /// Monday is 0.
  var index: Int { Weekday.allCases.firstIndex(of: self) ?? 0 }
}

extension CalendarDate {
  /// Monday is 0; 1970-01-01 was a Thursday.
  var weekdayIndex: Int { (daysSince1970 % 7 + 10) % 7 }
}

extension ClockTime {
  /// Seconds since midnight.
  var seconds: Int64 {
    let parts = rawValue.split(separator: ":").map { Int64($0) ?? 0 }
    return parts[0] * 3_600 + parts[1] * 60
  }
}

extension Timestamp {
  func advanced(by microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: self.microseconds + microseconds)
  }
}

extension [Range<Timestamp>] {
  /// Appends an interval, or lengthens the last one where it ends.
  public mutating func append(joining interval: Range<Timestamp>) {
    if let last, last.upperBound == interval.lowerBound {
      self[count - 1] = last.lowerBound..<interval.upperBound
    } else {
      append(interval)
    }
  }
}

extension Range<Timestamp> {
  /// In microseconds.
  public var length: Int64 { upperBound.microseconds - lowerBound.microseconds }
}

extension Int64 {
  fileprivate func floored(to unit: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: unit)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
