// LEB128, for numbers that are mostly small: seven bits a byte, the lowest first; the high bit of a
// byte says that another follows.

extension [UInt8] {
  /// Appends a number in as few bytes as it takes, at most ten.
  @inlinable
  package mutating func append(leb128 value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}

/// Reads a number and moves the offset behind it.
///
/// - Returns: `nil` when the bytes end before the number does, or it has more than 64 bits.
@inlinable
package func leb128(in bytes: UnsafeRawBufferPointer, at offset: inout Int) -> UInt64? {
  var value: UInt64 = 0
  for shift in stride(from: 0, to: 64, by: 7) {
    guard offset < bytes.count else { break }
    let byte = bytes[offset]
    offset += 1
    value |= UInt64(byte & 0x7F) << UInt64(shift)
    if byte < 0x80 { return value }
  }
  return nil
}
