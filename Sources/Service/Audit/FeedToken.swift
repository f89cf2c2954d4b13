// A reader's place in the feed of events: a format byte, the commit's ordinal and the event's index
// in it, big-endian, in URL-safe Base64.

import EventSourcing
import Foundation

/// A place in the feed. Its text is opaque to readers.
struct FeedToken: Hashable {
  var ordinal: Ordinal
  /// The event's place inside its commit.
  var index: Int

  init(ordinal: Ordinal, index: Int) {
    self.ordinal = ordinal
    self.index = index
  }

  init?(text: String) {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base64 + padding), data.count == 13, data[0] == 1
    else { return nil }
    let bytes = [UInt8](data)
    let ordinal = bytes[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let index = bytes[9..<13].reduce(0) { $0 << 8 | Int($1) }
    self.init(ordinal: Ordinal(ordinal), index: index)
    // Several texts of Base64 are the same bytes.
    guard self.text == text else { return nil }
  }

  /// What every token matches.
  static let pattern = "^A[Q-Za-f][A-Za-z0-9_-]{15}[AQgw]$"

  var text: String {
    var bytes: [UInt8] = [1]
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: ordinal.value >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: index >> shift))
    }
    return Data(bytes).base64EncodedString().replacing("+", with: "-")
      .replacing("/", with: "_").replacing("=", with: "")
  }
}
