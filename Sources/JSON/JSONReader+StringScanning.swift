// How a text is passed over and checked: eight bytes at a time while they are plain ASCII;
// everything else is looked at byte by byte.

/// A text's place between its quotation marks.
@usableFromInline
struct ScannedString {
  @usableFromInline var content: Range<Int>
  @usableFromInline var isASCII = true
  @usableFromInline var hasEscapes = false
}

extension JSONReader {
  /// Consumes a text and checks it: UTF-8, escapes, no control characters.
  @usableFromInline
  mutating func scanString() throws(JSONError) -> ScannedString {
    skipWhitespace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw unexpected("a text in quotation marks")
    }
    let opening = offset
    var scanned = ScannedString(content: opening + 1..<opening + 1)
    var index = opening + 1
    while true {
      index = endOfPlain(from: index)
      guard index < bytes.count else {
        throw failure(at: opening, "the text has no closing quotation mark")
      }
      switch bytes[index] {
      case UInt8(ascii: "\""):
        scanned.content = opening + 1..<index
        offset = index + 1
        return scanned
      case UInt8(ascii: "\\"):
        scanned.hasEscapes = true
        index = try endOfEscape(from: index, in: opening)
      case 0x80...:
        scanned.isASCII = false
        guard let end = endOfScalar(from: index) else {
          throw failure(at: opening, "byte \(index) is not valid UTF-8")
        }
        index = end
      default:
        throw failure(
          at: opening, "byte \(index) is a control character, which must be escaped in a text")
      }
    }
  }

  /// Skips printable ASCII that is neither a quotation mark nor a backslash.
  private func endOfPlain(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let all = unsafe bytes.bytes
    var index = start
    while index + 8 <= bytes.count {
      let word = unsafe all.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5c)
      // The lowest marked byte is exact: a borrow can only reach bytes above a true match.
      let controls = (word &- ones &* 0x20) & ~word
      let marks =
        (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | controls | word) & highs
      if marks != 0 { return index + UInt64(littleEndian: marks).trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5c { return index }
      index += 1
    }
    return index
  }

  /// The end of one multi-byte character; nil unless it is well formed (Unicode, table 3-7).
  private func endOfScalar(from index: Int) -> Int? {
    let count: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch bytes[index] {
    case 0xc2...0xdf: count = 2
    case 0xe0: (count, second) = (3, 0xa0...0xbf)
    case 0xed: (count, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: count = 3
    case 0xf0: (count, second) = (4, 0x90...0xbf)
    case 0xf4: (count, second) = (4, 0x80...0x8f)
    case 0xf1...0xf3: count = 4
    default: return nil
    }
    guard index + count <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
    for next in index + 2..<max(index + count, index + 2)
    where !(0x80...0xbf).contains(bytes[next]) {
      return nil
    }
    return index + count
  }
}

// MARK: - Escapes

extension JSONReader {
  private func endOfEscape(from index: Int, in opening: Int) throws(JSONError) -> Int {
    guard index + 1 < bytes.count else {
      throw failure(at: opening, "the text has no closing quotation mark")
    }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return index + 2
    case UInt8(ascii: "u"): break
    default: throw failure(at: opening, "byte \(index) begins an escape that JSON does not have")
    }
    guard let unit = hexadecimal(at: index + 2) else {
      throw failure(at: opening, "byte \(index) begins an escape without four hexadecimal digits")
    }
    if !(0xd800...0xdfff).contains(unit) { return index + 6 }
    guard unit < 0xdc00, matches("\\u", at: index + 6), let low = hexadecimal(at: index + 8),
      (0xdc00...0xdfff).contains(low)
    else { throw failure(at: opening, "byte \(index) begins half of a surrogate pair") }
    return index + 12
  }

  private func hexadecimal(at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      switch bytes[index] {
      case let byte where (0x30...0x39).contains(byte): value = value << 4 | UInt32(byte - 0x30)
      case let byte where (0x61...0x66).contains(byte): value = value << 4 | UInt32(byte - 0x57)
      case let byte where (0x41...0x46).contains(byte): value = value << 4 | UInt32(byte - 0x37)
      default: return nil
      }
    }
    return value
  }

  /// The text of a content that was scanned and has escapes.
  @usableFromInline
  func unescaped(_ content: Range<Int>) -> String {
    var utf8: [UInt8] = []
    utf8.reserveCapacity(content.count)
    var index = content.lowerBound
    while index < content.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        utf8.append(bytes[index])
        index += 1
        continue
      }
      let escape = bytes[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "b"): utf8.append(0x08)
      case UInt8(ascii: "f"): utf8.append(0x0c)
      case UInt8(ascii: "n"): utf8.append(0x0a)
      case UInt8(ascii: "r"): utf8.append(0x0d)
      case UInt8(ascii: "t"): utf8.append(0x09)
      case UInt8(ascii: "u"): utf8.append(contentsOf: scalar(at: &index).utf8)
      default: utf8.append(escape)
      }
    }
    return String(decoding: utf8, as: UTF8.self)
  }

  /// The character of a checked `\u` escape, or pair of them, whose digits begin at `index`.
  private func scalar(at index: inout Int) -> Character {
    var value = hexadecimal(at: index) ?? 0xfffd
    index += 4
    if (0xd800...0xdbff).contains(value) {
      let low = hexadecimal(at: index + 2) ?? 0xdc00
      value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
      index += 6
    }
    return Character(Unicode.Scalar(value) ?? "\u{fffd}")
  }
}
