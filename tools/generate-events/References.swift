// The shared types and what refers to them. A type is resolved once, after those it is made of.

import JSON

/// The definitions of types.json, in an order in which each follows those it needs.
struct References {
  private(set) var definitions: [Definition] = []
  private var open: Set<String> = []

  mutating func resolve(_ name: String, _ node: Node, among all: Node) throws {
    guard definition(name) == nil else { return }
    guard open.insert(name).inserted else { throw node.failure("a type that contains itself") }
    for (_, property) in try node["properties"]?.members() ?? [] {
      let reference = property["$ref"] ?? property["items"]?["$ref"]
      guard let reference, let needed = try? References.name(reference) else { continue }
      if let target = all[needed] { try resolve(needed, target, among: all) }
    }
    let description = try node.required("description").string()
    let kind = try kind(of: node)
    definitions.append(Definition(name: name, description: description, kind: kind))
  }

  func definition(_ name: String) -> Definition? { definitions.first { $0.name == name } }

  /// The properties of an object in canonical order.
  ///
  /// - Parameter family: nil for a shared type.
  func fields(of node: Node, family: Family?) throws -> [Field] {
    guard try node.required("type").string() == "object" else {
      throw node.failure("expected an object")
    }
    guard try node.required("additionalProperties").value == .bool(false) else {
      throw node.failure("additionalProperties must be false")
    }
    let required = try node["required"]?.strings() ?? []
    let fields = try node.required("properties").members().map { key, property in
      try field(key, property, isRequired: required.contains(key), family: family)
    }
    for key in required where !fields.contains(where: { $0.key == key }) {
      throw node.failure("the required field \(key) is no property")
    }
    guard Set(fields.map(\.property)).count == fields.count, fields.count <= 64 else {
      throw node.failure("two fields have the same Swift name, or there are more than 64")
    }
    for field in fields {
      guard let subject = field.personalSubject else { continue }
      let owner = fields.first { $0.key == subject }
      guard let owner, owner.isRequired, case .identifier = owner.shape.kind else {
        throw node.failure("x-personal of \(field.key) must name a required identifier")
      }
    }
    return fields
  }

  private func field(
    _ key: String, _ node: Node, isRequired: Bool, family: Family?
  ) throws -> Field {
    guard key.allSatisfy(isNameCharacter), !key.contains("_"), key.first?.isLowercase == true else {
      throw node.failure("a key is written in camelCase")
    }
    guard !["reader", "objectProgress", "field"].contains(key) else {
      throw node.failure("\(key) is a name that the generated code needs itself")
    }
    let shape = try shape(of: node)
    let subject = try node["x-personal"]?.string()
    if subject != nil {
      guard family != nil, shape.elements == nil, case .text = shape.kind else {
        throw node.failure("x-personal belongs on a text of an event or a command itself")
      }
    }
    return Field(
      key: key, description: try node["description"]?.string(), isRequired: isRequired,
      personalSubject: subject, shape: shape)
  }

  private func shape(of node: Node) throws -> Shape {
    if let reference = node["$ref"] {
      try node.allow(["$ref", "description", "x-personal"])
      let name = try References.name(reference)
      guard let definition = definition(name) else {
        throw reference.failure("types.json has no type \(name)")
      }
      return Shape(swiftType: definition.swiftType, kind: definition.kind)
    }
    guard try node.required("type").string() == "array" else {
      let kind = try kind(of: node)
      switch kind {
      case .boolean: return Shape(swiftType: "Bool", kind: kind)
      case .integer: return Shape(swiftType: "Int", kind: kind)
      case .text: return Shape(swiftType: "String", kind: kind)
      default: throw node.failure("a type with a name of its own belongs into types.json")
      }
    }
    try node.allow(["type", "items", "minItems", "maxItems", "description"])
    var shape = try shape(of: node.required("items"))
    guard shape.elements == nil else { throw node.failure("an array of arrays") }
    let low = try node["minItems"]?.integer() ?? 0
    let high = try node.required("maxItems").integer()
    guard low >= 0, low <= high else { throw node.failure("minItems is above maxItems") }
    shape.elements = low...high
    return shape
  }

  private static func name(_ reference: Node) throws -> String {
    let text = try reference.string()
    for prefix in ["../types.json#/$defs/", "#/$defs/"] where text.hasPrefix(prefix) {
      return String(text.dropFirst(prefix.count))
    }
    throw reference.failure("expected a type of types.json")
  }

  private func kind(of node: Node) throws -> Kind {
    let common: Set<String> = ["description", "type", "x-swift", "x-personal"]
    switch try node.required("type").string() {
    case "boolean":
      try node.allow(common)
      return .boolean
    case "integer":
      try node.allow(common.union(["minimum", "maximum"]))
      let low = try node.required("minimum").integer()
      let high = try node.required("maximum").integer()
      guard low <= high else { throw node.failure("minimum is above maximum") }
      return .integer(low...high)
    case "string":
      try node.allow(common.union(["pattern", "minLength", "maxLength", "format", "enum"]))
      return try text(of: node)
    case "object":
      try node.allow(common.union(["properties", "required", "additionalProperties"]))
      return .object(try fields(of: node, family: nil))
    default: throw node.failure("the generator does not know this type")
    }
  }

  private func text(of node: Node) throws -> Kind {
    if let type = try node["x-swift"]?.string() { return .existing(type) }
    if let format = node["format"] {
      switch try format.string() {
      case "date-time": return .timestamp
      case "date": return .date
      default: throw format.failure("the generator does not know this format")
      }
    }
    if let choice = node["enum"] {
      let values = try choice.strings()
      guard !values.isEmpty, Set(values.map(swiftCase)).count == values.count,
        values.allSatisfy({ $0.first?.isLowercase == true && $0.allSatisfy(isNameCharacter) })
      else { throw choice.failure("expected different values in snake_case") }
      return .choice(values)
    }
    if let source = node["pattern"] {
      if try source.string() == Pattern.identifier { return .identifier }
      guard let pattern = Pattern(try source.string()) else {
        throw source.failure("the generator cannot check this pattern byte by byte")
      }
      return .patterned(pattern)
    }
    let low = try node["minLength"]?.integer() ?? 0
    let high = try node.required("maxLength").integer()
    guard low >= 0, low <= high else { throw node.failure("minLength is above maxLength") }
    return .text(low...high)
  }
}

private func isNameCharacter(_ character: Character) -> Bool {
  character.isASCII && (character.isLetter || character.isNumber || character == "_")
}
