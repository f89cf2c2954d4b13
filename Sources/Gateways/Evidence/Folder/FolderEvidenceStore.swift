// Evidence in a folder: `<folder>/<SHA-256 of the bytes>`, one file each, mode 0400. What must
// hold:
//
// - A file is written beside, synced, renamed, and the folder synced: under its name it is whole or
//   not there.
// - With its age it moves to `<folder>/infrequent/` and `<folder>/archive/`, which may be other,
//   cheaper disks, and never back: a reader that looks in this order finds it.

public import Cryptography
public import EventSourcing
import Glibc
import Transparency

/// Keeps evidence in files of a folder.
public struct FolderEvidenceStore: EvidenceStore {
  private let folder: String

  /// Makes the folders that are missing.
  public init(folder: String) throws {
    self.folder = folder
    for tier in EvidenceTier.allCases { try DurableFile.createFolders(tier.path(in: folder)) }
  }

  public func put(_ bytes: [UInt8]) throws -> Digest {
    let key = SHA256.hash(bytes)
    if try beginning(of: key, byteCount: 0) != nil { return key }
    try DurableFile.replace(path(key, .frequent), with: bytes, mode: 0o400)
    return key
  }

  public func get(_ key: Digest) throws -> [UInt8]? {
    guard let (bytes, path) = try find(key, upTo: .max) else { return nil }
    guard SHA256.hash(bytes) == key else { throw DamagedEvidence(path: path) }
    return bytes
  }

  /// Moves every piece to the tier of its age.
  ///
  /// - Returns: the number of pieces that moved.
  @discardableResult
  public func moveOn(at now: Timestamp) throws -> Int {
    var count = 0
    for tier in EvidenceTier.allCases {
      for name in try DurableFile.names(in: tier.path(in: folder)) {
        guard let key = Digest(hex: name) else { continue }
        let kept = try DurableFile.modificationTime(of: path(key, tier))
        let next = EvidenceTier.allCases.last {
          Int(now.microseconds / 1_000_000) - kept >= $0.seconds
        }
        guard let next, next.seconds > tier.seconds else { continue }
        try DurableFile.move(path(key, tier), to: path(key, next))
        count += 1
      }
    }
    return count
  }

  /// The number of pieces in each tier; zero where the folder is missing.
  public static func counts(in folder: String) throws -> [(tier: EvidenceTier, count: Int)] {
    try EvidenceTier.allCases.map { tier in
      let names = try DurableFile.names(in: tier.path(in: folder))
      return (tier, names.count { Digest(hex: $0) != nil })
    }
  }

  public func keys() throws -> [Digest] {
    try EvidenceTier.allCases.flatMap { tier in
      try DurableFile.names(in: tier.path(in: folder)).compactMap { Digest(hex: $0) }
    }
  }

  public func beginning(of key: Digest, byteCount: Int) throws -> [UInt8]? {
    try find(key, upTo: byteCount)?.bytes
  }

  private func find(
    _ key: Digest, upTo byteCount: Int
  ) throws -> (bytes: [UInt8], path: String)? {
    for tier in EvidenceTier.allCases {
      let path = path(key, tier)
      if let bytes = try DurableFile.read(path, upTo: byteCount) { return (bytes, path) }
    }
    return nil
  }

  private func path(_ key: Digest, _ tier: EvidenceTier) -> String {
    "\(tier.path(in: folder))/\(key)"
  }
}

/// A file whose SHA-256 is not its name.
public struct DamagedEvidence: Error, Hashable, CustomStringConvertible {
  public var path: String

  public var description: String {
    "\(path) is damaged: its SHA-256 is not its name. Restore it from a backup."
  }
}
