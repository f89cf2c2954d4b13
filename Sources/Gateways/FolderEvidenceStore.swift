// Evidence in a folder: `<folder>/<SHA-256 of the bytes>`, one file each, 0400. A file is written beside,
// synced, renamed, and the folder synced: under its name it is whole or not there.

public import Cryptography
import Glibc
import Transparency

/// Keeps evidence in files of a folder.
public struct FolderEvidenceStore: EvidenceStore {
  private let folder: String

  /// Makes the folder if it is not there.
  public init(folder: String) throws {
    self.folder = folder
    try DurableFile.createFolders(folder)
  }

  public func put(_ bytes: [UInt8]) throws -> Digest {
    let key = SHA256.hash(bytes)
    if access(path(key), F_OK) == 0 { return key }
    try DurableFile.replace(path(key), with: bytes, mode: 0o400)
    return key
  }

  public func get(_ key: Digest) throws -> [UInt8]? {
    guard let bytes = try DurableFile.read(path(key)) else { return nil }
    guard SHA256.hash(bytes) == key else { throw DamagedEvidence(path: path(key)) }
    return bytes
  }

  public func beginning(of key: Digest, byteCount: Int) throws -> [UInt8]? {
    try DurableFile.read(path(key), upTo: byteCount)
  }

  private func path(_ key: Digest) -> String { "\(folder)/\(key)" }
}

/// A file that is not what its name says.
public struct DamagedEvidence: Error, Hashable, CustomStringConvertible {
  public var path: String

  public var description: String {
    "\(path) is damaged: its SHA-256 is not its name. Restore it from a backup."
  }
}
