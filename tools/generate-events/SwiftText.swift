// Swift source, line by line.

/// Collects lines; what is added inside a block is indented.
struct SwiftText {
  private(set) var text = ""
  private var indentation = 0

  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : String(repeating: "  ", count: indentation) + line + "\n"
  }

  mutating func block(_ head: String, _ body: (inout SwiftText) -> Void) {
    line(head + " {")
    indentation += 1
    body(&self)
    indentation -= 1
    line("}")
  }

  /// A `switch`, whose body holds the cases and, two spaces further in, what they do.
  mutating func cases(_ value: String, _ body: (inout SwiftText) -> Void) {
    line("switch \(value) {")
    body(&self)
    line("}")
  }

  /// A documentation comment; more paragraphs are separated by an empty line.
  mutating func documentation(_ paragraphs: String...) {
    for (index, paragraph) in paragraphs.enumerated() {
      if index > 0 { line("///") }
      for part in paragraph.split(separator: "\n") { line("/// \(part)") }
    }
  }

  /// - Parameter imports: how the modules of the codec are imported; an unused import is an error.
  static func file(
    _ purpose: String,
    imports: [String] = ["public import EventSourcing", "public import JSON"],
    _ body: (inout SwiftText) -> Void
  ) -> String {
    var content = SwiftText()
    body(&content)
    var swift = SwiftText()
    swift.line("// \(purpose) Generated from EventSchemas/ by tools/generate-events.")
    guard !content.text.isEmpty else { return swift.text }
    swift.line()
    for line in imports { swift.line(line) }
    return swift.text + content.text
  }
}

/// A text as a Swift literal without escapes.
func literal(_ text: String) -> String { "#\"\(text)\"#" }
