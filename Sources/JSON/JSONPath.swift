// Where in a JSON text a byte lies, as `$.data.items[3].quantity`. It is computed from the text
// when an error needs it, so that reading keeps no trail.

/// Walks over a text whose bytes before the place in question are known to be valid.
enum JSONPath {
  private enum Step {
    case member(String?)
    case element(Int)
  }

  /// What an error is about.
  enum Subject {
    /// The value or key that begins there, or the value that ends there.
    case value
    /// The object or array around that place.
    case container
    /// A key of the object around that place.
    case key(String)
  }

  static func text(of offset: Int, in bytes: Span<UInt8>, about subject: Subject) -> String {
    var steps: [Step] = []
    var index = 0
    while index <= offset, index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfString(in: bytes, from: index)
        if case .member(nil)? = steps.last {
          // A key that is itself the error may be broken: it is shown as it stands.
          let reader = JSONReader(bytes)
          let key = index + 1..<end
          steps[steps.count - 1] = .member(
            index < offset ? reader.unescaped(key) : reader.text(key))
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
    switch subject {
    case .value: break
    case .container: _ = steps.popLast()
    case .key(let key):
      _ = steps.popLast()
      steps.append(.member(key))
    }
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

  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= 60
      && key.utf8.allSatisfy(\.isIdentifierByte)
  }

  private static func quoted(_ key: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSON(key.count > 60 ? key.prefix(60) + "…" : key)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  /// Whether it is one of A–Z a–z 0–9 _ -.
  @inlinable
  package var isIdentifierByte: Bool {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
