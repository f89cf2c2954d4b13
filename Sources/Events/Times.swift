// Times and dates in JSON. The log's own form, `2026-01-16T10:00:00.123456Z`, is read without
// detours; others that the vocabulary allows take a little longer.

public import EventSourcing
public import JSON

extension CalendarDate {
  public init(json reader: inout JSONReader) throws(JSONError) {
    self = try reader.readText("a date such as \"2026-01-16\"") { text in
      guard text.count == 10, let date = text.date(at: 0) else { return nil }
      return date
    }
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    var text = [12 of UInt8](repeating: UInt8(ascii: "\""))
    text.put(self, at: 1)
    bytes.append(copying: text.span)
  }
}

extension Timestamp {
  public init(json reader: inout JSONReader) throws(JSONError) {
    let rule: StaticString =
      "a time with its offset, such as \"2026-01-16T10:00:00Z\" or \"2026-01-16T11:00:00+01:00\""
    self = try reader.readText(rule) { text in
      Timestamp(canonical: text) ?? Timestamp(String(repairing: text))
    }
  }

  /// - Precondition: the time lies in ``range``.
  public func writeJSON(to bytes: inout [UInt8]) {
    precondition(Timestamp.range.contains(self), "a time outside the years 1 to 9999")
    var days = Int(microseconds) / 86_400_000_000
    var rest = Int(microseconds) % 86_400_000_000
    if rest < 0 {
      rest += 86_400_000_000
      days -= 1
    }
    let seconds = rest / 1_000_000
    var text = [29 of UInt8](repeating: UInt8(ascii: "\""))
    text.put(CalendarDate(daysSince1970: days), at: 1)
    text[11] = UInt8(ascii: "T")
    text.put(seconds / 3600, digits: 2, at: 12)
    text[14] = UInt8(ascii: ":")
    text.put(seconds / 60 % 60, digits: 2, at: 15)
    text[17] = UInt8(ascii: ":")
    text.put(seconds % 60, digits: 2, at: 18)
    text[20] = UInt8(ascii: ".")
    text.put(rest % 1_000_000, digits: 6, at: 21)
    text[27] = UInt8(ascii: "Z")
    bytes.append(copying: text.span)
  }

  /// Reads the canonical form only.
  init?(canonical text: Span<UInt8>) {
    guard text.count == Timestamp.length, let date = text.date(at: 0),
      text[10] == UInt8(ascii: "T"), let hour = text.number(at: 11, digits: 2), hour < 24,
      text[13] == UInt8(ascii: ":"), let minute = text.number(at: 14, digits: 2), minute < 60,
      text[16] == UInt8(ascii: ":"), let second = text.number(at: 17, digits: 2), second < 60,
      text[19] == UInt8(ascii: "."), let fraction = text.number(at: 20, digits: 6),
      text[26] == UInt8(ascii: "Z")
    else { return nil }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    self.init(microseconds: Int64(seconds * 1_000_000 + fraction))
  }
}

extension Span<UInt8> {
  /// The date whose ten bytes begin at `index`.
  fileprivate func date(at index: Int) -> CalendarDate? {
    guard let year = number(at: index, digits: 4), self[index + 4] == UInt8(ascii: "-"),
      let month = number(at: index + 5, digits: 2), self[index + 7] == UInt8(ascii: "-"),
      let day = number(at: index + 8, digits: 2)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  @inline(__always)
  fileprivate func number(at index: Int, digits: Int) -> Int? {
    var value = 0
    for place in index..<index + digits {
      let digit = Int(self[place]) - 0x30
      guard digit >= 0, digit <= 9 else { return nil }
      value = value * 10 + digit
    }
    return value
  }
}

extension InlineArray where Element == UInt8 {
  fileprivate mutating func put(_ date: CalendarDate, at place: Int) {
    let (year, month, day) = date.yearMonthDay
    put(year, digits: 4, at: place)
    self[place + 4] = UInt8(ascii: "-")
    put(month, digits: 2, at: place + 5)
    self[place + 7] = UInt8(ascii: "-")
    put(day, digits: 2, at: place + 8)
  }

  fileprivate mutating func put(_ value: Int, digits: Int, at place: Int) {
    var rest = value
    for index in stride(from: place + digits - 1, through: place, by: -1) {
      self[index] = UInt8(0x30 + rest % 10)
      rest /= 10
    }
  }
}
