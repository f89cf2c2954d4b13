// One message as bytes (RFC 5322, RFC 2045, RFC 2047), from texts that anybody may have written:
//
//   From: =?utf-8?B?QWNtZSDigqw=?= <refunds@example.com>
//   To: <robin@example.com>
//   Subject: Your refund srf_8Q2 has been paid
//   …
//
//   Hello,=20
//
// - Lines end with CRLF and have at most 76 characters before it, all of them ASCII; only a
//   Message-ID, which no line break may divide, has as many as its names need.
// - No text begins a header line of its own: what is not plain is encoded, and control characters
//   and line separators become spaces before that, so that no reader finds them in what it decodes
//   either.

import Cryptography
import EventSourcing

/// A plain text message to one person.
struct MailMessage {
  /// Unique for ever, `[A-Za-z0-9._-]`: the left half of the Message-ID.
  var id: String
  var sender: EmailAddress
  var senderName: String
  var recipient: EmailAddress
  var subject: String
  /// Lines that end with `\n`.
  var body: String
  var date: Timestamp

  var bytes: [UInt8] {
    let header = [
      "From: \(HeaderText.phrase(senderName, after: 6))<\(sender)>",
      "To: <\(recipient)>",
      "Subject: \(HeaderText.unstructured(subject, after: 9))",
      "Date: \(Self.date(date))",
      "Message-ID: <\(id)@\(sender.domain)>",
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
    ]
    return Array((header.joined(separator: "\r\n") + "\r\n\r\n").utf8)
      + QuotedPrintable.encode(body)
  }

  /// `16 Jan 2026 10:00:00 +0000` (RFC 5322, section 3.3).
  private static func date(_ time: Timestamp) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = time.description
    let date = text.prefix(10).split(separator: "-")
    guard let month = Int(date[1]) else { preconditionFailure("a time without a month: \(text)") }
    return "\(date[2]) \(months[month - 1]) \(date[0]) \(text.dropFirst(11).prefix(8)) +0000"
  }
}

/// Texts as parts of header lines.
enum HeaderText {
  private static let lineLength = 76

  /// The text of a Subject; ASCII as it stands where it fits the line, encoded words otherwise.
  ///
  /// - Parameter column: how many characters stand before it.
  static func unstructured(_ text: String, after column: Int) -> String {
    let text = harmless(text)
    let isPlain =
      text.utf8.allSatisfy { $0 < 0x7F } && !text.contains("=?")
      && column + text.utf8.count <= lineLength
    return isPlain ? text : encodedWords(text, after: column)
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

/// Bodies in seven bits and short lines (RFC 2045, section 6.7).
enum QuotedPrintable {
  private static let lineLength = 76

  static func encode(_ text: String) -> [UInt8] {
    var encoded: [UInt8] = []
    for line in lines(of: text) {
      var column = 0
      for (index, byte) in line.enumerated() {
        // A space at the end of a line would be lost.
        let isLast = index == line.count - 1
        let isPlain =
          (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || (byte == 0x20 && !isLast)
        let piece = isPlain ? [byte] : [UInt8(ascii: "="), hex(byte >> 4), hex(byte & 15)]
        if column + piece.count > lineLength - 1 {
          encoded += "=\r\n".utf8
          column = 0
        }
        encoded += piece
        column += piece.count
      }
      encoded += "\r\n".utf8
    }
    return encoded
  }

  /// Without their ends, of whatever kind.
  private static func lines(of text: String) -> [ArraySlice<UInt8>] {
    let bytes = Array(text.utf8)
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x0A || byte == 0x0D {
        lines.append(bytes[start..<index])
        if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
        start = index + 1
      }
      index += 1
    }
    if start < bytes.count { lines.append(bytes[start...]) }
    return lines
  }

  private static func hex(_ digit: UInt8) -> UInt8 {
    digit < 10 ? 0x30 + digit : 0x41 - 10 + digit
  }
}
