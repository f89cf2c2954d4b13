// A run is a sorted part of the index that never changes: its entries lie in blocks by the first
// bits of their keys, so whoever looks for a key knows the block. A block is
//
//   0  4  CRC-32C of the rest
//   4  .  for each entry: key (16, big-endian), length of the value (LEB128), value
//
// What must hold: a block that was not written by this format is never believed.

internal import EventSourcing

/// Where a run's blocks are, and what it certainly does not hold.
struct IndexRun: Sendable {
  var id: Int
  /// How many merges the oldest part of it went through.
  var level: Int
  var blockCount: Int
  var keyCount: Int
  /// The length of all blocks.
  var byteCount: Int
  var filter: BloomFilter

  /// The block that a key belongs to.
  static func block(of key: IndexKey, blockCount: Int) -> Int {
    Int(key.high.multipliedFullWidth(by: UInt64(blockCount)).high)
  }

  /// The row that holds a block.
  static func row(_ id: Int, _ block: Int) -> Int { id << 32 | block }

  /// The bytes that a block should have: a page, with room for those that get some more.
  static let blockByteCount = 6_900
}

/// Entries on their way into blocks.
struct IndexBlockWriter {
  private(set) var bytes: [UInt8] = [0, 0, 0, 0]

  var isEmpty: Bool { bytes.count == 4 }

  mutating func add(_ key: IndexKey, _ value: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: (key.high.bigEndian, key.low.bigEndian)) { bytes.append(contentsOf: $0) }
    bytes.appendNumber(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Gives the block its checksum.
  mutating func seal() {
    let crc = bytes.withBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[4...])) }
    for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * index)) }
  }

  mutating func removeAll() { bytes.removeSubrange(4...) }
}

/// Walks over a block's entries.
struct IndexBlockReader {
  private var reader: IndexValueReader

  /// - Throws: ``IndexDamage`` for bytes that are not what was written.
  init(_ bytes: UnsafeRawBufferPointer) throws(IndexDamage) {
    guard bytes.count >= 4,
      bytes.loadUnaligned(as: UInt32.self).littleEndian
        == crc32c(UnsafeRawBufferPointer(rebasing: bytes[4...]))
    else { throw IndexDamage(reason: "a block's checksum is wrong") }
    reader = IndexValueReader(bytes: bytes, offset: 4)
  }

  mutating func next() throws(IndexDamage) -> (key: IndexKey, value: UnsafeRawBufferPointer)? {
    if reader.isAtEnd { return nil }
    let key = try reader.slice(UInt64(IndexKey.byteCount))
    let value = try reader.slice(try reader.number())
    return (
      IndexKey(
        high: UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self))),
      value
    )
  }

  /// The value of a key; `nil` when the block has none.
  mutating func value(of key: IndexKey) throws(IndexDamage) -> UnsafeRawBufferPointer? {
    while let (found, value) = try next() {
      if found == key { return value }
      if key < found { return nil }
    }
    return nil
  }
}
