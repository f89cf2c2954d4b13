// The schemas as the tests see them: read from EventSchemas/ without the generator, so that the two
// readings check each other.

import Foundation
import JSON
import Testing

/// One file of EventSchemas/events or EventSchemas/commands.
struct SchemaFile: Sendable, CustomTestStringConvertible {
  var family: String
  var name: String
  var version: Int
  var schema: JSONValue

  var testDescription: String { "\(family)/\(name).\(version)" }
  var isLatest: Bool {
    !(family == "events" ? Self.events : Self.commands)
      .contains { $0.name == name && $0.version > version }
  }
  var examples: [JSONValue] { schema["examples"]?.elements ?? [] }

  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "EventSchemas")

  static let types = parsed("types.json")
  static let events = all(of: "events")
  /// Of a command only the latest version is read; the others are kept for what was said once.
  static let commands = all(of: "commands").reduce(into: [SchemaFile]()) { files, file in
    if files.last?.name == file.name { files.removeLast() }
    files.append(file)
  }

  private static func all(of family: String) -> [SchemaFile] {
    let path = folder.appending(path: family).path
    let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    return (names ?? []).sorted().map { name in
      let parts = name.split(separator: ".")
      return SchemaFile(
        family: family, name: String(parts[0]), version: Int(parts[1]) ?? 0,
        schema: parsed("\(family)/\(name)"))
    }
  }

  private static func parsed(_ file: String) -> JSONValue {
    do {
      return try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: file))))
    } catch {
      fatalError("\(file): \(error)")
    }
  }
}

extension JSONValue {
  /// The schema itself, or the one it refers to.
  var resolved: JSONValue {
    guard let reference = self["$ref"]?.string, let name = reference.split(separator: "/").last,
      let target = SchemaFile.types["$defs"]?[String(name)]
    else { return self }
    return target
  }

  /// The same value with one part replaced; nil takes it away.
  func replacing(_ path: ArraySlice<Step>, by value: JSONValue?) -> JSONValue {
    var copy = self
    switch (path.first, copy) {
    case (.key(let key)?, _):
      let part = copy[key] ?? .null
      copy[key] = path.count == 1 ? value : part.replacing(path.dropFirst(), by: value)
    case (.index(let index)?, .array(var elements)):
      elements[index] = elements[index].replacing(path.dropFirst(), by: value)
      copy = .array(elements)
    default: return value ?? .null
    }
    return copy
  }

  enum Step: Hashable {
    case key(String)
    case index(Int)
  }
}

extension [JSONValue.Step] {
  /// As errors write it.
  var text: String {
    reduce("$") { text, step in
      switch step {
      case .key(let key): "\(text).\(key)"
      case .index(let index): "\(text)[\(index)]"
      }
    }
  }
}
