// Where in a JSON text a byte lies, as `$.data.items[3].quantity`. It is computed from the text when
// an error needs it, so that reading keeps no trail.

/// Walks over a text whose bytes before the place in question are known to be valid.
enum JSONPath {
  private enum Step {
    case member(String?)
    case element(Int)
  }

  /// The path of the value or key that begins at `offset`; a value's path also covers the byte
  /// after it.
  ///
  /// - Parameter key: ends the path in place of the last key read.
  static func text(of offset: Int, in bytes: Span<UInt8>, missing key: String?) -> String {
    var steps: [Step] = []
    var index = 0
    while index <= offset, index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfString(in: bytes, from: index)
        if case .member(nil)? = steps.last {
          steps[steps.count - 1] = .member(string(in: bytes, index + 1..<end))
        }
        index = end
      case _ where index == offset: break
      case UInt8(ascii: "{"): steps.append(.member(nil))
      case UInt8(ascii: "["): steps.append(.element(0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = steps.popLast()
      case UInt8(ascii: ","):
        switch steps.last {
        case .element(let count)?: steps[steps.count - 1] = .element(count + 1)
        case .member?: steps[steps.count - 1] = .member(nil)
        case nil: break
        }
      default: break
      }
      index += 1
    }
    if let key, case .member? = steps.last { steps[steps.count - 1] = .member(key) }
    return steps.reduce(into: "$") { path, step in
      switch step {
      case .element(let index): path += "[\(index)]"
      case .member(nil): break
      case .member(let key?): path += isPlain(key) ? ".\(key)" : "[\(quoted(key))]"
      }
    }
  }

  /// The index of the closing quotation mark, or of the end.
  private static func endOfString(in bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index, bytes.count)
  }

  private static func string(in bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    var reader = JSONReader(bytes, at: range.lowerBound - 1)
    if let text = try? reader.readString() { return text }
    return reader.text(range)
  }

  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= 60
      && key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func quoted(_ key: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSON(key.count > 60 ? key.prefix(60) + "…" : key)
    return String(decoding: bytes, as: UTF8.self)
  }
}
