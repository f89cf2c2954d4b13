// The parts of a subcommand's help, read from its text, so that the shells' completions and the
// manual pages cannot say something else than --help does. What must hold: help is written as all
// of it is,
//
//   Summary …
//
//   Usage: redress NAME …
//          redress NAME VERB …
//
//     --option VALUE   what it does, on one line
//                      or several
//
//   Example:
//     redress NAME …

struct HelpText {
  struct Option: Hashable {
    /// With its dashes.
    var name: String
    /// The name of its value; `nil` where it takes none.
    var value: String?
    /// The beginning of its description.
    var summary: String
  }

  let text: String
  let lines: [String]

  init(_ text: String) {
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Each way of writing the command, without `Usage:`.
  var usages: [String] {
    guard let first = lines.firstIndex(where: { $0.hasPrefix("Usage: ") }) else { return [] }
    return lines[first...].prefix { !$0.isEmpty }.reduce(into: [String]()) { usages, line in
      let text = line.replacing("Usage: ", with: "").trimmed
      if text.hasPrefix("redress ") {
        usages.append(text)
      } else {
        usages[usages.count - 1] += " " + text
      }
    }
  }

  /// The words that can follow the command's name, such as `rotate` of `redress keys rotate`.
  var verbs: [String] {
    var verbs: [String] = []
    for usage in usages {
      let words = usage.split(separator: " ").dropFirst(2).map(String.init)
      guard let word = words.first, word.allSatisfy({ $0.isLowercase }), !verbs.contains(word)
      else { continue }
      verbs.append(word)
    }
    return verbs
  }

  /// In the order of the text.
  var options: [Option] {
    lines.indices.compactMap { index in
      let line = lines[index].trimmed
      guard lines[index].hasPrefix("  --"), let space = line.firstIndex(of: " ") else { return nil }
      let rest = line[space...].drop { $0 == " " }
      let hasValue = line.distance(from: space, to: rest.startIndex) == 1
      let name = String(line[..<space])
      guard hasValue else { return Option(name: name, summary: String(rest)) }
      let value = rest.prefix { $0 != " " }
      let summary = rest.dropFirst(value.count).drop { $0 == " " }
      return Option(
        name: name, value: String(value),
        summary: summary.isEmpty ? next(index) : String(summary))
    }
  }

  /// A long name stands on a line of its own.
  private func next(_ index: Int) -> String {
    index + 1 < lines.count ? lines[index + 1].trimmed : ""
  }
}

extension String {
  /// Without the spaces around it.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
