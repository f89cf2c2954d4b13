// `Event` and `Command`: one case for each name, always in its latest version.

extension SwiftText {
  mutating func union(_ family: Family, _ messages: [Message]) {
    let latest = messages.filter(\.isLatest)
    let union = family == .event ? "Event" : "Command"
    line()
    documentation(
      family == .event
        ? "What happened, in the latest version of its schema." : "What somebody asks for.")
    block("public indirect enum \(union): Equatable, Sendable") { swift in
      for message in latest { swift.line("case \(message.swiftCase)(\(message.name))") }
    }
    line()
    block("extension \(union)") { swift in
      swift.documentation("The names of all types, sorted.")
      let names = latest.map { "\"\($0.name)\"" }.joined(separator: ", ")
      swift.line("public static let types: [String] = [\(names)]")
      swift.line()
      let data = family == .event ? "EventData" : "CommandData"
      swift.property("The case's own data.", "data: any \(data)", latest) { _ in "data" }
      swift.property("The type's name.", "type: String", latest, binding: "_") {
        "\"\($0.name)\""
      }
      if family == .event {
        swift.property("The schema's URN.", "dataSchema: String", latest, binding: "_") {
          "\"\($0.urn)\""
        }
        swift.property("What the envelope says of it.", "head: StaticString", latest, binding: "_")
        {
          literal("\"\($0.name)\",\"dataschema\":\"\($0.urn)\"")
        }
        swift.property("The stream it belongs to.", "stream: StreamName", latest) { _ in
          "data.stream"
        }
        let unreadable =
          "The key of a value that the schema would refuse to read; nil where all is well."
        swift.property(unreadable, "unreadableKey: String?", latest) { _ in "data.unreadableKey" }
      } else {
        let meaning = "The stream that an expected revision is about."
        swift.property(meaning, "target: StreamName?", latest) { _ in "data.target" }
      }
      swift.writeData(latest)
      swift.mapPersonal(latest)
    }
    line()
    block("extension \(union)") { swift in
      if family == .event {
        swift.reading(messages)
        swift.recoding(messages)
      } else {
        swift.reading(latest)
      }
    }
  }

  private mutating func property(
    _ summary: String, _ declaration: String, _ messages: [Message], binding: String = "let data",
    _ value: (Message) -> String
  ) {
    documentation(summary)
    let access = declaration.hasPrefix("head") ? "" : "public "
    block("\(access)var \(declaration)") { swift in
      swift.cases("self") { swift in
        for message in messages {
          let pattern = binding == "_" ? "" : "(\(binding))"
          swift.line("case .\(message.swiftCase)\(pattern): \(value(message))")
        }
      }
    }
    line()
  }

  private mutating func writeData(_ messages: [Message]) {
    documentation("Appends the data's canonical JSON.")
    block("public func writeData(to bytes: inout [UInt8])") { swift in
      swift.cases("self") { swift in
        for message in messages {
          swift.line("case .\(message.swiftCase)(let data): data.writeJSON(to: &bytes)")
        }
      }
    }
    line()
  }

  private mutating func mapPersonal(_ messages: [Message]) {
    documentation("Replaces each personal text, for instance by its encrypted form.")
    line("public mutating func mapPersonal<Failure: Error>(")
    line(
      "  _ transform: (_ text: String, _ field: PersonalField, _ subject: String) throws(Failure)")
    block("    -> String\n  ) throws(Failure)") { swift in
      swift.cases("self") { swift in
        for message in messages where message.fields.contains(where: { $0.personalSubject != nil })
        {
          swift.line("case .\(message.swiftCase)(var data):")
          swift.line("  try data.mapPersonal(transform)")
          swift.line("  self = .\(message.swiftCase)(data)")
        }
        swift.line("default: break")
      }
    }
  }

  private mutating func reading(_ messages: [Message]) {
    let versions = messages.first?.family == .event ? "version: Int, " : ""
    documentation("Reads the data of the type that is named; nil for one this build does not know.")
    line("static func read(")
    line("  _ name: Span<UInt8>, \(versions)json reader: inout JSONReader")
    block(") throws(JSONError) -> Self?") { swift in
      swift.dispatch(messages) { message in
        var value = "try \(message.swiftType)(json: &reader)"
        let newer = messages.filter { $0.name == message.name && $0.version > message.version }
        for next in newer { value = "\(next.swiftType).upcast(\(value))" }
        return ".\(message.swiftCase)(\(value))"
      }
    }
  }

  private mutating func recoding(_ messages: [Message]) {
    line()
    documentation(
      "Reads the data in the very version that is named and appends its canonical form.",
      "- Returns: nil for a type or version this build does not know.")
    line("static func recode(")
    line("  _ name: Span<UInt8>, version: Int, json reader: inout JSONReader,")
    line("  to bytes: inout [UInt8]")
    block(") throws(JSONError) -> Void?") { swift in
      swift.dispatch(messages) { message in
        "try \(message.swiftType)(json: &reader).writeJSON(to: &bytes)"
      }
    }
  }

  /// Finds a name by its length first, then by its bytes.
  private mutating func dispatch(_ messages: [Message], _ value: (Message) -> String) {
    let isVersioned = messages.first?.family == .event
    cases("name.count") { swift in
      let lengths = Dictionary(grouping: messages, by: \.name.utf8.count)
      for (length, group) in lengths.sorted(by: { $0.key < $1.key }) {
        swift.line("case \(length):")
        for message in group {
          let version = isVersioned ? "version == \(message.version), " : ""
          swift.line("  if \(version)name.isEqual(to: \"\(message.name)\") {")
          swift.line("    return \(value(message))")
          swift.line("  }")
        }
      }
      swift.line("default: break")
    }
    line("return nil")
  }
}
