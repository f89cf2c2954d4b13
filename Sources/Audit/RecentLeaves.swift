// What signing needs of the leaves: the blocks around the right edges of the tree that was signed last and
// of the one to be signed. What must hold: they are the hashes of the log's own lines.

import Cryptography
import Transparency

/// The hashes of a tree's last leaves, at hand when the tree is signed: to find the lines again would
/// mean to look for them all over a log of many tenants.
struct RecentLeaves: Sendable {
  private var first: UInt64
  private var leaves: [Digest]

  private static let countMax = 8192
  /// Proofs ask for whole blocks of level 0.
  private static let blockCount: UInt64 = 256

  init(at writer: TileWriter) {
    leaves = writer.edgeHashes
    first = writer.size - UInt64(leaves.count)
  }

  mutating func append(_ leaf: Digest) {
    leaves.append(leaf)
    guard leaves.count > RecentLeaves.countMax else { return }
    forget(before: first + UInt64(leaves.count) - UInt64(RecentLeaves.countMax / 2))
  }

  /// Forgets the blocks before the one that holds the leaf.
  mutating func forget(before index: UInt64) {
    let start = index / RecentLeaves.blockCount * RecentLeaves.blockCount
    guard start > first else { return }
    leaves.removeFirst(min(leaves.count, Int(start - first)))
    first = start
  }

  /// - Returns: `nil` when they are not all here.
  func hashes(in range: Range<UInt64>) -> [Digest]? {
    guard range.lowerBound >= first, range.upperBound <= first + UInt64(leaves.count) else {
      return nil
    }
    return Array(leaves[Int(range.lowerBound - first)..<Int(range.upperBound - first)])
  }
}
