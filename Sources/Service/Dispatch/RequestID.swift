// The id of a request in the answer's X-Request-Id, in problem documents and in the log. What must
// hold: a caller's own id is taken only where it is short and plain, so that it can stand in a
// header and in a line of the log as it is.

import HTTP
import Synchronization

struct RequestID: Sendable {
  static let header = "X-Request-Id"

  let text: String

  /// The id that a caller sent, or a new one: a random number of this process and a count.
  init(of request: HTTPRequest) {
    if let sent = request.header(Self.header), Self.isValid(sent.utf8) {
      text = sent
    } else {
      text = Self.next()
    }
  }

  /// A new one.
  init() { text = Self.next() }

  private static func next() -> String {
    process + String(count.add(1, ordering: .relaxed).newValue)
  }

  /// 1 to 64 of `A-Z a-z 0-9 _ . -`.
  static func isValid(_ text: some Collection<UInt8>) -> Bool {
    (1...64).contains(text.count)
      && text.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }

  private static let process = String(UInt32.random(in: .min ... .max), radix: 16) + "-"
  private static let count = Atomic<UInt64>(0)
}
