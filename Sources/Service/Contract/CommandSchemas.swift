// What POST /v1/commands takes: one schema for each command, told apart by its type, and the
// entries of the service's own tools.

import Events
import JSON
import Routing

enum CommandSchemas {
  /// The schemas of all commands, and of what may be any of them.
  static var components: [JSONValue.Member] {
    let schemas = PublishedSchema.accepted
    let callers = schemas.filter { !isOfService($0) }
    let service = schemas.filter(isOfService)
    return schemas.map { .init("data.\($0.name)", $0.component) }
      + schemas.map { .init(component(of: $0), submitted($0)) }
      + [
        .init("Command", any(of: callers, "A command, by its type.")),
        .init("SystemEntry", any(of: service, "An entry of the service's own tools.")),
      ]
  }

  /// Whether only Redress itself submits it.
  private static func isOfService(_ schema: PublishedSchema) -> Bool {
    Permission.byCommand[schema.name]?.contains(.keepRecords) ?? false
  }

  private static func component(of schema: PublishedSchema) -> String { "command.\(schema.name)" }

  private static func any(of schemas: [PublishedSchema], _ description: String) -> JSONValue {
    let reference = { (schema: PublishedSchema) -> String in
      "#/components/schemas/\(component(of: schema))"
    }
    return .object(of: [
      "description": .string(description),
      "oneOf": .array(schemas.map { JSONShape.reference(to: component(of: $0)) }),
      "discriminator": .object(of: [
        "propertyName": .string("type"),
        "mapping": .object(
          schemas.map { JSONValue.Member($0.name, .string(reference($0))) }),
      ]),
    ])
  }

  /// A whole command: its id and tenant, and its data by its own schema.
  private static func submitted(_ schema: PublishedSchema) -> JSONValue {
    var value = JSONShape.object(
      [
        "id": unreserved, "tenant": isOfService(schema) ? .choice(["_system"]) : unreserved,
        "type": .choice([schema.name]), "data": .component("data.\(schema.name)"),
      ],
      optional: [
        "expectedRevision": .wholeNumberIn(0...Int.max), "occurredAt": .time,
        "actor": .matching("^(\(actorKinds(of: schema)))/[A-Za-z0-9_-]{1,64}$"),
      ]
    ).schema
    value["title"] = .string(schema.name)
    value["description"] = schema.value["description"]
    return value
  }

  private static func actorKinds(of schema: PublishedSchema) -> String {
    isOfService(schema) ? "system" : "customer|agent|service"
  }

  /// An identifier that does not begin with an underscore.
  private static let unreserved = JSONShape.matching("^[A-Za-z0-9-][A-Za-z0-9_-]{0,63}$")
}
