// `enc:v1:<subject>:<base64 of AES-256-GCM>`: a personal text as the log keeps it. The schema's
// limits are about the text itself, so the encrypted form may be longer; it is nobody's to submit.

import JSON

extension JSONReader {
  /// Whether a text may be in its encrypted form.
  enum Encryption {
    /// In an event, which Redress wrote.
    case accepted
    /// In a command, whose author could otherwise pass off any text as encrypted.
    case refused
  }

  /// Reads a personal text of so many Unicode code points, or its encrypted form.
  mutating func readPersonal(
    length: ClosedRange<Int>, encrypted: Encryption
  ) throws(JSONError) -> String {
    let start = startOfValue()
    let prefix: StaticString = "\"enc:v1:"
    var probe = self
    guard probe.skip(exactly: prefix) else {
      let text = try readString(length: length)
      guard encrypted == .accepted || !text.utf8.starts(with: "enc:v1:".utf8) else {
        throw failure(at: start, "\(found(at: start)) begins with enc:v1:, which is reserved")
      }
      return text
    }
    guard encrypted == .accepted else {
      throw failure(at: start, "\(found(at: start)) begins with enc:v1:, which is reserved")
    }
    return try readString(length: encryptedTextLength(length))
  }
}

let encryptedTextPrefix = "enc:v1:"

/// How long the encrypted form of a text of such a length may be.
func encryptedTextLength(_ length: ClosedRange<Int>) -> ClosedRange<Int> {
  // Nonce and tag are 28 bytes, a code point at most 4, and base64 makes 4 characters of 3 bytes.
  let sealed = (length.upperBound * 4 + 28 + 2) / 3 * 4
  return 1...("enc:v1:".utf8.count + 64 + 1 + sealed)
}
