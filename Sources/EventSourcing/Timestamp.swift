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
  /// Reads RFC 3339 with a `Z` and one to six fractional digits or none.
  ///
  /// - Returns: `nil` for anything else, also for days that no calendar has.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(utf8: bytes[...])
  }

  /// Reads the bytes of an RFC 3339 time, as `init(_:)` does.
  public init?(utf8 bytes: ArraySlice<UInt8>) {
    var digits = DigitReader(bytes)
    guard let date = CalendarDate(reading: &digits), digits.skip(UInt8(ascii: "T")),
      let hour = digits.number(2), hour < 24, digits.skip(UInt8(ascii: ":")),
      let minute = digits.number(2), minute < 60, digits.skip(UInt8(ascii: ":")),
      let second = digits.number(2), second < 60
    else { return nil }
    var fraction: Int64 = 0
    if digits.skip(UInt8(ascii: ".")) {
      var count = 0
      while let digit = digits.number(1) {
        fraction = fraction * 10 + Int64(digit)
        count += 1
        guard count <= 6 else { return nil }
      }
      guard count > 0 else { return nil }
      for _ in count..<6 { fraction *= 10 }
    }
    guard digits.skip(UInt8(ascii: "Z")), digits.isAtEnd else { return nil }
    let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    self.init(microseconds: seconds * 1_000_000 + fraction)
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
