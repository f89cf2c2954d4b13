// The contract of the service, for programs and for people: OpenAPI, AsyncAPI, the published
// schemas, the page of all routes and the pages of problems. What must hold: nothing here says
// anything of a tenant, and every principal may read it.

import HTML
import JSON
import Routing

struct ContractRoutes: Sendable {
  /// All other routes.
  var others: [Route]

  private static let schema = Parameter<String>(
    ParameterDeclaration(
      "schema", in: .path, form: .matching("^[A-Za-z]{1,64}\\.[1-9][0-9]{0,5}\\.json$"),
      expectation: "the file of a schema, such as RefundApproved.2.json")
  ) { $0.first.flatMap { $0.hasSuffix(".json") && $0.utf8.count < 100 ? $0 : nil } }
  private static let problem = Parameter<String>(
    ParameterDeclaration(
      "problem", in: .path, form: .matching("^[a-z0-9-]{1,80}$"),
      expectation: "the last part of a problem's type, such as outside-return-window")
  ) { $0.first }

  var routes: [Route] { documents + pages }

  /// The whole table.
  private var all: [Route] { others + routes }

  private var documents: [Route] {
    [
      document(OpenAPI.path, "The contract of the requests: OpenAPI 3.1.", "OpenAPI") {
        OpenAPI(routes: all).json
      },
      document(AsyncAPI.path, "The contract of the feed: AsyncAPI 3.", "AsyncAPI") {
        AsyncAPI.json
      },
      document(PublishedSchema.folder, "The paths of the published schemas.", "SchemaList") {
        .object(of: [
          "types": .string(PublishedSchema.typesPath),
          "events": .array(PublishedSchema.events.map { .string($0.path) }),
          "commands": .array(PublishedSchema.commands.map { .string($0.path) }),
        ])
      },
      document(PublishedSchema.typesPath, "The types that all schemas share.", "JSONSchema") {
        PublishedSchema.servedTypes
      },
      schemas(.event, PublishedSchema.events), schemas(.command, PublishedSchema.commands),
    ]
  }

  private func document(
    _ path: String, _ summary: String, _ type: String,
    json: @escaping @Sendable () -> JSONValue
  ) -> Route {
    Route(
      .get, PathTemplate(path), summary, permission: .readContract,
      answers: [.json(type, .map(.any))]
    ) { _ in .json(json()) }
  }

  private func schemas(_ family: PublishedSchema.Family, _ schemas: [PublishedSchema]) -> Route {
    let folder = "\(PublishedSchema.folder)/\(family.rawValue)s"
    return Route(
      .get, PathTemplate("\(folder)/{schema}"), "The JSON Schema of one version of one \(family).",
      permission: .readContract, parameters: [Self.schema],
      answers: [.json("JSONSchema", .map(.any)), .problem(.notFound)]
    ) { call in
      let file = call[Self.schema]
      guard let schema = schemas.first(where: { $0.file == file }) else {
        throw Problem.notFound(
          "There is no schema \(file) of \(family)s; \(PublishedSchema.folder) lists all."
        )
      }
      return .json(schema.served)
    }
  }

  private var pages: [Route] {
    [
      page("/contract", "The contract as a page.") { _ in ContractPage(routes: all).page },
      page("/problems", "All types of problems.") { _ in ProblemPages.list },
      page(
        "/problems/{problem}", "What a problem means and what to do.", [Self.problem],
        [.page, Answer(.notFound, "Page", mediaType: "text/html")]
      ) { call in
        guard let problem = ProblemCatalogue.problem(call[Self.problem]) else {
          throw Problem.notFound(
            "There is no problem \(call[Self.problem].prefix(80)); /problems lists all.")
        }
        return ProblemPages.page(of: problem)
      },
    ]
  }

  private func page(
    _ path: PathTemplate, _ summary: String, _ parameters: [any DeclaredParameter] = [],
    _ answers: [Answer] = [.page], page: @escaping @Sendable (Call) throws -> Page
  ) -> Route {
    Route(
      .get, path, summary, kind: .page(navigation: nil), permission: .readContract,
      parameters: parameters, answers: answers
    ) { .page(try page($0)) }
  }
}
