// A stored piece of evidence begins with its header, in lines:
//
//   redress-evidence/v1
//   acme                      the tenant
//   cus_5                     the person that it belongs to
//   image/png                 the media type
//   48213                     the length of the content in bytes
//   9f86d0…                   the SHA-256 of the content
//   <empty line>
//   nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)
//
// The last part is AES-256-GCM under the person's key, bound to all of the lines above.

public import Cryptography
import EventSourcing
public import PersonalData

/// The lines before a piece of evidence, which are readable without its key.
public struct EvidenceHeader: Hashable, Sendable {
  public var person: Person
  /// The media type, such as `image/png`.
  public var mediaType: String
  public var byteCount: Int
  /// The SHA-256 of the content.
  public var sha256: Digest

  private static let format = "redress-evidence/v1"
  static let byteCountMax = 1_024

  public init(person: Person, mediaType: String, content: [UInt8]) {
    self.person = person
    self.mediaType = mediaType
    byteCount = content.count
    sha256 = SHA256.hash(content)
  }

  var bytes: [UInt8] {
    Array(
      """
      \(Self.format)
      \(person.tenant)
      \(person.subject)
      \(mediaType)
      \(byteCount)
      \(sha256)


      """.utf8)
  }

  /// - Returns: `nil` for bytes that ``bytes`` does not begin.
  init?(beginning stored: [UInt8]) {
    let lines = stored.prefix(Self.byteCountMax).split(
      separator: UInt8(ascii: "\n"), maxSplits: 7, omittingEmptySubsequences: false)
    guard lines.count == 8 else { return nil }
    let texts = lines.map { String(decoding: $0, as: UTF8.self) }
    guard texts[0] == Self.format, let tenant = TenantID(texts[1]), let count = Int(texts[4]),
      let sha256 = Digest(hex: texts[5]), texts[6].isEmpty
    else { return nil }
    person = Person(texts[2], of: tenant)
    mediaType = texts[3]
    byteCount = count
    self.sha256 = sha256
    guard stored.starts(with: bytes) else { return nil }
  }
}
