// Proves that a tree extends an older one: nothing was changed, nothing taken away (RFC 6962,
// section 2.1.2; verified as RFC 9162, section 2.1.4.2).
//
// What must hold: for each pair of sizes exactly one number of hashes is right; both roots come out
// of the same hashes.

public import Cryptography

/// The hashes from which both an older and a newer root follow.
public struct ConsistencyProof: Hashable, Sendable {
  /// The number of leaves of the older tree.
  public var oldSize: UInt64
  /// The number of leaves of the newer tree.
  public var newSize: UInt64
  /// In the order of RFC 6962, section 2.1.2.
  public var hashes: [Digest]

  public init(oldSize: UInt64, newSize: UInt64, hashes: [Digest]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.hashes = hashes
  }

  /// Checks that the newer of two trees extends the older one.
  ///
  /// - Throws: ``ProofError``; also for an older tree without leaves.
  public func verify(oldRoot: Digest, newRoot: Digest) throws(ProofError) {
    guard oldSize <= newSize else { throw .olderTreeIsLarger(old: oldSize, new: newSize) }
    guard oldSize > 0 else { throw .emptyTree }
    if oldSize == newSize {
      guard hashes.isEmpty else { throw .wrongHashCount(expected: 0, found: hashes.count) }
      guard oldRoot == newRoot else { throw .otherRoot(computed: oldRoot, given: newRoot) }
      return
    }
    let expected = ConsistencyProof.hashCount(oldSize: oldSize, newSize: newSize)
    guard hashes.count == expected else {
      throw .wrongHashCount(expected: expected, found: hashes.count)
    }
    let (old, new) = roots(oldRoot: oldRoot)
    guard old == oldRoot else { throw .otherOldRoot(computed: old, given: oldRoot) }
    guard new == newRoot else { throw .otherRoot(computed: new, given: newRoot) }
  }

  /// The path of the older tree's last complete subtree: where it turns right, the sibling belongs
  /// to both trees, where it turns left, only to the newer one.
  private func roots(oldRoot: Digest) -> (old: Digest, new: Digest) {
    let hash = SHA256()
    let skipped = UInt64((~(oldSize - 1)).trailingZeroBitCount)
    var node = (oldSize - 1) >> skipped
    var last = (newSize - 1) >> skipped
    var rest = hashes[...]
    // A complete older tree is itself the first hash.
    let first = node == 0 ? oldRoot : rest.removeFirst()
    var (old, new) = (first, first)
    while last > 0 {
      if node & 1 == 1 {
        let sibling = rest.removeFirst()
        old = nodeHash(sibling, old, using: hash)
        new = nodeHash(sibling, new, using: hash)
      } else if node != last {
        new = nodeHash(new, rest.removeFirst(), using: hash)
      }
      node >>= 1
      last >>= 1
    }
    return (old, new)
  }

  /// How many hashes the proof for two sizes has.
  public static func hashCount(oldSize: UInt64, newSize: UInt64) -> Int {
    precondition(0 < oldSize && oldSize <= newSize, "no proof from \(oldSize) to \(newSize)")
    if oldSize == newSize { return 0 }
    let skipped = (~(oldSize - 1)).trailingZeroBitCount
    let isComplete = oldSize.nonzeroBitCount == 1
    return InclusionProof.hashCount(index: oldSize - 1, treeSize: newSize) - skipped
      + (isComplete ? 0 : 1)
  }
}
