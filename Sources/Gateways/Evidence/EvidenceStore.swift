// The port to a store of evidence: sealed bytes under their own SHA-256, written once and never
// changed. The store can be checked with sha256sum alone, and its files say nothing without a key.

public import Cryptography

/// Keeps bytes for ever.
public protocol EvidenceStore: Sendable {
  /// Keeps bytes, which are durable on return; putting the same bytes again changes nothing.
  ///
  /// - Returns: their SHA-256, the key to read them by.
  func put(_ bytes: [UInt8]) throws -> Digest

  /// All bytes under a key, verified against it.
  ///
  /// - Returns: `nil` where nothing is kept under this key.
  /// - Throws: also for bytes whose SHA-256 is not the key.
  func get(_ key: Digest) throws -> [UInt8]?

  /// The first `byteCount` bytes under a key, unverified; `nil` where nothing is kept under it.
  func beginning(of key: Digest, byteCount: Int) throws -> [UInt8]?

  /// The keys of all that is kept, in any order.
  func keys() throws -> [Digest]
}
