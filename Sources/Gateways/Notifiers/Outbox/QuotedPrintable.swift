// The quoted-printable encoding (RFC 2045, section 6.7).

/// Message bodies in seven bits and short lines.
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

  /// The lines without their ends: LF, CR or CRLF.
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
