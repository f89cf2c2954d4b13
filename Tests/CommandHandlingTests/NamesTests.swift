// Ids that a sender leaves out. The list of commands is that of the schemas, so that a new command
// whose id is forgotten in Names.swift is found here and not by a sender.

import EventSourcing
import Foundation
import JSON
import RunningRedress
import Testing

struct `An id that a sender may leave out` {
  @Test func `is made up, or decided without, for every command`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    var count = 0
    for (type, schema) in try Self.latestSchemas() {
      let required = Set(schema["required"]?.elements?.compactMap(\.string) ?? [])
      let ids = (schema["properties"]?.members ?? []).filter { member in
        member.value["$ref"]?.string?.hasSuffix("ID") == true && !required.contains(member.key)
      }
      guard let example = schema["examples"]?.elements?.first?.members else { continue }
      for id in ids.map(\.key) {
        let data = JSONValue.object(example.filter { $0.key != id })
        // A name that nothing makes up ends the process here.
        _ = try await redress.submit(
          "\(type)-\(id)", type, String(decoding: data.json, as: UTF8.self), actor: "agent/kim")
        count += 1
      }
    }
    #expect(count >= 20)
    redress.stop()
  }

  private static func latestSchemas() throws -> [String: JSONValue] {
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EventSchemas/commands")
    var schemas: [String: (version: Int, schema: JSONValue)] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let parts = name.split(separator: ".")
      let (type, version) = (String(parts[0]), Int(parts[1]) ?? 0)
      guard version > schemas[type]?.version ?? 0 else { continue }
      let schema = try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: name))))
      schemas[type] = (version, schema)
    }
    return schemas.mapValues(\.schema)
  }
}
