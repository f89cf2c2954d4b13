// A personal text as the log keeps it:
//
//   enc:v1:<subject>:<Base64 of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)>
//
// AES-256-GCM under the subject's own key, bound to the place of the text (PersonalPlace).

import Events
import Transparency

struct SealedText {
  var subject: String
  var bytes: [UInt8]

  /// - Returns: `nil` for a text that is not sealed, such as one of a log from before encryption.
  init?(_ text: String) {
    guard PersonalText.isSealed(text) else { return nil }
    let parts = text.utf8.dropFirst(PersonalText.sealedPrefix.utf8.count)
      .split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = Base64.decode(parts[1]) else { return nil }
    subject = String(decoding: parts[0], as: UTF8.self)
    self.bytes = bytes
  }

  init(subject: String, bytes: [UInt8]) {
    (self.subject, self.bytes) = (subject, bytes)
  }

  var text: String { "\(PersonalText.sealedPrefix)\(subject):\(Base64.encode(bytes))" }
}
