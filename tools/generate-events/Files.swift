// Which file holds what. The plugin names the same files.

extension Schemas {
  func swiftFiles() throws -> [(name: String, text: String)] {
    let streams = try streams()
    var files: [(name: String, text: String)] = []
    files.append(
      (
        "SharedTypes.swift",
        SwiftText.file("The types that events and commands share.") { swift in
          for definition in definitions { swift.definition(definition) }
        }
      ))
    files.append(
      (
        "Subject.swift",
        SwiftText.file("All aggregates.", imports: ["public import EventSourcing"]) { swift in
          swift.subject(streams)
        }
      ))
    files.append(
      (
        "Permission.swift",
        SwiftText.file("Who may submit which command.", imports: []) { swift in
          swift.permissions(permissions, commands)
        }
      ))
    files.append(
      (
        "PublishedSchemas.swift",
        SwiftText.file("The schemas of all events and commands.", imports: []) { swift in
          swift.schemas(
            typesText, events: events.map(\.schemaText), commands: commands.map(\.schemaText))
        }
      ))
    for family in [Family.event, .command] {
      let messages = messages(of: family)
      files.append(("\(family.typeSuffix).swift", union(family, messages)))
      for aggregate in Aggregate.allCases where aggregate.has(family) {
        files.append(
          ("\(aggregate.typePrefix)\(family.typeSuffix)s.swift", part(family, aggregate)))
      }
    }
    return files
  }

  private func messages(of family: Family) -> [Message] {
    switch family {
    case .event: events
    case .command: commands
    }
  }

  private func union(_ family: Family, _ messages: [Message]) -> String {
    let imports = ["import EventSourcing", "import JSON"]
    return SwiftText.file("All \(family.rawValue)s.", imports: imports) { swift in
      swift.union(family, messages)
    }
  }

  private func part(_ family: Family, _ aggregate: Aggregate) -> String {
    let messages = messages(of: family).of(aggregate)
    let purpose = "The \(family.rawValue)s of \(aggregate.words)."
    let access = messages.contains(where: \.namesVocabulary) ? "public import" : "import"
    let imports = ["\(access) EventSourcing", "public import JSON"]
    return SwiftText.file(purpose, imports: imports) { swift in
      if messages.isEmpty { return }
      swift.union(family, of: aggregate, messages)
      for message in messages { swift.message(message) }
    }
  }
}

extension Message {
  fileprivate var schemaText: SchemaText { SchemaText(id: urn, text: text) }

  /// Whether one of its fields has a type of `EventSourcing`: an unused public import is an error.
  fileprivate var namesVocabulary: Bool {
    fields.contains { field in
      switch field.shape.kind {
      case .existing, .timestamp, .date: true
      case .identifier, .patterned, .text, .choice, .integer, .boolean, .object: false
      }
    }
  }
}

extension Aggregate {
  /// Commands that changed nothing have events only.
  func has(_ family: Family) -> Bool { self != .command || family == .event }
}
