// Walks over a text line by line for the parsers of notes, checkpoints and proofs, and says in
// which line something is wrong. Newlines are the only control characters they allow.

import Cryptography

/// What is wrong with a text, and in which line.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the text should be.
  public var format: String
  /// From 1; 0 for the text as a whole.
  public var line: Int
  /// What is wrong, as a part of a sentence.
  public var reason: String

  public var description: String {
    line == 0 ? "not a \(format): \(reason)" : "not a \(format): line \(line): \(reason)"
  }
}

struct TextLines {
  private let format: String
  private let bytes: [UInt8]
  private var next: Int
  private let end: Int
  /// The number of the line that was read last.
  private(set) var line: Int

  /// - Throws: ``FormatError`` unless these are whole lines of UTF-8 without other control
  ///   characters.
  init(_ bytes: [UInt8], format: String, limit: Int) throws(FormatError) {
    func refuse(_ reason: String) -> FormatError {
      FormatError(format: format, line: 0, reason: reason)
    }
    guard bytes.count <= limit else { throw refuse("it has more than \(limit) bytes") }
    guard bytes.last == newline else { throw refuse("it does not end with a newline") }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw refuse("it is not UTF-8") }
    guard let control = bytes.firstIndex(where: { $0 < 0x20 && $0 != newline }) else {
      (self.format, self.bytes, next, end, line) = (format, bytes, 0, bytes.count, 0)
      return
    }
    throw FormatError(
      format: format, line: 1 + bytes[..<control].count { $0 == newline },
      reason: "it has a control character")
  }

  var isAtEnd: Bool { next == end }

  /// Everything that was not read yet.
  var rest: ArraySlice<UInt8> { bytes[next..<end] }

  /// The next line without its newline.
  mutating func read(_ what: String) throws(FormatError) -> ArraySlice<UInt8> {
    line += 1
    guard next < end, let newline = bytes[next..<end].firstIndex(of: newline) else {
      throw error("\(what) is missing")
    }
    defer { next = newline + 1 }
    return bytes[next..<newline]
  }

  mutating func readText(_ what: String) throws(FormatError) -> String {
    let text = String(decoding: try read(what), as: UTF8.self)
    guard !text.isEmpty else { throw error("\(what) is empty") }
    return text
  }

  /// A decimal number without leading zeros.
  mutating func readNumber(
    _ what: String, after prefix: String = ""
  ) throws(FormatError) -> UInt64 {
    let text = try read(what)
    guard text.starts(with: prefix.utf8) else {
      throw error("it should begin with \"\(prefix)\"")
    }
    let digits = text.dropFirst(prefix.utf8.count)
    guard let number = UInt64(String(decoding: digits, as: UTF8.self)),
      digits.elementsEqual(String(number).utf8)
    else { throw error("\(what) is not a decimal number without leading zeros") }
    return number
  }

  mutating func readBase64(_ what: String, byteCount: Int) throws(FormatError) -> [UInt8] {
    guard let bytes = Base64.decode(try read(what)), bytes.count == byteCount else {
      throw error("\(what) is not the Base64 of \(byteCount) bytes")
    }
    return bytes
  }

  /// What is wrong with the line that was read last.
  func error(_ reason: String) -> FormatError {
    FormatError(format: format, line: line, reason: reason)
  }
}

let newline = UInt8(ascii: "\n")
