// Passing over a value without keeping it: it is checked as thoroughly as if it were read, also for
// keys that occur twice.

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
    var keys = JSONKeys()
    while try continues(until: UInt8(ascii: "}"), isFirst: keys.isEmpty) {
      let start = startOfValue()
      try keys.insert(readKey(), at: start, of: self)
      try skipValue()
    }
  }
}

/// The keys of one object so far; few are compared one by one, many are hashed.
///
/// They are bytes, because Swift's texts are equal where Unicode calls them equivalent.
struct JSONKeys {
  private var few: [[UInt8]] = []
  private var many: Set<[UInt8]> = []

  var isEmpty: Bool { few.isEmpty }

  mutating func insert(
    _ name: String, at start: Int, of reader: borrowing JSONReader
  ) throws(JSONError) {
    let key = Array(name.utf8)
    let isNew: Bool
    if few.count < 16 {
      isNew = !few.contains(key)
      few.append(key)
    } else {
      if many.isEmpty { many = Set(few) }
      isNew = many.insert(key).inserted
    }
    guard isNew else {
      throw reader.failure(at: start, "this key occurs twice in its object", key: name)
    }
  }
}
