// What signing needs of the leaves: the block (tile of level 0) in which the tree ends that was
// signed last, and the one in which the tree to be signed ends. What must hold: they are the hashes
// of the log's own lines; there is no more of them however long nothing is signed, for there is one
// of these for each tenant.

import Cryptography
import Transparency

/// The hashes at the ends of a tree, at hand when it is signed: to find their lines again would
/// mean to look for them all over a log of many tenants.
struct RecentLeaves: Sendable {
  /// Where the block begins in which the signed tree ends.
  private var signedStart: UInt64
  /// That block, once it is full and another has begun.
  private var signed: [Digest] = []
  /// Where the last block begins.
  private var start: UInt64
  private var newest: [Digest]

  init(at writer: TileWriter) {
    newest = writer.edgeHashes
    start = writer.size - UInt64(newest.count)
    signedStart = start
  }

  mutating func append(_ leaf: Digest) {
    if newest.count == Tile.fullWidth {
      if start == signedStart { signed = newest }
      start += UInt64(Tile.fullWidth)
      newest.removeAll(keepingCapacity: true)
    }
    newest.append(leaf)
  }

  /// The tree is signed as it is now.
  mutating func noteSigning(at size: UInt64) {
    signedStart = size / UInt64(Tile.fullWidth) * UInt64(Tile.fullWidth)
    signed = []
  }

  /// - Returns: `nil` when they are not all here.
  func hashes(in range: Range<UInt64>) -> [Digest]? {
    for (start, leaves) in [(start, newest), (signedStart, signed)]
    where range.lowerBound >= start && range.upperBound <= start + UInt64(leaves.count) {
      return Array(leaves[Int(range.lowerBound - start)..<Int(range.upperBound - start)])
    }
    return nil
  }
}
