// Checks of bytes, one after the other, which never go back.

import JSON

extension Span<UInt8> {
  func isEqual(to text: StaticString) -> Bool {
    var index = 0
    return count == text.utf8CodeUnitCount && skip(&index, anyOf: [text])
  }

  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
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
    for text in texts {
      let length = text.utf8CodeUnitCount
      guard index + length <= count else { continue }
      let start = index
      let isHere = text.withUTF8Buffer { utf8 in
        utf8.indices.allSatisfy { utf8[$0] == self[start + $0] }
      }
      if isHere {
        index += length
        return true
      }
    }
    return false
  }
}

extension [UInt8] {
  /// Appends a key with its colon, after a comma unless it is the object's first.
  mutating func appendKey(_ key: StaticString) {
    if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
    appendLiteral(key)
  }
}
