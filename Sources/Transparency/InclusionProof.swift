// Proves that a leaf is in a tree (RFC 6962, section 2.1.1; verified as RFC 9162, section 2.1.3.2).
//
// What must hold: for each index and size there is exactly one number of hashes that is right, and
// each hash has exactly one place.

public import Cryptography

/// The hashes that lead from one leaf to the root.
public struct InclusionProof: Hashable, Sendable {
  /// The leaf's place in the tree, from 0.
  public var index: UInt64
  /// The number of leaves of the tree.
  public var treeSize: UInt64
  /// From the leaf's sibling up to the root's child.
  public var hashes: [Digest]

  public init(index: UInt64, treeSize: UInt64, hashes: [Digest]) {
    self.index = index
    self.treeSize = treeSize
    self.hashes = hashes
  }

  /// The root of the tree that has this leaf in this place.
  ///
  /// - Throws: ``ProofError`` when the number of hashes is wrong or the index beyond the tree.
  public func root(leafHash: Digest) throws(ProofError) -> Digest {
    guard index < treeSize else { throw .indexBeyondTree(index: index, size: treeSize) }
    let hash = SHA256()
    var root = leafHash
    var node = index
    var last = treeSize - 1
    var used = 0
    // A node that is last of its level and has no sibling moves up without a hash.
    while last > 0 {
      if node & 1 == 1 || node != last {
        guard used < hashes.count else { throw wrongCount }
        let sibling = hashes[used]
        used += 1
        root =
          node & 1 == 1
          ? nodeHash(sibling, root, using: hash) : nodeHash(root, sibling, using: hash)
      }
      node >>= 1
      last >>= 1
    }
    guard used == hashes.count else { throw wrongCount }
    return root
  }

  /// Checks the proof against a root that is trusted.
  ///
  /// - Throws: ``ProofError``.
  public func verify(leafHash: Digest, root: Digest) throws(ProofError) {
    let computed = try self.root(leafHash: leafHash)
    guard computed == root else { throw .otherRoot(computed: computed, given: root) }
  }

  private var wrongCount: ProofError {
    .wrongHashCount(
      expected: InclusionProof.hashCount(index: index, treeSize: treeSize), found: hashes.count)
  }

  /// How many hashes the proof of one leaf has.
  ///
  /// - Precondition: the index is in the tree.
  public static func hashCount(index: UInt64, treeSize: UInt64) -> Int {
    precondition(index < treeSize, "no leaf \(index) in a tree of \(treeSize)")
    // Below where the paths of this leaf and of the last one part, every level has a sibling;
    // above, only those where the path turns right.
    let parting = 64 - (index ^ (treeSize - 1)).leadingZeroBitCount
    return parting + (parting < 64 ? (index >> UInt64(parting)).nonzeroBitCount : 0)
  }
}

/// Why a proof proves nothing.
public enum ProofError: Error, Hashable, Sendable {
  case indexBeyondTree(index: UInt64, size: UInt64)
  case wrongHashCount(expected: Int, found: Int)
  /// The tree that the proof leads to is another one than the tree that is trusted.
  case otherRoot(computed: Digest, given: Digest)
  /// The older tree that the proof leads to is another one than the older tree that is trusted.
  case otherOldRoot(computed: Digest, given: Digest)
  case olderTreeIsLarger(old: UInt64, new: UInt64)
  /// Every tree extends the empty one, so nothing can be proved about it.
  case emptyTree
}

extension ProofError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .indexBeyondTree(let index, let size): "there is no leaf \(index) in a tree of \(size)"
    case .wrongHashCount(let expected, let found):
      "the proof has \(found) hashes where \(expected) are needed"
    case .otherRoot(let computed, let given):
      "the proof leads to the root \(computed), not to \(given)"
    case .otherOldRoot(let computed, let given):
      "the proof leads to the older root \(computed), not to \(given)"
    case .olderTreeIsLarger(let old, let new):
      "the older tree has \(old) leaves, more than the newer one's \(new)"
    case .emptyTree: "there is nothing to prove about a tree without leaves"
    }
  }
}
