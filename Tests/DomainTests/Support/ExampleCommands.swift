// The examples of the commands' schemas, so that a new command is tested without being listed.

import Events
import Foundation
import JSON

enum ExampleCommands {
  /// All examples of each command's latest version.
  static let all: [Command] = {
    do {
      return try latest().flatMap(examples)
    } catch {
      fatalError("the examples of EventSchemas/commands: \(error)")
    }
  }()

  private static let folder = RuleTable.repository.appending(path: "EventSchemas/commands")

  private static func latest() throws -> [(type: String, schema: JSONValue)] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    var versions: [String: Int] = [:]
    for file in files {
      let parts = file.split(separator: ".")
      let type = String(parts[0])
      versions[type] = max(versions[type] ?? 1, Int(parts[1]) ?? 1)
    }
    return try versions.sorted { $0.key < $1.key }.map { type, version in
      let file = folder.appending(path: "\(type).\(version).json")
      return (type, try JSONValue(parsing: [UInt8](Data(contentsOf: file))))
    }
  }

  private static func examples(of type: String, _ schema: JSONValue) throws -> [Command] {
    try (schema["examples"]?.elements ?? []).map { data in
      let json = JSONValue.object([
        .init("id", .string("c1")), .init("tenant", .string("acme")),
        .init("type", .string(type)), .init("data", data),
      ])
      return try SubmittedCommand(json: json.json).command
    }
  }
}
