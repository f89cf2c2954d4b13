// When a text needs `<bdi>`, where in markup `<bdi>` may stand, and what is shown instead.

extension String {
  /// Whether something in this text is not simply written from left to right: a letter or a digit
  /// of a right-to-left script, or an invisible mark of one (Unicode Standard Annex 9). The blocks
  /// are those whose unassigned characters have the class R or AL, too.
  var hasDirection: Bool {
    unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x0590...0x08FF, 0x200E...0x200F, 0xFB1D...0xFDFF, 0xFE70...0xFEFF,
        0x10800...0x10FFF, 0x1E800...0x1EFFF:
        true
      default: false
      }
    }
  }
}

extension Unicode.Scalar {
  /// `\u{202E}` for a character that embeds, overrides or isolates; `nil` for any other.
  var shownDirection: String? {
    switch value {
    case 0x202A...0x202E, 0x2066...0x2069: "\\u{\(String(value, radix: 16, uppercase: true))}"
    default: nil
    }
  }
}

/// The place in markup that the next text goes to.
struct MarkupPlace {
  private var isInTag = false
  /// The name of the tag that was opened last, `/p` for an end tag.
  private var tag: Substring = ""

  /// Inside a tag and in elements that hold only text, `<bdi>` would be text itself.
  var takesElements: Bool { !isInTag && !Self.textOnly.contains(tag) }

  /// The value of an attribute and what a form sends again: it must not change, and stands alone.
  var keepsText: Bool { isInTag || tag == "textarea" }

  private static let textOnly: Set<Substring> = ["title", "textarea", "option", "style", "script"]

  mutating func pass(_ markup: String) {
    guard let open = markup.utf8.lastIndex(of: UInt8(ascii: "<")) else {
      if markup.utf8.contains(UInt8(ascii: ">")) { isInTag = false }
      return
    }
    let rest = markup[open...].dropFirst()
    tag = rest.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
    isInTag = !rest.utf8.contains(UInt8(ascii: ">"))
  }
}
