// Text from elsewhere is text on a page, and cannot reorder what stands beside it.

import HTML
import OutsideData
import Testing

struct `Text on a page` {
  private let name = "שלום"

  @Test func `is escaped`() {
    let page: HTML = "<p>\("<a href='x'>\"&\"</a>")</p>"
    #expect(page.markup == "<p>&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;</p>")
  }

  @Test(arguments: [
    "שלום", "عليكم", "\u{200F}", "\u{61C}", "a\u{200E}b", "\u{8A0}",
    "\u{10A00}", "\u{1E900}", "\u{FB50}", "\u{FE80}",
  ])
  func `that is not from left to right is isolated`(text: String) {
    let page: HTML = "<p>by \(text) of \(12)</p>"
    #expect(page.markup == "<p>by <bdi>\(text)</bdi> of 12</p>")
  }

  @Test(arguments: ["\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}"])
  func `shows what overrides direction, also in a sentence of ours`(control: String) {
    let number = control.unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }
      .joined()
    let page: HTML = "<title>\(control)</title><p>\("by \(control)x, of 12.00")</p>"
    #expect(
      page.markup == "<title>\\u{\(number)}</title><p>by \\u{\(number)}x, of 12.00</p>")
    let form: HTML = "<input value=\"\(control)\"><textarea rows=\"3\">\(control)</textarea>"
    #expect(form.markup == "<input value=\"\(control)\"><textarea rows=\"3\">\(control)</textarea>")
  }

  @Test func `shows isolates, which could end ours`() {
    let page: HTML = "<p>\("\u{2066}\u{2067}\u{2068}a\u{2069}")</p>"
    #expect(page.markup == "<p>\\u{2066}\\u{2067}\\u{2068}a\\u{2069}</p>")
  }

  @Test(arguments: ["", "Robin", "12.00 – 13.00 £", "東京 😀", "→ é"])
  func `that is stays as it is`(text: String) {
    let page: HTML = "<p>\(text)</p>"
    #expect(page.markup == "<p>\(text)</p>")
  }

  @Test func `is no element inside a tag or where only text may stand`() {
    let attribute: HTML? = " id=\"a\""
    let page: HTML = """
      <title>\(name)</title>\
      <a\(attribute) title="\(name)" href="\(name)">\(name)</a>
      <textarea name="\(name)" rows="3">\(name)</textarea>\
      <option>\(name)</option>\(name)
      """
    #expect(
      page.markup == """
        <title>\(name)</title><a id="a" title="\(name)" href="\(name)">\
        <bdi>\(name)</bdi></a>
        <textarea name="\(name)" rows="3">\(name)</textarea><option>\(name)</option>\
        <bdi>\(name)</bdi>
        """)
  }

  @Test func `is isolated once, also in pieces of pieces`() {
    let inner: HTML = "\(name)"
    let middle: HTML = "<b>\(inner)</b> \(name)"
    let page = HTML(joining: ["<p>\(middle)</p>", inner])
    let isolated = "<bdi>\(name)</bdi>"
    #expect(page.markup == "<p><b>\(isolated)</b> \(isolated)</p>\n\(isolated)")
  }

  @Test(.enabled(if: OutsideData.isDue("blns.json")))
  func `never ends its element, whatever it is`() throws {
    for text in HostileTexts.all + (try HostileTexts.naughtyStrings()) {
      let page: HTML = "<td>\(text)</td><td title=\"\(text)\">1</td>"
      let parts = page.markup.unicodeScalars.split(separator: "<").map { $0.prefix { $0 != ">" } }
      let tags = parts.map { String($0.prefix { $0 != " " }) }
      let bare = tags.filter { $0 != "bdi" && $0 != "/bdi" }
      #expect(bare == ["td", "/td", "td", "/td"], "\(text.debugDescription)")
    }
  }
}
