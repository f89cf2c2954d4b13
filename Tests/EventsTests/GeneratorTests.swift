// What generate-events makes of schemas, and which it refuses.

import Foundation
import Testing

@testable import generate_events

struct `The generator` {
  private let types = """
    { "$schema": "…", "$id": "urn:redress:types:1", "title": "Types", "$defs": {
      "DoorID": { "description": "A door.", "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" },
      "Text": { "description": "Text.", "type": "string", "minLength": 1, "maxLength": 9 },
      "Code": { "description": "A code.", "type": "string", "pattern": "^(a|b)/[0-9a-f]{2,4}$" }
    } }
    """

  private func event(version: Int = 1, properties: String = "", with keyword: String = "") -> String
  {
    """
    { "$id": "urn:redress:event:DoorOpened:\(version)", "title": "DoorOpened", "description": "A.",
      "x-stream": "order/{doorId}", "type": "object", \(keyword)
      "properties": { "doorId": { "$ref": "../types.json#/$defs/DoorID" } \(properties) },
      "required": ["doorId"], "additionalProperties": false, "examples": [{ "doorId": "d" }] }
    """
  }

  private var command: String {
    event().replacing("event", with: "command").replacing("stream", with: "target")
      .replacing("DoorOpened", with: "OpenDoor")
  }

