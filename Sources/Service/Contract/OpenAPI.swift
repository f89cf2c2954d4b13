// The contract of the requests: OpenAPI 3.1 of the route table and the published schemas. What must
// hold: each route of the table is an operation with all its parameters, bodies and answers.

import CommandHandling
import Events
import JSON
import Operations
import Routing

struct OpenAPI {
  var routes: [Route]

  static let path = "/v1/openapi.json"

  var json: JSONValue {
    .object(of: [
      "openapi": .string("3.1.0"),
      "info": .object(of: [
        "title": .string("Redress"), "version": .string("1"),
        "summary": .string("Customer support, returns and refunds."),
        "description": .string(
          "Over the Unix socket the kernel names the user behind a request, so that it needs no "
            + "credentials. A problem's type leads to its page."),
      ]),
      "servers": .array([.object(of: ["url": .string("/")])]),
      "tags": .array(
        Tag.allCases.map {
          .object(of: ["name": .string($0.rawValue), "description": .string($0.summary)])
        }),
      "paths": .object(paths),
      "components": .object(of: [
        "securitySchemes": .object(of: [
          "token": .object(of: [
            "type": .string("http"), "scheme": .string("bearer"), "bearerFormat": .string("JWT"),
            "description": .string("A person whom a service brings along."),
          ])
        ]),
        "schemas": .object(schemas),
      ]),
    ])
  }

  /// What an operation is for.
  enum Tag: String, CaseIterable {
    case api = "interface"
    case pages

    var summary: String {
      switch self {
      case .api: "For programs."
      case .pages: "For people."
      }
    }
  }

  private var paths: [JSONValue.Member] {
    var paths: [JSONValue.Member] = []
    for route in routes {
      let isOfCommands = route.answers.contains { $0.type == "Outcome" }
      let links = isOfCommands ? CommandLinks(routes: routes).json : nil
      let operation = JSONValue.Member(
        route.method.rawValue.lowercased(), Operation(route: route, links: links).json)
      if let index = paths.firstIndex(where: { $0.key == "\(route.path)" }) {
        paths[index].value = .object((paths[index].value.members ?? []) + [operation])
      } else {
        paths.append(.init("\(route.path)", .object([operation])))
      }
    }
    return paths
  }

  private var schemas: [JSONValue.Member] {
    var answers: [JSONValue.Member] = []
    for answer in routes.flatMap(\.answers) {
      guard let shape = answer.shape, !answers.contains(where: { $0.key == answer.type }) else {
        continue
      }
      answers.append(.init(answer.type, shape.schema))
    }
    return answers + [.init("Problem", Self.problem)] + CommandSchemas.components
      + PublishedSchema.typeComponents
  }

  /// RFC 9457; members besides these depend on the type.
  private static let problem: JSONValue = {
    var schema = JSONShape.object(
      ["type": .text, "title": .text, "status": .wholeNumber, "detail": .text],
      optional: [
        "rule": .text, "reason": .text, "facts": .map(.text), "recorded": EventReference.shape,
        "replay": .boolean, "parameter": .text, "path": .text, "byte": .wholeNumber,
        "quota": QuotaExceeded.shape,
      ]
    ).schema
    schema["additionalProperties"] = nil
    return schema
  }()
}
