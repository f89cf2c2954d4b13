// How two hashes of a Merkle tree become one (RFC 6962, section 2.1): the one byte keeps an inner
// node from being taken for a leaf.

public import Cryptography

/// SHA-256 of a one byte and then both children.
public func nodeHash(_ left: Digest, _ right: Digest, using hash: SHA256) -> Digest {
  hash.update(0x01)
  hash.update(left)
  hash.update(right)
  return hash.finish()
}

/// The root of a tree without leaves: SHA-256 of nothing.
public let emptyRoot = SHA256.hash([])

/// A tree's size and root (RFC 6962, section 2.1).
public struct TreeHead: Hashable, Sendable {
  /// The number of leaves.
  public var size: UInt64
  /// The hash over all leaves.
  public var root: Digest

  public init(size: UInt64, root: Digest) {
    self.size = size
    self.root = root
  }
}

/// The root of a complete subtree, whose `2^n` hashes these are.
func completeRoot(_ hashes: ArraySlice<Digest>, using hash: SHA256) -> Digest {
  precondition(hashes.count.nonzeroBitCount == 1, "a complete subtree has a power of two of hashes")
  var level = Array(hashes)
  while level.count > 1 {
    for index in 0..<level.count / 2 {
      level[index] = nodeHash(level[2 * index], level[2 * index + 1], using: hash)
    }
    level.removeLast(level.count / 2)
  }
  return level[0]
}

/// The largest power of two below `count`, where RFC 6962 splits a tree.
///
/// - Precondition: at least two.
func splitPoint(_ count: UInt64) -> UInt64 {
  precondition(count >= 2, "a tree of fewer than two leaves is not split")
  return 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
}
