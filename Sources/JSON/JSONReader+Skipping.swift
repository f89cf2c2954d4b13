// Passing over a value without keeping it. Its grammar is checked as thoroughly as if it were read;
// whether a key may occur twice is decided where the fields are read (RFC 8259, section 4).

extension JSONReader {
  /// Consumes one value of any kind.
  ///
  /// - Returns: its bytes.
  @discardableResult
  public mutating func skipValue() throws(JSONError) -> Range<Int> {
    let start = startOfValue()
    switch peek() {
    case UInt8(ascii: "{"): try skipObject()
    case UInt8(ascii: "["): try skipArray()
    case UInt8(ascii: "\""): _ = try scanString()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
    case UInt8(ascii: "n"): try readNull()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanNumber()
    default: throw unexpected("a JSON value")
    }
    return start..<offset
  }

  private mutating func skipArray() throws(JSONError) {
    try beginArray()
    var isFirst = true
    while try continues(until: UInt8(ascii: "]"), isFirst: isFirst) {
      isFirst = false
      try skipValue()
    }
  }

  private mutating func skipObject() throws(JSONError) {
    try open(UInt8(ascii: "{"), "an object")
    var isFirst = true
    while try continues(until: UInt8(ascii: "}"), isFirst: isFirst) {
      isFirst = false
      _ = try readKey()
      try skipValue()
    }
  }
}
