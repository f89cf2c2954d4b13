// A point in time as the log writes it: `2026-01-16T10:00:00.123456Z`, always UTC, always six
// fractional digits, so that equal times have equal bytes (RFC 3339).

/// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The years that four digits can write: 0001-01-01 up to the end of 9999.
  public static let range =
    Timestamp(
      microseconds: -62_135_596_800_000_000)...Timestamp(microseconds: 253_402_300_799_999_999)

  /// The length of the canonical form in bytes.
  public static let length = 27
}

extension Timestamp {
  /// Reads RFC 3339 with any offset. Digits after the microseconds are dropped.
  ///
  /// - Returns: `nil` for anything else, also for days that no calendar has, leap seconds, and
  ///   times outside ``range``.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(utf8: bytes[...])
  }

  /// Reads the bytes of an RFC 3339 time, as `init(_:)` does.
  public init?(utf8 bytes: ArraySlice<UInt8>) {
    var digits = DigitReader(bytes)
    guard let date = CalendarDate(reading: &digits), digits.skip(letter: UInt8(ascii: "T")),
      let minutes = digits.minutesOfDay(), digits.skip(UInt8(ascii: ":")),
      let second = digits.number(2), second < 60, let fraction = digits.microseconds(),
      let offset = digits.offsetMinutes(), digits.isAtEnd
    else { return nil }
    let seconds = date.daysSince1970 * 86_400 + (minutes - offset) * 60 + second
    self.init(microseconds: Int64(seconds) * 1_000_000 + fraction)
    guard Timestamp.range.contains(self) else { return nil }
  }

  /// Appends the canonical 27 bytes.
  ///
  /// - Precondition: the time lies in ``range``.
  public func write(to bytes: inout [UInt8]) {
    precondition(Timestamp.range.contains(self), "a time outside the years 1 to 9999")
    var days = microseconds / 86_400_000_000
    var rest = microseconds % 86_400_000_000
    if rest < 0 {
      rest += 86_400_000_000
      days -= 1
    }
    CalendarDate(daysSince1970: Int(days)).write(to: &bytes)
    let seconds = Int(rest / 1_000_000)
    bytes.append(UInt8(ascii: "T"))
    bytes.append(decimal: seconds / 3600, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(decimal: seconds / 60 % 60, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(decimal: seconds % 60, digits: 2)
    bytes.append(UInt8(ascii: "."))
    bytes.append(decimal: Int(rest % 1_000_000), digits: 6)
    bytes.append(UInt8(ascii: "Z"))
  }
}

extension Timestamp: WrittenText {}

/// The parts of a time (RFC 3339, section 5.6).
extension DigitReader {
  fileprivate mutating func minutesOfDay() -> Int? {
    guard let hour = number(2), hour < 24, skip(UInt8(ascii: ":")), let minute = number(2),
      minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  /// 0 where there is no fraction.
  fileprivate mutating func microseconds() -> Int64? {
    guard skip(UInt8(ascii: ".")) else { return 0 }
    var fraction: Int64 = 0
    var count = 0
    while let digit = number(1) {
      if count < 6 { fraction = fraction * 10 + Int64(digit) }
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { fraction *= 10 }
    return fraction
  }

  /// How far local time is ahead of UTC.
  fileprivate mutating func offsetMinutes() -> Int? {
    if skip(letter: UInt8(ascii: "Z")) { return 0 }
    if skip(UInt8(ascii: "+")) { return minutesOfDay() }
    return skip(UInt8(ascii: "-")) ? minutesOfDay().map { -$0 } : nil
  }

  /// Skips a capital letter, or the small one.
  fileprivate mutating func skip(letter: UInt8) -> Bool { skip(letter) || skip(letter | 0x20) }
}
