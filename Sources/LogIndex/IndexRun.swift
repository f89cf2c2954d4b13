// A run is a sorted part of the index that never changes. Its entries lie in blocks by the first
// bits of their keys, so that a key names its block.

internal import EventSourcing

/// A sorted part of the index.
struct IndexRun: Sendable {
  var id: Int
  /// How many merges its oldest entries went through.
  var level: Int
  var blockCount: Int
  var keyCount: Int
  /// The length of all blocks.
  var byteCount: Int
  /// Denies most keys that the run does not hold.
  var filter: BloomFilter

  /// The block that a key belongs to.
  static func block(of key: IndexKey, blockCount: Int) -> Int {
    Int(key.high.multipliedFullWidth(by: UInt64(blockCount)).high)
  }

  /// The row that holds a block.
  static func row(_ id: Int, _ block: Int) -> Int { id << 32 | block }

  /// The intended size of a block: a database page, with room for blocks that get more.
  static let blockByteCount = 6_900
}
