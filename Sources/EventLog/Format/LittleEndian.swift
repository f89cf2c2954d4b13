// Numbers in headers are little-endian, at any alignment; small counts are LEB128.

extension [UInt8] {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Seven bits a byte, lowest first; the high bit says that more follow.
  mutating func append(leb128 value: Int) {
    var rest = UInt(value)
    while rest >= 0x80 {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

/// Walks over the bytes of a header; `nil` past the end.
struct HeaderCursor {
  let bytes: UnsafeRawBufferPointer
  var offset: Int

  mutating func number<N: FixedWidthInteger>(_ type: N.Type) -> N? {
    let size = MemoryLayout<N>.size
    guard bytes.count - offset >= size else { return nil }
    defer { offset += size }
    return N(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: N.self))
  }

  /// At most five bytes, so at most 35 bits.
  mutating func leb128() -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard let byte = number(UInt8.self) else { return nil }
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
    guard bytes.count - offset >= count else { return nil }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }
}
