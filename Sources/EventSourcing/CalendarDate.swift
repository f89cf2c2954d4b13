// A day without a time zone, `2026-01-16`, in the proleptic Gregorian calendar. Which day an
// instant falls on depends on the tenant's time zone, which is applied elsewhere.

/// Days since 1970-01-01, written `YYYY-MM-DD`.
public struct CalendarDate: Hashable, Comparable, Sendable, Codable {
  public var daysSince1970: Int

  public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  public static func < (a: CalendarDate, b: CalendarDate) -> Bool {
    a.daysSince1970 < b.daysSince1970
  }

  public func advanced(byDays days: Int) -> CalendarDate {
    CalendarDate(daysSince1970: daysSince1970 + days)
  }

  /// - Returns: `nil` where the calendar has no such day, or outside the years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CalendarDate.lastDay(of: month, in: year)
    else { return nil }
    // Days from civil: years counted from March, so that the leap day comes last.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(daysSince1970: era * 146_097 + dayOfEra - 719_468)
  }

  public var yearMonthDay: (year: Int, month: Int, day: Int) {
    let z = daysSince1970 + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func lastDay(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CalendarDate {
  /// Reads exactly `YYYY-MM-DD`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(utf8: bytes[...])
  }

  /// Reads the bytes of exactly `YYYY-MM-DD`.
  public init?(utf8 bytes: ArraySlice<UInt8>) {
    var digits = DigitReader(bytes)
    self.init(reading: &digits)
    guard digits.isAtEnd else { return nil }
  }

  init?(reading digits: inout DigitReader) {
    guard let year = digits.number(4), digits.skip(UInt8(ascii: "-")),
      let month = digits.number(2), digits.skip(UInt8(ascii: "-")), let day = digits.number(2)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Appends the ten bytes of `YYYY-MM-DD`.
  public func write(to bytes: inout [UInt8]) {
    let (year, month, day) = yearMonthDay
    bytes.append(decimal: year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: day, digits: 2)
  }
}

extension CalendarDate: WrittenText {}

/// Walks over digits and the marks between them.
struct DigitReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func number(_ count: Int) -> Int? {
    guard bytes.count >= count else { return nil }
    var value = 0
    for byte in bytes.prefix(count) {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    bytes.removeFirst(count)
    return value
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }
}

extension [UInt8] {
  /// Appends a number with leading zeros.
  mutating func append(decimal value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
