// Canonical JSON: no white space, and in a text only `"`, `\` and control characters are escaped,
// as \b \t \n \f \r where JSON has such a form and as \u00xx (lower case) where it has not. So
// equal values have equal bytes.

extension [UInt8] {
  /// Appends JSON that is known when the program is built.
  public mutating func appendLiteral(_ literal: StaticString) {
    let utf8 = unsafe UnsafeBufferPointer(
      start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    unsafe append(contentsOf: utf8)
  }

  /// Appends bytes that are JSON already.
  public mutating func append(copying span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  public mutating func appendJSON(_ value: Bool) { appendLiteral(value ? "true" : "false") }

  public mutating func appendJSON(_ value: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    appendJSON(UInt64(value.magnitude))
  }

  public mutating func appendJSON(_ value: UInt64) {
    if value < 10 { return append(0x30 + UInt8(value)) }
    let start = count
    var rest = value
    while rest > 0 {
      append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    var (low, high) = (start, count - 1)
    while low < high {
      swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// Appends a text in quotation marks.
  public mutating func appendJSON(_ text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { unsafe appendEscaped($0) }
    append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in 0..<utf8.count {
      let byte = unsafe utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      unsafe append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
      appendEscape(byte)
      start = index + 1
    }
    unsafe append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    switch byte {
    case 0x08: appendLiteral("\\b")
    case 0x09: appendLiteral("\\t")
    case 0x0a: appendLiteral("\\n")
    case 0x0c: appendLiteral("\\f")
    case 0x0d: appendLiteral("\\r")
    case UInt8(ascii: "\""): appendLiteral("\\\"")
    case UInt8(ascii: "\\"): appendLiteral("\\\\")
    default:
      appendLiteral("\\u00")
      for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
  }
}

/// What reads and writes itself as one JSON value, always in the same bytes.
public protocol JSONCodable {
  /// Consumes one value.
  init(json reader: inout JSONReader) throws(JSONError)

  /// Appends the canonical form.
  func writeJSON(to bytes: inout [UInt8])
}
