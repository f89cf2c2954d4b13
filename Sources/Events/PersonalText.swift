// `enc:v1:<subject>:<base64 of AES-256-GCM>`: a personal text as the log keeps it. The schema's
// limits are about the text itself, so the encrypted form may be longer. A command may not have it.

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

/// What a personal text may be instead of itself.
public enum PersonalText {
  /// How a text begins that is sealed under its person's key.
  public static let sealedPrefix = "enc:v1:"

  /// What is shown of a person who was erased.
  public static let erased = "[erased]"

  /// What is shown where the key is missing although the person was not erased.
  public static let keyMissing = "[key missing]"

  /// What is shown where the caller left the text sealed.
  public static let hidden = "[sealed]"

  public static func isSealed(_ text: String) -> Bool {
    text.utf8.starts(with: sealedPrefix.utf8)
  }
}

extension Event {
  /// Puts ``PersonalText/hidden`` in the place of every sealed text.
  public mutating func hideSealedTexts() {
    mapPersonal { text, _, _ in PersonalText.isSealed(text) ? PersonalText.hidden : text }
  }
}

/// How long the encrypted form of a text of such a length may be.
func encryptedTextLength(_ length: ClosedRange<Int>) -> ClosedRange<Int> {
  // Nonce and tag are 28 bytes, a code point at most 4, and base64 makes 4 characters of 3 bytes.
  let sealed = (length.upperBound * 4 + 28 + 2) / 3 * 4
  return 1...("enc:v1:".utf8.count + 64 + 1 + sealed)
}
