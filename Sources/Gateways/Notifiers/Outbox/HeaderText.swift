// Texts in header lines of messages (RFC 5322, RFC 2047): plain where they can be, encoded words
// otherwise, and never a line break that the text brought along.

import Cryptography

/// Texts as parts of header lines.
enum HeaderText {
  private static let lineLength = 76

  /// The text of a Subject; ASCII as it stands where it fits the line, encoded words otherwise.
  ///
  /// - Parameter column: the number of characters before it in its line.
  static func unstructured(_ text: String, after column: Int) -> String {
    let text = harmless(text)
    let isPlain =
      text.utf8.allSatisfy { $0 < 0x7F } && !text.contains("=?")
      && column + text.utf8.count <= lineLength
    return isPlain ? text : encodedWords(text, after: column)
  }

  /// The text as it stands, with a question mark for each character that is not ASCII: for people
  /// and programs that look into a file, on one line however long.
  static func plain(_ text: String) -> String {
    String(harmless(text).unicodeScalars.map { $0.isASCII ? Character($0) : "?" })
  }

  /// A display name with the space that follows it; nothing for an empty one.
  static func phrase(_ text: String, after column: Int) -> String {
    let text = harmless(text)
    if text.isEmpty { return "" }
    let isPlain =
      text.utf8.allSatisfy {
        $0 == 0x20
          || ($0 < 0x7F && (Character(UnicodeScalar($0)).isLetter || (0x30...0x39).contains($0)))
      } && column + text.utf8.count <= lineLength
    // On a line of its own, the address fits for certain.
    return (isPlain ? text : encodedWords(text, after: column)) + "\r\n "
  }

  /// The text with a space for every control character and line separator, and none around it.
  private static func harmless(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    var trimmed = Substring(String(scalars))
    while trimmed.unicodeScalars.first == " " { trimmed.unicodeScalars.removeFirst() }
    while trimmed.unicodeScalars.last == " " { trimmed.unicodeScalars.removeLast() }
    return String(trimmed)
  }

  /// `=?utf-8?B?…?=`, each on a line of its own and of whole characters (RFC 2047, section 5).
  private static func encodedWords(_ text: String, after column: Int) -> String {
    var words: [String] = []
    var bytes: [UInt8] = []
    // Three bytes make four characters, and twelve are around them.
    var byteCountMax = (lineLength - column - 12) / 4 * 3
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if bytes.count + next.count > byteCountMax {
        words.append("=?utf-8?B?\(Base64.encode(bytes))?=")
        bytes = []
        byteCountMax = 45
      }
      bytes += next
    }
    words.append("=?utf-8?B?\(Base64.encode(bytes))?=")
    return words.joined(separator: "\r\n ")
  }
}