  private let permissions = #"""
    { "permissions": { "enter": "Go in." }, "commands": { "OpenDoor": "enter" } }
    """#

  /// Generates from these files; the command and its permission are always there.
  private func generate(_ files: [String: String]) throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files = files.merging(["commands/OpenDoor.1.json": command]) { $1 }
    files["types.json"] = files["types.json"] ?? types
    files["permissions.json"] = files["permissions.json"] ?? permissions
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let generated = try Schemas(folder: folder).swiftFiles()
    return Dictionary(uniqueKeysWithValues: generated.map { ($0.name, $0.text) })
  }

  @Test func `asks for an upcaster from each version to the next`() throws {
    let files = try generate([
      "events/DoorOpened.1.json": event(),
      "events/DoorOpened.2.json": event(version: 2),
      "events/DoorOpened.3.json": event(
        version: 3, properties: #", "note": { "$ref": "../types.json#/$defs/Text" }"#),
    ])
    let structs = try #require(files["OrderEvents.swift"])
    #expect(structs.contains("extension DoorOpened.V2: Upcasting {"))
    #expect(structs.contains("public typealias Previous = DoorOpened.V1"))
    #expect(structs.contains("extension DoorOpened: Upcasting {"))
    #expect(structs.contains("public var note: Text?"))
    let union = try #require(files["Event.swift"])
    #expect(structs.contains("case doorOpened(DoorOpened)"))
    #expect(union.contains("case order(OrderEvent)"))
    let oldest = "DoorOpened.upcast(DoorOpened.V2.upcast(try DoorOpened.V1(json: &reader)))"
    #expect(union.contains("return .order(.doorOpened(\(oldest)))"))
    #expect(structs.contains(#""urn:redress:event:DoorOpened:3""#))
  }

  @Test func `checks patterns byte by byte`() throws {
    let shared = try #require(
      try generate(["events/DoorOpened.1.json": event()])["SharedTypes.swift"])
    #expect(shared.contains(##"guard text.skip(&index, anyOf: [#"a"#, #"b"#]) else"##))
    #expect(
      shared.contains("text.skip(&index, 2...4, while: { (48...57) ~= $0 || (97...102) ~= $0 })"))
  }

  @Test(arguments: [
    (#""oneOf": [],"#, "", "$.oneOf: the generator does not understand this keyword here"),
    ("", #", "x": { "$ref": "../types.json#/$defs/Wall" }"#, "types.json has no type Wall"),
    ("", #", "x": { "type": "number" }"#, "$.properties.x: the generator does not know this type"),
    ("", #", "x": { "type": "integer" }"#, "$.properties.x: the keyword minimum is missing"),
    ("", #", "x": { "type": "string" }"#, "$.properties.x: the keyword maxLength is missing"),
    ("", #", "x_y": { "type": "boolean" }"#, "a key is written in camelCase"),
    ("", #", "field": { "type": "boolean" }"#, "field is a name that the generated code needs"),
    (
      "", #", "x": { "$ref": "../types.json#/$defs/Text", "x-personal": "x" }"#,
      "x-personal of x must name a required identifier"
    ),
    (
      "", #", "x": { "type": "array", "items": { "$ref": "../types.json#/$defs/Text" } }"#,
      "$.properties.x: the keyword maxItems is missing"
    ),
  ])
  func `refuses what it does not understand`(
    keyword: String, properties: String, problem: String
  ) {
    let file = "events/DoorOpened.1.json"
    #expect {
      try generate([file: event(properties: properties, with: keyword)])
    } throws: { error in
      "\(error)".hasPrefix("\(file): $") && "\(error)".contains(problem)
    }
  }

  @Test func `names the aggregates and their streams`() throws {
    let files = try generate(["events/DoorOpened.1.json": event()])
    let subject = try #require(files["Subject.swift"])
    #expect(subject.contains("case order(DoorID)"))
    #expect(subject.contains(#"case .order(let id): StreamName("order/" + id.rawValue)"#))
    let commands = try #require(files["OrderCommands.swift"])
    #expect(commands.contains("case .openDoor(let data): .order(data.doorID)"))
  }

  @Test(arguments: ["door/{doorId}", "Order/{doorId}", "/{doorId}", "order{doorId}"])
  func `refuses a stream of an aggregate that there is not`(stream: String) {
    let text = event().replacing("order/{doorId}", with: stream)
    #expect {
      try generate(["events/DoorOpened.1.json": text])
    } throws: { error in
      "\(error)".hasPrefix("events/DoorOpened.1.json: $.x-stream: there is no aggregate ")
    }
  }

  @Test(arguments: ["order", "order/{doorID}", "order/doorId", "order/{doorId}/x"])
  func `refuses a stream that is not named like the aggregate's others`(stream: String) {
    let text = event().replacing("order/{doorId}", with: stream)
    #expect(throws: SchemaError.self) { try generate(["events/DoorOpened.1.json": text]) }
  }

  @Test func `writes which permission a command needs`() throws {
    let text = try #require(
      try generate(["events/DoorOpened.1.json": event()])["Permission.swift"])
    #expect(text.contains("case enter"))
    #expect(text.contains("case .order(.openDoor): .enter"))
  }

  @Test func `lets a permission depend on a field`() throws {
    let hinge = """
      "Side": { "description": "A side.", "type": "string", "enum": ["inner", "far_out"] },
      """
    let files = [
      "events/DoorOpened.1.json": event(),
      "types.json": types.replacing("\"DoorID\":", with: "\(hinge) \"DoorID\":"),
      "commands/OpenDoor.1.json": command.replacing(
        #""required": ["doorId"]"#, with: #""required": ["doorId", "side"]"#
      ).replacing(
        "DoorID\" }", with: "DoorID\" }, \"side\": { \"$ref\": \"../types.json#/$defs/Side\" }"),
      "permissions.json": #"""
      { "permissions": { "enter": "Go in.", "leave": "Go out." }, "commands": {
        "OpenDoor": { "side": { "inner": "leave", "far_out": "enter" } } } }
      """#,
    ]
    let text = try #require(try generate(files)["Permission.swift"])
    #expect(text.contains("switch command.side {"))
    #expect(text.contains("case .farOut: .enter"))
  }

  @Test(arguments: [
    ("", "$.commands: the command OpenDoor has no permission"),
    (#""OpenDoor": "enter", "ShutDoor": "enter""#, "there is no command ShutDoor"),
    (#""OpenDoor": "leave""#, "there is no permission leave; there are: enter"),
    (#""OpenDoor": { "doorId": { "d": "enter" } }"#, "one required field with fixed values"),
  ])
  func `refuses a command without its permission`(commands: String, problem: String) {
    let text = "{ \"permissions\": { \"enter\": \"Go in.\" }, \"commands\": { \(commands) } }"
    #expect {
      try generate(["events/DoorOpened.1.json": event(), "permissions.json": text])
    } throws: { error in
      "\(error)".hasPrefix("permissions.json: $.commands") && "\(error)".contains(problem)
    }
  }

  @Test func `refuses a schema whose name, version or place is wrong`() {
    for file in ["events/DoorOpened.2.json", "events/DoorShut.1.json", "events/DoorOpened.json"] {
      #expect(throws: SchemaError.self) { try generate([file: event()]) }
    }
    #expect(throws: SchemaError.self) {
      try generate(["events/DoorOpened.2.json": event(version: 2)])
    }
  }

  @Test(arguments: [
    "[a-z]{3}", "^[a-z]+$", "^[^a]$", "^a*$", "^(a|ab)$", "^[a-z]{1,3}[a-c]{2}$", "^.$", "^\\d$",
    "^[a-z]{3,1}$", "^$", "^(a$",
  ])
  func `refuses a pattern that it cannot check without going back`(pattern: String) {
    #expect(Pattern(pattern) == nil)
  }
}
