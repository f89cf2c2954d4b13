// Texts (RFC 8259, section 7) and what they stand for. A text that is read is valid Unicode, also
// where it was escaped.

extension JSONReader {
  public mutating func readString() throws(JSONError) -> String {
    let scanned = try scanString()
    return scanned.hasEscapes ? unescaped(scanned.content) : text(scanned.content)
  }

  /// Reads a text of so many Unicode code points.
  public mutating func readString(length: ClosedRange<Int>) throws(JSONError) -> String {
    let start = startOfValue()
    let scanned = try scanString()
    let string = scanned.hasEscapes ? unescaped(scanned.content) : text(scanned.content)
    let isPlain = scanned.isASCII && !scanned.hasEscapes
    let count = isPlain ? scanned.content.count : string.unicodeScalars.count
    guard length.contains(count) else {
      throw failure(
        at: start,
        "found a text of \(count) characters (\(found(at: start))), expected \(described(length))")
    }
    return string
  }

  /// Reads a text that passes a check of its UTF-8.
  ///
  /// - Parameter rule: says what would be right, as in "expected …".
  public mutating func readString(
    _ rule: StaticString, where isValid: (Span<UInt8>) -> Bool
  ) throws(JSONError) -> String {
    let start = startOfValue()
    let scanned = try scanString()
    if !scanned.hasEscapes {
      guard isValid(bytes.extracting(scanned.content)) else { throw invalid(start, rule) }
      return text(scanned.content)
    }
    let string = unescaped(scanned.content)
    guard isValid(Array(string.utf8).span) else { throw invalid(start, rule) }
    return string
  }

  /// Reads a text as what it stands for.
  ///
  /// - Parameters:
  ///   - rule: says what would be right, as in "expected …".
  ///   - parse: looks at the text's UTF-8; nil refuses it.
  @inlinable
  public mutating func readText<Value>(
    _ rule: StaticString, _ parse: (Span<UInt8>) -> Value?
  ) throws(JSONError) -> Value {
    let start = startOfValue()
    let scanned = try scanString()
    let value =
      scanned.hasEscapes
      ? parse(Array(unescaped(scanned.content).utf8).span) : parse(span(scanned.content))
    guard let value else { throw invalid(start, rule) }
    return value
  }

  /// Reads one of these texts, which have no need of escapes.
  ///
  /// - Returns: its index.
  public mutating func readChoice(_ choices: [StaticString]) throws(JSONError) -> Int {
    let start = startOfValue()
    let scanned = try scanString()
    for (index, choice) in choices.enumerated()
    where choice.utf8CodeUnitCount == scanned.content.count {
      if matches(choice, at: scanned.content.lowerBound) { return index }
    }
    if scanned.hasEscapes {
      let string = unescaped(scanned.content)
      let index = choices.firstIndex { $0.description.utf8.elementsEqual(string.utf8) }
      if let index { return index }
    }
    let names = choices.map(\.description).joined(separator: ", ")
    throw failure(at: start, "found \(found(at: start)), expected one of: \(names)")
  }

  /// Where the next value begins.
  public mutating func startOfValue() -> Int {
    skipWhitespace()
    return offset
  }

  @usableFromInline
  func invalid(_ start: Int, _ rule: StaticString) -> JSONError {
    failure(at: start, "found \(found(at: start)), expected \(rule)")
  }

  private func described(_ length: ClosedRange<Int>) -> String {
    length.lowerBound == length.upperBound
      ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
  }

  /// A part of the JSON text as it stands there, repaired where it is not UTF-8.
  public func text(_ range: Range<Int>) -> String { String(repairing: bytes.extracting(range)) }
}

extension String {
  /// Decodes UTF-8 and repairs what is none.
  public init(repairing utf8: Span<UInt8>) {
    self = unsafe utf8.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
