// The examples of the commands' schemas, so that a new command is tested without being listed.

import Events
import Foundation
import JSON

enum ExampleCommands {
  /// All examples of each command's latest version.
  static let all: [Command] = {
    do {
      return try examples.sorted { $0.key < $1.key }.flatMap { type, examples in
        try examples.map { try command(type, $0) }
      }
    } catch {
      fatalError("the examples of EventSchemas/commands: \(error)")
    }
  }()

  /// The first example of a command about a refund, for another refund.
  static func command(_ type: String, of id: RefundID) -> Command {
    guard var data = examples[type]?.first else { fatalError("\(type) has no example") }
    data["refundId"] = .string(id.rawValue)
    do { return try command(type, data) } catch { fatalError("the example of \(type): \(error)") }
  }

  /// By command.
  private static let examples: [String: [JSONValue]] = {
    do {
      return try latest().mapValues { $0["examples"]?.elements ?? [] }
    } catch {
      fatalError("EventSchemas/commands: \(error)")
    }
  }()

  private static let folder = RuleTable.repository.appending(path: "EventSchemas/commands")

  private static func latest() throws -> [String: JSONValue] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    var versions: [String: Int] = [:]
    for file in files {
      let parts = file.split(separator: ".")
      let type = String(parts[0])
      versions[type] = max(versions[type] ?? 1, Int(parts[1]) ?? 1)
    }
    return try Dictionary(
      uniqueKeysWithValues: versions.map { type, version in
        let file = folder.appending(path: "\(type).\(version).json")
        return (type, try JSONValue(parsing: [UInt8](Data(contentsOf: file))))
      })
  }

  private static func command(_ type: String, _ data: JSONValue) throws -> Command {
    let json = JSONValue.object([
      .init("id", .string("c1")), .init("tenant", .string("acme")),
      .init("type", .string(type)), .init("data", data),
    ])
    return try SubmittedCommand(json: json.json).command
  }
}
