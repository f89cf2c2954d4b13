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
    bytes.append(UInt8(ascii: "\""))
    write(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
}

extension Timestamp {
  public init(json reader: inout JSONReader) throws(JSONError) {
    let rule: StaticString = "a UTC time such as \"2026-01-16T10:00:00.123456Z\""
    self = try reader.readText(rule) { text in
      Timestamp(canonical: text)
        ?? text.withUnsafeBufferPointer { Timestamp(utf8: Array($0)[...]) }
    }
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    write(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
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
