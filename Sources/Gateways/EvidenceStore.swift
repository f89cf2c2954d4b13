// Where pieces of evidence are kept: sealed bytes under their own SHA-256, written once and never
// changed. So anybody can check the store with sha256sum, and nobody learns anything from it.

public import Cryptography

/// Keeps bytes for ever.
public protocol EvidenceStore: Sendable {
  /// Keeps bytes, which are durable when it returns; the same bytes again change nothing.
  ///
  /// - Returns: their SHA-256, under which they are found again.
  func put(_ bytes: [UInt8]) throws -> Digest

  /// - Returns: `nil` where nothing is kept under this key.
  /// - Throws: also when what is kept there is not what was put there.
  func get(_ key: Digest) throws -> [UInt8]?

  /// The first bytes of what is kept, at most so many and unverified; `nil` where nothing is kept
  /// under this key.
  func beginning(of key: Digest, byteCount: Int) throws -> [UInt8]?
}
