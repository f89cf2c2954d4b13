// What strangers write must come out as words and nothing else.

import Foundation
import Markdown
import OutsideData
import Testing

@Suite struct MarkdownTests {
  @Test(arguments: [
    (
      "Both were **cracked**, see *below*.",
      "<p>Both were <strong>cracked</strong>, see <em>below</em>.</p>"
    ),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ("# Broken", "<p><strong>Broken</strong></p>"),
    (
      "[here](https://example.com/a?b=1&c=2)",
      "<p><a href=\"https://example.com/a?b=1&amp;c=2\">here</a></p>"
    ),
    (
      "<mailto:robin@example.com>",
      "<p><a href=\"mailto:robin@example.com\">mailto:robin@example.com</a></p>"
    ),
    ("[x](HTTPS://example.com \"title\")", "<p><a href=\"HTTPS://example.com\">x</a></p>"),
  ])
  func `is rendered`(text: String, html: String) {
    #expect(Markdown.html(text) == html + "\n")
  }

  @Test(arguments: [
    ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
    ("![a *cat*](https://example.com/cat.png)", "<p>a <em>cat</em></p>"),
    ("[![a](b)](javascript:c)", "<p>a</p>"),
    ("[x](javascript:alert(1))", "<p>x</p>"), ("[x](JaVaScRiPt:alert)", "<p>x</p>"),
    ("[x](data:text/html;base64,PHN2Zz4=)", "<p>x</p>"), ("[x](//example.com)", "<p>x</p>"),
    ("[x](/tenants/acme)", "<p>x</p>"), ("[x](ftp://example.com)", "<p>x</p>"),
    ("[x](http:example.com)", "<p>x</p>"), ("", ""),
  ])
  func `is made harmless`(text: String, html: String) {
    #expect(Markdown.html(text) == (html.isEmpty ? "" : html + "\n"))
  }

  @Test func `is cut off after 16 KiB, at no half character`() {
    let html = Markdown.html("a" + String(repeating: "é", count: 20_000))
    #expect(html.contains(String(repeating: "é", count: 8_191)))
    #expect(!html.contains(String(repeating: "é", count: 8_192)))
    // Deeply nested or unbalanced, as an attack on the page would be.
    for part in ["> ", "[", "![", "*a_ ", "- ", "`", "<a", "[a](<b"] {
      let hostile = String(repeating: part, count: 16_384 / part.utf8.count)
      #expect(Self.tags(in: Markdown.html(hostile)) != nil, "\(part)")
    }
  }

  @Test(.enabled(if: OutsideData.isDue("blns.json")))
  func `makes no naughty string anything but text`() throws {
    let strings = try JSONDecoder().decode(
      [String].self, from: Data(OutsideData.bytes(of: "blns.json")))
    #expect(strings.count > 400)
    for naughty in strings {
      for text in [
        naughty, "**\(naughty)**", "[\(naughty)](\(naughty))", "> \(naughty)\n\n\(naughty)",
      ] {
        #expect(Self.tags(in: Markdown.html(text)) != nil, "\(text)")
      }
    }
  }

  /// The tags of a piece of HTML in which there is nothing else that a browser could act on.
  ///
  /// - Returns: `nil` unless each is one of the allowed ones with no other attributes than allowed.
  static func tags(in html: String) -> [Substring]? {
    let allowed =
      #/
      <\/?(?:p|strong|em|code|pre|blockquote|ul|ol|li)>
      | <(?:hr|br)\ \/>
      | <ol\ start="[0-9]{1,9}">
      | <code\ class="language-[^"<>]*">
      | <a\ href="(?:[hH][tT][tT][pP][sS]?:\/\/|[mM][aA][iI][lL][tT][oO]:)[^"<>]*">
      | <\/a>
      /#
    // A browser ends a tag also where a combining character follows the bracket.
    let regex = allowed.matchingSemantics(.unicodeScalar)
    let tags = html.matches(of: regex).map(\.output)
    let rest = html.replacing(regex, with: "").unicodeScalars
    return rest.contains("<") || rest.contains(">") ? nil : tags
  }
}
