// The leaves that signing needs: the block (tile of level 0) in which the last signed tree ends,
// and the one in which the next tree to sign ends. What must hold: they are the hashes of the log's
// own lines, and at most two blocks are in memory for each tenant, however long nothing is signed.

import Cryptography
import Transparency

/// The hashes at the ends of a tree, in memory because their lines may be anywhere in a log of many
/// tenants.
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

  /// Notes that the tree of this size was signed.
  mutating func noteSigning(at size: UInt64) {
    signedStart = size / UInt64(Tile.fullWidth) * UInt64(Tile.fullWidth)
    signed = []
  }

  /// - Returns: `nil` unless all of them are in memory.
  func hashes(in range: Range<UInt64>) -> [Digest]? {
    for (start, leaves) in [(start, newest), (signedStart, signed)]
    where range.lowerBound >= start && range.upperBound <= start + UInt64(leaves.count) {
      return Array(leaves[Int(range.lowerBound - start)..<Int(range.upperBound - start)])
    }
    return nil
  }
}
