// Links from an accepted command to the reads of what its data names (OpenAPI 3.1, section 4.8.20).
// What must hold: each leads to an operation of the table, from a member that some command's data
// has.

import JSON
import Routing

struct CommandLinks {
  var routes: [Route]

  /// One for each route that reads a thing by its id alone, under the operation's name.
  var json: JSONValue {
    let names = Set(
      PublishedSchema.accepted.flatMap { $0.value["properties"]?.members ?? [] }.map(\.key))
    return .object(
      routes.compactMap { route in
        guard route.method == .get, route.kind == .api, route.path.parameterNames.count == 1,
          let name = route.path.parameterNames.first, names.contains(name)
        else { return nil }
        let operation = Operation(route: route).id
        return JSONValue.Member(
          operation,
          .object(of: [
            "operationId": .string(operation),
            "description": .string("Of a command whose data has \(name)."),
            "parameters": .object(Self.parameters(of: route, named: name)),
          ]))
      })
  }

  private static func parameters(of route: Route, named name: String) -> [JSONValue.Member] {
    let all = [
      (name, "$request.body#/data/\(name)"), ("tenant", "$request.body#/tenant"),
      ("minPosition", "$response.body#/events/0/position"),
    ]
    let declared = Set(route.parameters.map(\.declaration.name))
    return all.filter { declared.contains($0.0) }
      .map { JSONValue.Member($0.0, .string($0.1)) }
  }
}
