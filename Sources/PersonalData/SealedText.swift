// A sealed personal text in the log:
//
//   enc:v1:<subject>:<Base64 of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)>
//
// AES-256-GCM under the subject's own key, bound to the place of the text (PersonalPlace).

import Cryptography
import Events

struct SealedText {
  var subject: String
  var bytes: [UInt8]

  /// - Returns: `nil` for a text that is not sealed, such as one from before encryption.
  init?(_ text: String) {
    guard PersonalText.isSealed(text) else { return nil }
    let rest = text.utf8.dropFirst(PersonalText.sealedPrefix.utf8.count)
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
      let bytes = Base64.decode(rest[rest.index(after: colon)...])
    else { return nil }
    subject = String(text[rest.startIndex..<colon])
    self.bytes = bytes
  }

  init(subject: String, bytes: [UInt8]) {
    (self.subject, self.bytes) = (subject, bytes)
  }

  var text: String {
    let encoded = Base64.encode(bytes)
    var text = PersonalText.sealedPrefix
    text.reserveCapacity(text.utf8.count + subject.utf8.count + 1 + encoded.utf8.count)
    text += subject
    text += ":"
    text += encoded
    return text
  }
}
