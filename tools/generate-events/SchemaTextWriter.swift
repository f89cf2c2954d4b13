// PublishedSchemas.swift: the schemas of events and commands as texts, for a reader who has only
// what the program gives. What must hold: they are the files of EventSchemas/, byte for byte, so
// that published.lock has their SHA-256.

import Foundation

/// A schema file with its `$id`.
struct SchemaText {
  var id: String
  var text: String
}

extension SwiftText {
  /// - Parameters:
  ///   - types: the file that the others refer to.
  ///   - events: all versions of all events.
  ///   - commands: all versions of all commands.
  mutating func schemas(
    _ types: SchemaText, events: [SchemaText], commands: [SchemaText]
  ) {
    line()
    documentation("The published JSON Schemas, each as it is in EventSchemas/.")
    block("public enum PublishedSchemas") { swift in
      swift.documentation("The id of the schema that all others refer to.")
      swift.line("public static let typesID = \(literal(types.id))")
      swift.ids("events", events)
      swift.ids("commands", commands)
      swift.line()
      swift.documentation("The text of the schema with this id; `nil` if there is none.")
      swift.block("public static func text(of id: String) -> String?") { swift in
        swift.cases("id") { swift in
          for schema in [types] + events + commands {
            swift.line("case \(literal(schema.id)):")
            swift.multiline(schema.text)
          }
          swift.line("default: nil")
        }
      }
    }
  }

  private mutating func ids(_ family: String, _ schemas: [SchemaText]) {
    line()
    documentation("The ids of the schemas of all \(family), by name and version.")
    line("public static let \(family): [String] = [")
    for schema in schemas { line("  \(literal(schema.id)),") }
    line("]")
  }

  /// A literal without escapes, which ends as the text does.
  private mutating func multiline(_ text: String) {
    line("  ###\"\"\"")
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      line(part.isEmpty ? "" : "  \(part)")
    }
    line("  \"\"\"###")
  }
}
