// From JSON to the model. Every keyword that occurs must be one that is understood here.

import Foundation
import JSON

/// A place in one schema file.
struct Node {
  var file: String
  var path: String
  var value: JSONValue

  func failure(_ problem: String) -> SchemaError {
    SchemaError(file: file, path: path, problem: problem)
  }

  subscript(key: String) -> Node? {
    value[key].map { Node(file: file, path: "\(path).\(key)", value: $0) }
  }

  func required(_ key: String) throws -> Node {
    guard let node = self[key] else { throw failure("the keyword \(key) is missing") }
    return node
  }

  func string() throws -> String {
    guard let string = value.string else { throw failure("expected a text") }
    return string
  }

  func integer() throws -> Int {
    guard let integer = value.integer else { throw failure("expected a whole number") }
    return Int(integer)
  }

  func strings() throws -> [String] {
    guard let elements = value.elements else { throw failure("expected an array") }
    return try elements.map { element in
      guard let string = element.string else { throw failure("expected an array of texts") }
      return string
    }
  }

  func members() throws -> [(key: String, node: Node)] {
    guard let members = value.members else { throw failure("expected an object") }
    return members.map {
      ($0.key, Node(file: file, path: "\(path).\($0.key)", value: $0.value))
    }
  }

  func allow(_ keywords: Set<String>) throws {
    for member in try members() where !keywords.contains(member.key) {
      throw member.node.failure("the generator does not understand this keyword here")
    }
  }
}

extension Schemas {
  init(folder: URL) throws {
    let types = try Schemas.root(of: "types.json", in: folder)
    try types.allow(["$schema", "$id", "title", "$defs"])
    var references = References()
    for (name, node) in try types.required("$defs").members() {
      try references.resolve(name, node, among: types.required("$defs"))
    }
    definitions = references.definitions
    events = try Schemas.messages(.event, in: folder, references)
    commands = try Schemas.messages(.command, in: folder, references)
    let root = try Schemas.root(of: "permissions.json", in: folder)
    permissions = try Permissions(root, of: commands.filter(\.isLatest))
    typesText = SchemaText(
      id: try types.required("$id").string(), text: try Schemas.text(of: "types.json", in: folder))
  }

  private static func root(of file: String, in folder: URL) throws -> Node {
    let text = try text(of: file, in: folder)
    do {
      return Node(file: file, path: "$", value: try JSONValue(parsing: Array(text.utf8)))
    } catch {
      throw SchemaError(file: file, path: error.path, problem: error.description)
    }
  }

  private static func text(of file: String, in folder: URL) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
  }

  private static func messages(
    _ family: Family, in folder: URL, _ references: References
  ) throws -> [Message] {
    let subfolder = "\(family.rawValue)s"
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent(subfolder).path)
    var messages = try names.filter { $0.hasSuffix(".json") }.map { name in
      let file = "\(subfolder)/\(name)"
      return try Message(
        family, root(of: file, in: folder), references, text: text(of: file, in: folder))
    }
    messages.sort { ($0.name, $0.version) < ($1.name, $1.version) }
    for index in messages.indices.dropLast() where messages[index].name == messages[index + 1].name
    {
      messages[index].isLatest = false
    }
    for (name, versions) in Dictionary(grouping: messages, by: \.name)
    where versions.map(\.version).sorted() != Array(1...versions.count) {
      throw SchemaError(
        file: "\(subfolder)/\(name)", path: "$", problem: "versions must count from 1 without gaps")
    }
    return messages
  }
}

extension Message {
  init(_ family: Family, _ node: Node, _ references: References, text: String) throws {
    let target = family.placeKeyword
    try node.allow([
      "$schema", "$id", "title", "description", target, "type", "properties", "required",
      "additionalProperties", "examples",
    ])
    let parts = node.file.split(separator: "/").last?.split(separator: ".") ?? []
    guard parts.count == 3, let version = Int(parts[1]), version > 0 else {
      throw node.failure("a schema's file is named Name.1.json")
    }
    self.family = family
    self.version = version
    self.text = text
    name = String(parts[0])
    description = try node.required("description").string()
    fields = try references.fields(of: node, family: family)
    template = try Template(node.required(target), of: family, fields)
    try check("$id", node, is: urn)
    try check("title", node, is: name)
    guard let examples = node["examples"]?.value.elements, !examples.isEmpty else {
      throw node.failure("at least one golden example is needed")
    }
  }

  private func check(_ keyword: String, _ node: Node, is expected: String) throws {
    let found = try node.required(keyword)
    guard try found.string() == expected else { throw found.failure("expected \(expected)") }
  }
}

extension Template {
  init(_ node: Node, of family: Family, _ fields: [Field]) throws {
    let text = try node.string()
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let aggregate = Aggregate(rawValue: String(parts[0])), aggregate.has(family) else {
      let known = Aggregate.allCases.filter { $0.has(family) }.map(\.rawValue)
      throw node.failure(
        "there is no aggregate \(parts[0]); there are: \(known.joined(separator: ", "))")
    }
    self.aggregate = aggregate
    guard parts.count == 2 else { return }
    let key = parts[1].dropFirst().dropLast()
    guard parts[1] == "{\(key)}", let field = fields.first(where: { $0.key == key }) else {
      throw node.failure("expected a text that ends with one of the fields in braces")
    }
    switch field.shape.kind {
    case .identifier, .patterned, .existing: break
    default: throw node.failure("the field \(key) is no identifier")
    }
    guard field.isRequired || family == .command, field.shape.elements == nil else {
      throw node.failure("an event's stream needs a required field")
    }
    self.field = field
  }
}
