// Text for a terminal or a log that cannot be mistaken: what is written in the source is ours,
// what is interpolated came from elsewhere and gets its visible form (VisibleText.swift). Only
// TerminalText inside TerminalText is taken as it is; there is no other way in.

/// Lines for people at a terminal, without a control character from elsewhere.
public struct TerminalText: Sendable, Hashable, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  /// The text as it leaves.
  public private(set) var description: String

  public init(stringLiteral text: StaticString) { description = "\(text)" }

  public init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

  /// The columns that it takes on a terminal, where it is one line: two for a wide East Asian
  /// character or an emoji, one for any other with its combining marks.
  public var columnCount: Int { description.reduce(0) { $0 + ($1.isWide ? 2 : 1) } }

  /// This text with spaces on one side, so that it takes at least so many columns.
  public func padded(to columnCount: Int, isRight: Bool = false) -> TerminalText {
    let space = String(repeating: " ", count: max(0, columnCount - self.columnCount))
    return isRight ? "\(space)\(self)" : "\(self)\(space)"
  }

  public static func + (a: TerminalText, b: TerminalText) -> TerminalText {
    "\(a)\(b)"
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      text += "\(literal)"
    }

    public mutating func appendInterpolation(_ piece: TerminalText) { text += piece.description }

    public mutating func appendInterpolation(_ value: some Any) {
      text += String(describing: value).visible
    }

    @available(*, unavailable, message: "say what stands there without a value")
    public mutating func appendInterpolation(_ value: (some Any)?) {}
  }
}

extension Sequence<TerminalText> {
  /// The pieces one after another.
  public func joined(separator: TerminalText = "") -> TerminalText {
    var text = TerminalText.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
    for (index, piece) in enumerated() {
      if index > 0 { text.appendInterpolation(separator) }
      text.appendInterpolation(piece)
    }
    return TerminalText(stringInterpolation: text)
  }
}

extension Character {
  /// East Asian Wide or Fullwidth (Unicode Standard Annex 11), in its large blocks.
  fileprivate var isWide: Bool {
    guard let first = unicodeScalars.first, first.value >= 0x1100 else { return false }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
      0x1F200...0x1F265, 0x20000...0x3FFFD:
      return true
    default: return first.properties.isEmojiPresentation
    }
  }
}
