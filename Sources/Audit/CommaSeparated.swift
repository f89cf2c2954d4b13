// Comma-separated rows (RFC 4180).

/// Writes rows of text.
public enum CommaSeparated {
  /// One row with its line break. A field with a comma, a quotation mark or a line break is quoted.
  public static func row(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.utf8.contains { ",\"\r\n".utf8.contains($0) }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
