// A shape as JSON Schema (2020-12), for the contract.

public import JSON

extension JSONShape {
  /// The schema, which refers to types and components below `#/components/schemas/`.
  public var schema: JSONValue {
    switch self {
    case .text: Self.string()
    case .textOf(let length):
      Self.string([
        "minLength": .integer(Int64(length.lowerBound)),
        "maxLength": .integer(Int64(length.upperBound)),
      ])
    case .matching(let pattern): Self.string(["pattern": .string(pattern)])
    case .email: Self.string(["format": .string("email")])
    case .choice(let texts): Self.string(["enum": .array(texts.map { .string($0) })])
    case .time: Self.string(["format": .string("date-time")])
    case .wholeNumber: .object(of: ["type": .string("integer")])
    case .wholeNumberIn(let bounds):
      .object(of: [
        "type": .string("integer"), "minimum": .integer(Int64(bounds.lowerBound)),
        "maximum": .integer(Int64(bounds.upperBound)),
      ])
    case .boolean: .object(of: ["type": .string("boolean")])
    case .any: .object([])
    case .list(let element): .object(of: ["type": .string("array"), "items": element.schema])
    case .listOf(let element, let count):
      .object(of: [
        "type": .string("array"), "items": element.schema,
        "minItems": .integer(Int64(count.lowerBound)),
        "maxItems": .integer(Int64(count.upperBound)),
      ])
    case .map(let value):
      .object(of: ["type": .string("object"), "additionalProperties": value.schema])
    case .object(let members): Self.schema(of: members)
    case .nullable(let shape):
      .object(of: ["anyOf": .array([shape.schema, .object(of: ["type": .string("null")])])])
    case .either(let shapes): .object(of: ["anyOf": .array(shapes.map(\.schema))])
    case .type(let name): Self.reference(to: "types.\(name)")
    case .component(let name): Self.reference(to: name)
    }
  }

  /// What one of a schema and a shape says.
  public static func either(_ schema: JSONValue, _ shape: JSONShape) -> JSONValue {
    .object(of: ["anyOf": .array([schema, shape.schema])])
  }

  /// A reference to a component of the contract.
  public static func reference(to component: String) -> JSONValue {
    .object(of: ["$ref": .string("#/components/schemas/\(component)")])
  }

  private static func string(_ keywords: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    .object(
      [.init("type", .string("string"))] + keywords.map { JSONValue.Member($0.key, $0.value) })
  }

  private static func schema(of members: [Member]) -> JSONValue {
    .object(of: [
      "type": .string("object"),
      "properties": .object(members.map { JSONValue.Member($0.name, $0.shape.schema) }),
      "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
      "additionalProperties": .bool(false),
    ])
  }
}
