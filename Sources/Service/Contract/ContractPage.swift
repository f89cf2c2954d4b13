// The contract for people: every route with its permission, its parameters and its answers.

import HTML
import Projections
import Routing

struct ContractPage {
  var routes: [Route]

  var page: Page {
    let documents = [OpenAPI.path, AsyncAPI.path, PublishedSchema.folder, "/problems"]
    let links = documents.map { "<li>\(link($0, $0))</li>" as HTML }
    return Page(
      title: "Contract",
      body: """
        <h1>Contract</h1>
        <p>What the service is asked and what it answers. The same for programs:</p>
        <ul>
        \(HTML(joining: links))
        </ul>
        \(table("interface", "Interface", routes.filter { $0.kind == .api }))
        \(table("pages", "Pages", routes.filter { $0.kind != .api }))
        """)
  }

  private func table(_ id: String, _ title: String, _ routes: [Route]) -> HTML {
    tableSection(
      id, title, routes,
      [
        Column("Request", .id, isHeader: true) { "\($0.method.rawValue) \($0.path)" },
        Column("What for", .text) { "\($0.summary)" },
        Column("Permission", .id) { "\($0.permission?.rawValue ?? "none")" },
        Column("Where") { $0.access == .socketOnly ? "socket" : "socket, loopback" },
        Column("Parameters", .text) { Self.parameters($0) },
        Column("Answers", .text) { "\(Self.answers($0))" },
      ])
  }

  private static func parameters(_ route: Route) -> HTML? {
    let items = route.parameters.map(\.declaration).map { parameter -> HTML in
      let need: HTML? = parameter.isRequired ? " (required)" : nil
      return "<li>\(parameter.name)\(need): \(parameter.expectation)</li>"
    }
    return items.isEmpty ? nil : "<ul>\n\(HTML(joining: items))\n</ul>"
  }

  private static func answers(_ route: Route) -> String {
    route.answers.sorted { $0.status < $1.status }
      .map { [("\($0.status.rawValue)"), $0.type].filter { !$0.isEmpty }.joined(separator: " ") }
      .joined(separator: ", ")
  }
}
