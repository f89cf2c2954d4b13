// The shop writes what its clock on the wall says, `2010-12-01 08:26:00`; an event's time is UTC.
//
// In the hour that the end of summer time repeats, the second pass is meant (Greenwich Mean Time);
// a time in the hour that its beginning leaves out is read as if the clock had been put forward
// late, so 01:30 is what the clocks that were put forward call 02:30.

internal import EventSourcing
internal import Foundation

/// Reads British wall time.
struct LondonClock {
  private let zone: TimeZone
  /// Invoices come in order, so one remembered hour spares nearly every look into the zone's rules.
  private var lastHour = Int64.min
  private var lastOffset: Int64 = 0

  init() {
    guard let zone = TimeZone(identifier: "Europe/London") else {
      preconditionFailure("Foundation has no time zone Europe/London")
    }
    self.zone = zone
  }

  /// - Returns: nil unless the text is exactly `YYYY-MM-DD hh:mm:ss` and such a time exists.
  mutating func time(_ text: ArraySlice<UInt8>) -> Timestamp? {
    guard text.count == 19, text[text.startIndex + 10] == UInt8(ascii: " ") else { return nil }
    var utf8 = Array(text)
    utf8[10] = UInt8(ascii: "T")
    utf8.append(UInt8(ascii: "Z"))
    guard let wall = Timestamp(utf8: utf8[...]) else { return nil }
    let seconds = wall.microseconds / 1_000_000
    let (hour, _) = seconds.quotientAndRemainder(dividingBy: 3600)
    if hour != lastHour {
      lastHour = hour
      lastOffset = offset(wall: seconds)
    }
    return Timestamp(microseconds: (seconds - lastOffset) * 1_000_000)
  }

  /// Seconds ahead of UTC when the wall says this; the same for all of an hour, because Britain has
  /// changed its clocks on the hour as long as it has data.
  private func offset(wall seconds: Int64) -> Int64 {
    let guess = offset(utc: seconds)
    return offset(utc: seconds - guess) == guess ? guess : offset(utc: seconds - guess)
  }

  private func offset(utc seconds: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
  }
}
