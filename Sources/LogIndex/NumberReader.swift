// Numbers of the index are LEB128: seven bits a byte, the lowest first; the high bit of a byte says
// that another follows.

extension [UInt8] {
  /// Appends a number in LEB128.
  package mutating func appendNumber(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// The bytes, only for the duration of `body`.
  @inline(__always)
  func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withUnsafeBufferPointer { (bytes) throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
  }
}

/// Reads numbers one after another.
package struct NumberReader {
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  package init(bytes: UnsafeRawBufferPointer) { self.init(bytes: bytes, offset: 0) }

  init(bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  package var isAtEnd: Bool { offset == bytes.count }

  /// The next number; `nil` when the bytes end before it does, or it has more than 64 bits.
  package mutating func next() -> UInt64? {
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

  mutating func number() throws(IndexDamage) -> UInt64 {
    guard let value = next() else { throw IndexDamage(reason: "a number does not end") }
    return value
  }

  mutating func slice(_ count: UInt64) throws(IndexDamage) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - offset else { throw IndexDamage(reason: "a value does not end") }
    defer { offset += Int(count) }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
  }

  /// The bytes not read yet.
  var remainder: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }
}
