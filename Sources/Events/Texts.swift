// Texts that are more than a text: names, codes that match a pattern, and times. Each is checked
// once, where its bytes come in.

public import EventSourcing
public import JSON

/// A text that matches a pattern of its schema, such as a currency code.
public protocol PatternedText: Hashable, Comparable, Sendable, CustomStringConvertible, JSONCodable,
  CodedAsText
{
  /// What would be right, as in "expected …".
  static var rule: StaticString { get }

  static func matches(_ text: Span<UInt8>) -> Bool
}

extension PatternedText {
  /// - Returns: nil unless the text matches the pattern.
  public init?(_ text: some StringProtocol) {
    guard Self.matches(Array(text.utf8).span) else { return nil }
    self.init(unchecked: String(text))
  }

  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init(unchecked: try reader.readString(Self.rule, where: Self.matches))
  }

  public func writeJSON(to bytes: inout [UInt8]) { bytes.appendJSON(rawValue) }

  public var description: String { rawValue }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Identifier {
  public init(json reader: inout JSONReader) throws(JSONError) {
    let rule: StaticString = "an identifier, which matches [A-Za-z0-9_-]{1,64}"
    self.init(unchecked: try reader.readString(rule) { $0.isIdentifier })
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    // No character of an identifier needs an escape.
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: rawValue.utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}

extension StreamName {
  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init(try reader.readString(length: 1...256))
  }

  public func writeJSON(to bytes: inout [UInt8]) { bytes.appendJSON(rawValue) }
}
