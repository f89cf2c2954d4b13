// Checks of bytes, one after the other, which never go back.

import JSON

extension Span<UInt8> {
  /// Eight bytes, the first of them the lowest.
  ///
  /// - Precondition: there are so many.
  func word(at index: Int) -> UInt64 {
    precondition(index >= 0 && index + 8 <= count, "a word outside the text")
    return UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  func isEqual(to text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && holds(text, at: 0)
  }

  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var index = 0
    while index + 8 <= count {
      if word(at: index) != other.word(at: index) { return false }
      index += 8
    }
    while index < count {
      if self[index] != other[index] { return false }
      index += 1
    }
    return true
  }

  /// Whether these bytes match `[A-Za-z0-9_-]{1,64}`.
  var isIdentifier: Bool {
    var index = 0
    return skip(&index, 1...64, while: { $0.isIdentifierByte }) && index == count
  }

  /// Passes over as many bytes of one kind as there are, up to the upper bound.
  ///
  /// - Returns: whether there were enough.
  func skip(_ index: inout Int, _ allowed: ClosedRange<Int>, while isMember: (UInt8) -> Bool)
    -> Bool
  {
    let start = index
    let end = Swift.min(count, start + allowed.upperBound)
    while index < end, isMember(self[index]) { index += 1 }
    return index - start >= allowed.lowerBound
  }

  /// Passes over one of these texts.
  ///
  /// - Returns: whether one of them came next.
  func skip(_ index: inout Int, anyOf texts: [StaticString]) -> Bool {
    for text in texts where skip(&index, text) { return true }
    return false
  }

  /// Passes over these very bytes.
  ///
  /// - Returns: whether they came next.
  func skip(_ index: inout Int, _ text: StaticString) -> Bool {
    guard holds(text, at: index) else { return false }
    index += text.utf8CodeUnitCount
    return true
  }
}

extension [UInt8] {
  /// Appends a key with its colon, after a comma unless it is the object's first.
  mutating func appendKey(_ key: StaticString) {
    if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
    appendLiteral(key)
  }
}
