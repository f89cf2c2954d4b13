// A NumericDate (RFC 7519, section 2): seconds since 1970-01-01T00:00:00Z as a JSON number, whole
// or not. A fraction is rounded to microseconds.

import EventSourcing
import JSON

extension Timestamp {
  private static let secondsMax: Int64 = 253_402_300_799

  /// - Returns: `nil` for anything but a number of seconds from 1970 to the end of the year 9999.
  init?(numericDate value: JSONValue) {
    switch value {
    case .integer(let seconds):
      guard (0...Timestamp.secondsMax).contains(seconds) else { return nil }
      self.init(microseconds: seconds * 1_000_000)
    case .number(let text):
      guard let seconds = Double(text), (0...Double(Timestamp.secondsMax)).contains(seconds)
      else { return nil }
      self.init(microseconds: Int64((seconds * 1_000_000).rounded()))
    case .null, .bool, .string, .array, .object: return nil
    }
  }
}
