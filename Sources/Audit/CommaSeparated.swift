// Comma-separated rows (RFC 4180) that a spreadsheet program takes for data. What must hold: no
// field is a formula, numbers stay numbers, and each field can be read back.
//
// A spreadsheet program runs a field that begins with = + - or @, after white space too, as a
// formula; one can send the sheet's other cells to an address, or begin a program. So such a
// field, and one that begins with an apostrophe, gets an apostrophe before it, which those
// programs take for "this is text". A number, such as -12 or -1.50, is left as it is. To read a
// field back, remove one apostrophe from its start if it has one.

/// Writes rows of text.
public enum CommaSeparated {
  /// One row with its line break. A field with a comma, a quotation mark or a line break is quoted.
  public static func row(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    let text = text.startsFormula ? "'\(text)" : text
    let isPlain = !text.utf8.contains { ",\"\r\n".utf8.contains($0) }
    if isPlain { return text }
    // By scalar: a quotation mark with an accent on it ends a field as any other does.
    let doubled = text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(doubled)\""
  }
}

extension String {
  /// The full-width forms are taken for the others where East Asian text is usual.
  fileprivate var startsFormula: Bool {
    if unicodeScalars.first == "'" { return true }
    guard let first = unicodeScalars.first(where: { !$0.properties.isWhitespace }),
      "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first)
    else { return false }
    return wholeMatch(of: /-[0-9]+(\.[0-9]+)?/) == nil
  }
}
