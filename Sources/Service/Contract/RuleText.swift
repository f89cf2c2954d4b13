// The text of a rule, from the rule book: the section of a rule with a number, the sentences of one
// with a name.

enum RuleText {
  private static let lines = String(decoding: PackageResources.rule_book, as: UTF8.self)
    .split(separator: "\n", omittingEmptySubsequences: false)

  /// What the rule is called and what it says, in Markdown without tables; `nil` for a rule that
  /// the book does not have.
  static func of(_ rule: String) -> (title: String, text: String)? {
    section(of: rule) ?? entry(of: rule)
  }

  /// `### R4: The return window` and what follows, up to the next heading.
  private static func section(of rule: String) -> (title: String, text: String)? {
    guard
      let start = lines.firstIndex(where: { $0.hasPrefix("### \(rule):") || $0 == "### \(rule)" })
    else { return nil }
    let text = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { !$0.hasPrefix("|") }
    return (String(lines[start].dropFirst(4)), text.joined(separator: "\n"))
  }

  /// `- **Watchers**: a watcher is …` and its further lines.
  private static func entry(of rule: String) -> (title: String, text: String)? {
    let mark = "- **\(rule)**: "
    guard let start = lines.firstIndex(where: { $0.hasPrefix(mark) }) else { return nil }
    let more = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.map { $0.dropFirst(2) }
    return (rule, ([lines[start].dropFirst(mark.count)] + more).joined(separator: "\n"))
  }
}
