// POST /v1/projections/rebuild?name=A&name=B: rebuilds read models while they serve; all of them
// without a name. One request at a time does so.

import JSON
import Projecting
import Routing

struct RebuildRoute: Sendable {
  var projections: ProjectionRuntime

  private static let name = Parameter<[String]>(
    ParameterDeclaration(
      "name", form: .other, expectation: "the name of a read model", isRepeatable: true,
      defaultText: "all")
  ) { $0 }

  var route: Route {
    Route(
      .post, "/v1/projections/rebuild", "Rebuilds read models from the log.",
      access: .socketOnly, parameters: [Self.name],
      answers: [.json("RebuildReports"), .problem(.notFound), .problem(.conflict)]
    ) { call in
      let names = call[Self.name]
      let reports = try projections.rebuild(
        names.isEmpty ? projections.statuses.map(\.name) : names)
      return .json(.array(reports.map(\.json)))
    }
  }
}

extension RebuildReport {
  fileprivate var json: JSONValue {
    .object(
      fields(
        ("name", .string(name)), ("version", .integer(Int64(version))),
        ("commits", .integer(Int64(commitCount))), ("digest", .string(digest)),
        ("previousDigest", previousDigest.map { .string($0) }), ("changed", .bool(isChanged))))
  }
}
