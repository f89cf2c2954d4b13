// A row is data for a spreadsheet program, never a formula, and reads back as it was.

import Audit
import OutsideData
import Testing

struct `A comma-separated row` {
  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("", ""),
    ("say \"a\"\r\n", "\"say \"\"a\"\"\r\n\""),
    ("\"\u{301},=1", "\"\"\"\u{301},=1\""), ("=1+1", "'=1+1"), ("+44 20", "'+44 20"),
    ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"),
    ("\t=1", "'\t=1"), ("\r=1", "\"'\r=1\""), (" =1", "' =1"), ("\n-", "\"'\n-\""),
    ("\u{FF1D}1", "'\u{FF1D}1"), ("=a,b", "\"'=a,b\""), ("=\u{301}", "'=\u{301}"),
    ("'tis", "''tis"), ("-", "'-"), ("-1-1", "'-1-1"), ("-1.", "'-1."),
    ("-12", "-12"), ("-1.50", "-1.50"), ("0", "0"), ("12.5", "12.5"), ("2026-01-16", "2026-01-16"),
    ("a=1", "a=1"), ("{\"a\":-1}", "\"{\"\"a\"\":-1}\""),
  ])
  func `has this field`(text: String, field: String) {
    let row = CommaSeparated.row(["1", text, "-1"])
    #expect(row.unicodeScalars.elementsEqual("1,\(field),-1\r\n".unicodeScalars))
  }

  @Test(.enabled(if: OutsideData.isDue("blns.json")))
  func `reads back as it was, whatever the text`() throws {
    let texts = HostileTexts.all + (try HostileTexts.naughtyStrings())
    for text in texts + ["", "'", "''=", "-3", "\"\u{301},"] {
      let row = Array(CommaSeparated.row([text, "x"]).unicodeScalars)
      var field = row.dropLast(",x\r\n".unicodeScalars.count)
      if field.first == "\"" {
        field = field.dropFirst().dropLast()
        var plain: [Unicode.Scalar] = []
        while let scalar = field.popFirst() {
          if scalar == "\"" { #expect(field.popFirst() == "\"", "\(text)") }
          plain.append(scalar)
        }
        field = plain[...]
      }
      let first = field.first { !$0.properties.isWhitespace }
      #expect(first.map { !"=+@".unicodeScalars.contains($0) } ?? true, "\(text)")
      if field.first == "'" { field.removeFirst() }
      #expect(field.elementsEqual(text.unicodeScalars), "\(text)")
    }
  }
}
