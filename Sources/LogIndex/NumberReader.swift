// The bytes of the index are numbers in LEB128, and slices whose lengths such numbers give.

internal import EventSourcing

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

  /// The next number; `nil` where there is none.
  package mutating func next() -> UInt64? { leb128(in: bytes, at: &offset) }

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
