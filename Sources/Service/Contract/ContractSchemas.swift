// The published schemas in the two forms in which the service gives them: each at its own path, and
// together as the components of the contract. What must hold: both say what EventSchemas says; only
// identifiers and references differ, and what a command's data has to be beyond its schema.

import Events
import JSON
import Routing

/// A published schema of an event or a command.
struct PublishedSchema {
  enum Family: String { case event, command }

  var family: Family
  var name: String
  var version: Int
  var value: JSONValue

  /// - Parameter id: such as `urn:redress:event:RefundApproved:2`.
  /// - Returns: `nil` where there is none.
  init?(id: String) {
    let parts = id.split(separator: ":").map(String.init)
    guard parts.count == 5, let family = Family(rawValue: parts[2]), let version = Int(parts[4]),
      let value = Self.parsed(id)
    else { return nil }
    (self.family, self.version, self.value) = (family, version, value)
    name = parts[3]
  }

  private static func parsed(_ id: String) -> JSONValue? {
    PublishedSchemas.text(of: id).flatMap { try? JSONValue(parsing: Array($0.utf8)) }
  }

  static let types = parsed(PublishedSchemas.typesID) ?? .null
  static let events = PublishedSchemas.events.compactMap(PublishedSchema.init(id:))
  static let commands = PublishedSchemas.commands.compactMap(PublishedSchema.init(id:))

  /// Of each command the version that is accepted.
  static let accepted = Dictionary(grouping: commands, by: \.name).values
    .compactMap { $0.max { $0.version < $1.version } }.sorted { $0.name < $1.name }

  var id: String { "urn:redress:\(family.rawValue):\(name):\(version)" }

  /// The file's name in its folder, such as `RefundApproved.2.json`.
  var file: String { "\(name).\(version).json" }

  var path: String { "\(Self.folder)/\(family.rawValue)s/\(file)" }

  static let folder = "/v1/schemas"
  static let typesPath = "\(folder)/types.json"

  /// What is served at ``path``: its relative references lead to where the types are served.
  var served: JSONValue { Self.served(value, path: path, id: id) }

  static var servedTypes: JSONValue {
    served(types, path: typesPath, id: PublishedSchemas.typesID)
  }

  private static func served(_ schema: JSONValue, path: String, id: String) -> JSONValue {
    var schema = schema
    schema["$id"] = .string(path)
    schema["x-urn"] = .string(id)
    return schema
  }

  /// As a component of the contract.
  var component: JSONValue {
    let kept = (value.members ?? []).filter { !["$schema", "$id"].contains($0.key) }
    return JSONValue.object(
      kept.map { member in
        guard member.key == "properties" else { return member }
        return JSONValue.Member("properties", properties(member.value))
      }
    ).referringToComponents
  }

  /// A personal text may be sealed in an event; an address has to be one in a command.
  private func properties(_ value: JSONValue) -> JSONValue {
    .object(
      (value.members ?? []).map { member in
        var property = member.value
        switch family {
        case .event where property["x-personal"] != nil:
          property = .object(of: ["anyOf": .array([property, Self.sealed])])
        case .command where ["email", "customerEmail"].contains(member.key):
          property["format"] = .string("email")
        case .event, .command: break
        }
        return JSONValue.Member(member.key, property)
      })
  }

  private static let sealed = JSONShape.matching("^enc:v1:").schema

  /// The shared types as components, by the names that references have.
  static var typeComponents: [JSONValue.Member] {
    (types["$defs"]?.members ?? []).map {
      .init("types.\($0.key)", $0.value.referringToComponents)
    }
  }
}

extension JSONValue {
  /// With references to the shared types in place of those that files have.
  fileprivate var referringToComponents: JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.map { member in
          guard member.key == "$ref", let name = member.value.string?.split(separator: "/").last
          else { return Member(member.key, member.value.referringToComponents) }
          return Member("$ref", .string("#/components/schemas/types.\(name)"))
        })
    case .array(let elements): .array(elements.map(\.referringToComponents))
    case .null, .bool, .integer, .number, .string: self
    }
  }
}
