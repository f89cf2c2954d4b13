// Text from elsewhere stands on one line, in its order, and can be seen.

import EventSourcing
import OutsideData
import Testing

struct `Text from elsewhere` {
  @Test(arguments: [
    ("plain, with £ and é", "plain, with £ and é"), ("a\nb\rc\td", "a\\nb\\rc\\td"),
    ("\\n", "\\\\n"), ("\0\u{7F}\u{85}\u{1B}[2J", "\\u{0}\\u{7F}\\u{85}\\u{1B}[2J"),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"), ("\u{202E}evil", "\\u{202E}evil"),
    ("a\u{200B}b\u{AD}c\u{FEFF}", "a\\u{200B}b\\u{AD}c\\u{FEFF}"),
    ("\u{E000}\u{FFFF}\u{378}\u{E0041}", "\\u{E000}\\u{FFFF}\\u{378}\\u{E0041}"),
    ("e\u{301}, \u{301}", "e\u{301}, \\u{301}"),
    ("Z\u{301}\u{302}\u{303}\u{304}\u{305}", "Z\u{301}\u{302}\u{303}\u{304}\\u{305}"),
    ("שלום", "שלום"), ("東京 😀", "東京 😀"),
  ])
  func `is shown like this`(text: String, visible: String) {
    #expect(text.visible.unicodeScalars.elementsEqual(visible.unicodeScalars))
    #expect(TerminalText("\(text)").description == visible)
  }

  @Test func `has no control, format or separator of any kind, whatever the scalar`() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let visible = "a\(scalar)".visible.unicodeScalars
      #expect(visible.allSatisfy(Self.isHarmless), "\(value)")
    }
    for value in [
      0x202A...0x202E, 0x2066...0x2069, 0x200B...0x200F, 0x0...0x1F, 0x7F...0x9F, 0x61C...0x61C,
      0x2028...0x2029, 0xFE00...0xFE0F, 0x115F...0x1160, 0xFFF9...0xFFFB,
    ].joined() {
      let scalar = Unicode.Scalar(UInt32(value))
      #expect(scalar.map { "\($0)".visible.hasPrefix("\\") } == true, "\(value)")
    }
  }

  @Test func `is never two texts in the same form`() {
    let parts = ["\\", "n", "\n", "\\n", "\\\n", "\u{202E}", "\\u{202E}", "u{A}", "\u{A}", "a"]
    let texts = Set(parts.flatMap { a in parts.flatMap { b in parts.map { a + b + $0 } } })
    #expect(Set(texts.map(\.visible)).count == texts.count)
  }

  @Test func `is harmless inside ours, which keeps its lines`() {
    let name = "a\u{202E}\nb"
    let inner: TerminalText = "name \(name)\n"
    let shown = #"a\u{202E}\nb"#
    #expect(
      TerminalText("1: \(inner)2: \(name)").description == "1: name \(shown)\n2: \(shown)")
    #expect(
      ([inner, "x"].joined(separator: "\n") + "y").description == "name \(shown)\n\nxy")
  }

  @Test(.enabled(if: OutsideData.isDue("blns.json")))
  func `is harmless in every naughty string`() throws {
    let texts = try HostileTexts.naughtyStrings()
    #expect(texts.count > 500)
    for text in texts + HostileTexts.all {
      #expect(text.visible.unicodeScalars.allSatisfy(Self.isHarmless), "\(text.debugDescription)")
    }
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("e\u{301}", 1), ("東京", 4), ("ｱ한", 3), ("😀a", 3), ("\t", 2),
  ])
  func `takes as many columns as a terminal gives it`(text: String, count: Int) {
    let text = TerminalText("\(text)")
    #expect(text.columnCount == count)
    #expect(text.padded(to: count + 2).description == text.description + "  ")
    #expect(text.padded(to: count + 1, isRight: true).description == " " + text.description)
    #expect(text.padded(to: 0) == text)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
    default: !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
