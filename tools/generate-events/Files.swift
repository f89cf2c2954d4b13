// Which file holds what. The plugin names the same files.

extension Schemas {
  func swiftFiles() -> [(name: String, text: String)] {
    var files: [(name: String, text: String)] = []
    files.append(
      (
        "SharedTypes.swift",
        SwiftText.file("The types that events and commands share.") { swift in
          for definition in definitions { swift.definition(definition) }
        }
      ))
    files += parts(of: events, named: "EventTypes", count: GenerateEvents.parts.events)
    files += parts(of: commands, named: "CommandTypes", count: GenerateEvents.parts.commands)
    files.append(("Event.swift", union(.event, events)))
    files.append(("Command.swift", union(.command, commands)))
    return files
  }

  private func union(_ family: Family, _ messages: [Message]) -> String {
    let imports = ["public import EventSourcing", "import JSON"]
    return SwiftText.file("All \(family.rawValue)s.", imports: imports) { swift in
      swift.union(family, messages)
    }
  }

  private func parts(
    of messages: [Message], named name: String, count: Int
  ) -> [(name: String, text: String)] {
    (0..<count).map { part in
      let range = messages.count * part / count..<messages.count * (part + 1) / count
      let text = SwiftText.file("Part \(part + 1) of \(count), by name.") { swift in
        for message in messages[range] { swift.message(message) }
      }
      return ("\(name)\(part + 1).swift", text)
    }
  }
}
