// A piece of evidence as it is kept, encrypted under the key of the person it belongs to:
//
//   redress-evidence/v1
//   acme                      the tenant
//   cus_5                     whose it is
//   image/png                 what it is
//   48213                     how many bytes
//   9f86d0…                   the SHA-256 of the content
//   <empty line>
//   nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes): AES-256-GCM, bound to all of the lines above
//
// Destroying the key erases the evidence with the person, and nothing in the store has to change.

public import Cryptography
public import EventSourcing
public import PersonalData

/// What is known of a piece of evidence without its key.
public struct EvidenceHeader: Hashable, Sendable {
  public var person: Person
  /// Such as `image/png`.
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

/// What became of a piece of evidence.
public enum FoundEvidence: Sendable {
  case content([UInt8], EvidenceHeader)
  /// The person was erased.
  case erased(EvidenceHeader)
  /// There is no key, and nobody erased the person.
  case keyMissing(EvidenceHeader)
}

/// Seals evidence into a store and opens it again.
public struct SealedEvidence: Sendable {
  private let store: any EvidenceStore
  private let vault: PersonalVault

  public init(store: any EvidenceStore, vault: PersonalVault) {
    self.store = store
    self.vault = vault
  }

  /// Keeps a piece of evidence.
  ///
  /// - Parameter position: where the tenant's history is, for a key that has to be made.
  /// - Returns: the key to find it by; `nil` where the person was erased.
  public func put(
    _ content: [UInt8], _ header: EvidenceHeader, position: Position
  ) throws -> Digest? {
    let head = header.bytes
    let sealed = try vault.seal(content, of: header.person, binding: head, position: position)
    guard let sealed else { return nil }
    // Otherwise a crash could leave the evidence and no key.
    try vault.makeDurable()
    return try store.put(head + sealed)
  }

  /// What is known of a piece without opening it, nor looking at its bytes.
  ///
  /// - Returns: `nil` where the tenant has no evidence under this key.
  public func header(_ key: Digest, of tenant: TenantID) throws -> EvidenceHeader? {
    guard let stored = try store.beginning(of: key, byteCount: EvidenceHeader.byteCountMax),
      let header = EvidenceHeader(beginning: stored), header.person.tenant == tenant
    else { return nil }
    return header
  }

  /// - Returns: `nil` where the tenant has no evidence under this key.
  public func get(_ key: Digest, of tenant: TenantID) throws -> FoundEvidence? {
    guard let stored = try store.get(key), let header = EvidenceHeader(beginning: stored),
      header.person.tenant == tenant
    else { return nil }
    let head = header.bytes
    switch try vault.open(Array(stored[head.count...]), of: header.person, binding: head) {
    case .opened(let content): return .content(content, header)
    case .erased: return .erased(header)
    case .keyMissing: return .keyMissing(header)
    case .damaged: throw DamagedEvidence(path: "evidence \(key)")
    }
  }
}
