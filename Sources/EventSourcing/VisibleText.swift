// The visible form of text that came from elsewhere, for a terminal, a table or a log line. What
// must hold: it stands on one line, in the order in which it is stored, every character of it can
// be seen, and different texts stay different.
//
// A line feed is written as `\n`, and likewise `\r`, `\t` and `\\`. As `\u{202E}`, with the number
// of the scalar in hexadecimal digits, are written:
//
// - control characters and the separators of lines and paragraphs, which move the
//   cursor or begin a line;
// - all format characters and what a terminal draws as nothing, by Unicode's Default_Ignorable:
//   those of direction reorder their neighbours, and the others make two different texts look the
//   same and columns too narrow. So joiners and variation selectors are seen too, also where they
//   belong in a word or an emoji;
// - private and unassigned characters, which every font draws differently;
// - a combining mark without a letter before it, which would be drawn on what stands there, and the
//   fifth and later marks on one letter, which would be drawn over the lines above and below.

extension StringProtocol {
  /// This text with everything that could move, hide or reorder text replaced by an escape.
  public var visible: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) {
      return String(self)
    }
    var visible = ""
    // `nil` where no letter is before.
    var markCount: Int?
    for scalar in unicodeScalars {
      if let escape = scalar.escape {
        visible += escape
        markCount = nil
      } else if scalar.isMark {
        guard let count = markCount, count < 4 else {
          visible += scalar.numberEscape
          continue
        }
        visible.unicodeScalars.append(scalar)
        markCount = count + 1
      } else {
        visible.unicodeScalars.append(scalar)
        markCount = scalar.properties.isWhitespace ? nil : 0
      }
    }
    return visible
  }
}

extension Unicode.Scalar {
  /// `nil` for a character that is shown as it is.
  fileprivate var escape: String? {
    switch self {
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
      .surrogate:
      return numberEscape
    default: return properties.isDefaultIgnorableCodePoint ? numberEscape : nil
    }
  }

  fileprivate var numberEscape: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }

  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }
}
