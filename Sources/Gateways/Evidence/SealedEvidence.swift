// Pieces of evidence, each encrypted under the key of the person that it belongs to
// (``EvidenceHeader`` has the bytes). Destroying the key erases the evidence with the person, and
// nothing in the store has to change.

public import Cryptography
public import EventSourcing
public import PersonalData

/// A piece of evidence as it is found.
public enum FoundEvidence: Sendable {
  case content([UInt8], EvidenceHeader)
  /// The person was erased, so the content cannot be opened.
  case erased(EvidenceHeader)
  /// The key is missing although the person was not erased.
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
  /// - Parameter position: the end of the tenant's history, recorded with a key that is new.
  /// - Returns: the key to read it by; `nil` where the person was erased.
  public func put(
    _ content: [UInt8], _ header: EvidenceHeader, position: Position
  ) throws -> Digest? {
    let head = header.bytes
    let sealed = try vault.seal(content, of: header.person, binding: head, position: position)
    guard let sealed else { return nil }
    // The key first: a crash must not leave evidence without it.
    try vault.makeDurable()
    return try store.put(head + sealed)
  }

  /// The header of a piece, without verifying or opening its content.
  ///
  /// - Returns: `nil` where the tenant has no evidence under this key.
  public func header(_ key: Digest, of tenant: TenantID) throws -> EvidenceHeader? {
    guard let stored = try store.beginning(of: key, byteCount: EvidenceHeader.byteCountMax),
      let header = EvidenceHeader(beginning: stored), header.person.tenant == tenant
    else { return nil }
    return header
  }

  /// How many bytes of content each tenant has; every piece's header is read for it.
  public func byteCounts() throws -> [TenantID: Int] {
    var counts: [TenantID: Int] = [:]
    for key in try store.keys() {
      guard let stored = try store.beginning(of: key, byteCount: EvidenceHeader.byteCountMax),
        let header = EvidenceHeader(beginning: stored)
      else { continue }
      counts[header.person.tenant, default: 0] += header.byteCount
    }
    return counts
  }

  /// Opens a piece.
  ///
  /// - Returns: `nil` where the tenant has no evidence under this key.
  /// - Throws: ``DamagedEvidence``, or the store's error.
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
