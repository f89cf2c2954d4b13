// A page for man(1), in roff's man macros, from a subcommand's help. What must hold: a line of the
// help is never taken for a request of roff, and options and examples keep their lines.

import Service

struct ManualPage {
  /// Such as `redress-serve`.
  let name: String
  let summary: String
  let help: HelpText

  var text: String {
    var page = [
      ".TH \(Self.escaped(name).uppercased()) 1 \"\" \"redress \(ProductVersion.text)\"",
      ".SH NAME", "\(Self.escaped(name)) \\- \(Self.escaped(summary))", ".SH SYNOPSIS", ".nf",
    ]
    page += help.usages.map(Self.escaped) + [".fi", ".SH DESCRIPTION"]
    page += body
    return page.joined(separator: "\n")
  }

  /// Everything but the usage. Paragraphs are filled, what is indented stays as it is.
  private var body: [String] {
    var page: [String] = []
    var isIndented = false
    for line in withoutUsage {
      let indents = line.hasPrefix(" ")
      if indents != isIndented, !line.isEmpty {
        page.append(indents ? ".nf" : ".fi")
        isIndented = indents
      }
      page.append(line.isEmpty ? ".PP" : Self.escaped(line))
    }
    return isIndented ? page + [".fi"] : page
  }

  private var withoutUsage: [String] {
    guard let first = help.lines.firstIndex(where: { $0.hasPrefix("Usage: ") }) else {
      return help.lines
    }
    let after = help.lines[first...].drop { !$0.isEmpty }.dropFirst()
    return Array(help.lines[..<first]) + after
  }

  private static func escaped(_ line: String) -> String {
    let text = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }
}
