// A block of a run:
//
//   0  4  CRC-32C of the rest
//   4  .  for each entry: key (16, big-endian), length of the value (LEB128), value
//
// What must hold: bytes that are not what was written are an error, never an answer.

internal import Cryptography

/// Collects the entries of a block.
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

/// Reads the entries of a block.
struct IndexBlockReader {
  private var reader: NumberReader

  /// - Throws: ``IndexDamage`` for bytes that are not what was written.
  init(_ bytes: UnsafeRawBufferPointer) throws(IndexDamage) {
    guard bytes.count >= 4,
      bytes.loadUnaligned(as: UInt32.self).littleEndian
        == crc32c(UnsafeRawBufferPointer(rebasing: bytes[4...]))
    else { throw IndexDamage(reason: "a block's checksum is wrong") }
    reader = NumberReader(bytes: bytes, offset: 4)
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
