// Any JSON text as a tree, for tools and tests. Members keep their order, also those whose key
// occurs twice, and numbers that are not whole, or too large, keep their digits, so that writing a
// value again loses nothing.

/// One JSON value.
public indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Any other number, as it was written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Hashable, Sendable {
    public var key: String
    public var value: JSONValue

    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

extension JSONValue {
  /// Reads a whole text.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes.span)
    try self.init(json: &reader)
    try reader.finish()
  }

  /// An object with the members that have a value, in this order.
  public static func object(of members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key, $0) } })
  }

  /// The value of a key, or nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    get {
      members?.first { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var string: String? { if case .string(let string) = self { string } else { nil } }

  public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }

  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// The canonical form.
  public var json: [UInt8] {
    var bytes: [UInt8] = []
    writeJSON(to: &bytes)
    return bytes
  }
}

extension JSONValue: JSONCodable {
  public init(json reader: inout JSONReader) throws(JSONError) {
    switch reader.peek() {
    case UInt8(ascii: "{"): self = .object(try reader.readMembers())
    case UInt8(ascii: "["): self = .array(try reader.readElements())
    case UInt8(ascii: "\""): self = .string(try reader.readString())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try reader.readBool())
    case UInt8(ascii: "n"):
      try reader.readNull()
      self = .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let (range, isInteger) = try reader.scanNumber()
      let text = reader.text(range)
      if isInteger, text != "-0", let integer = Int64(text) {
        self = .integer(integer)
      } else {
        self = .number(text)
      }
    default: throw reader.unexpected("a JSON value")
    }
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.appendLiteral("null")
    case .bool(let bool): bytes.appendJSON(bool)
    case .integer(let integer): bytes.appendJSON(Int(integer))
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let string): bytes.appendJSON(string)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.writeJSON(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.appendJSON(member.key)
        bytes.append(UInt8(ascii: ":"))
        member.value.writeJSON(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }
}

extension JSONReader {
  fileprivate mutating func readElements() throws(JSONError) -> [JSONValue] {
    try beginArray()
    var elements: [JSONValue] = []
    while try continues(until: UInt8(ascii: "]"), isFirst: elements.isEmpty) {
      elements.append(try JSONValue(json: &self))
    }
    return elements
  }

  fileprivate mutating func readMembers() throws(JSONError) -> [JSONValue.Member] {
    try open(UInt8(ascii: "{"), "an object")
    var members: [JSONValue.Member] = []
    while try continues(until: UInt8(ascii: "}"), isFirst: members.isEmpty) {
      let key = try readKey()
      members.append(JSONValue.Member(key, try JSONValue(json: &self)))
    }
    return members
  }
}
