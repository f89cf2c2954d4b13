// The endpoint and the page of a tenant's shop.

import EventSourcing
import HTML
import JSON
import Projecting
import Routing

struct IntegrationRoutes {
  var models: any ReadModelReader

  private static let permission = RoutePermission.readIntegration

  var all: [Route] { [one, page] }

  private var one: Route {
    Route(
      .get, "/v1/integration", "The tenant's shop: its status and its last sync.", tenant: .query,
      reads: [Integrations.name], permission: Self.permission,
      answers: [.json("Integration", .row(ShopRow.self)), .problem(.notFound)]
    ) { [models] call in
      let shop = try models.read(Integrations.self) {
        try Integrations.shop(of: call.tenant, in: $0)
      }
      guard let shop else {
        throw Problem.notFound("The tenant \(call.tenant) never had a shop.")
      }
      return .json(shop.json)
    }
  }

  private var page: Route {
    models.page(
      of: Integrations.self, "/tenants/{tenant}/integration",
      "The tenant's shop: its status, its last sync, its webhooks.", navigation: "Integration",
      permission: Self.permission
    ) { _, tenant, database in
      let shop = try Integrations.shop(of: tenant.id, in: database)
      let none: HTML = "<p>No shop was ever connected. The command ConnectShop does.</p>"
      return Page(
        title: "Integration of \(tenant.name)",
        body: """
          <h1>Integration of \(tenant.name)</h1>
          \(shop.map(\.content) ?? none)
          """)
    }
  }
}

extension ShopRow {
  fileprivate var content: HTML {
    let scopes = scopes.value.elements?.compactMap(\.string) ?? []
    let facts: [(String, HTML?)] = [
      ("Shop", "\(shopDomain)"), ("Status", badge(isConnected ? "executed" : "failed", status)),
      (
        "Disconnected (UTC)",
        disconnectedAt.map { "\(time($0))\(reason.map { ", \($0)" } ?? "")" }
      ),
      ("Installed (UTC)", time(installedAt)), ("API version", "\(apiVersion)"),
      ("Scopes", "\(scopes.isEmpty ? "none" : scopes.joined(separator: ", "))"),
      ("Last sync (UTC)", lastSync.map(\.words) ?? "never"),
    ]
    return "\(factList(facts))\n\(endpoints)"
  }

  private var endpoints: HTML {
    let endpoints = webhookEndpoints.value.elements ?? []
    if endpoints.isEmpty { return "<p>The shop sends no webhooks.</p>" }
    return tableSection(
      "webhooks", "Webhooks", endpoints,
      [
        Column("Topic", isHeader: true) { "\($0["topic"]?.string ?? "")" },
        Column("Endpoint", .text) { "\($0["endpoint"]?.string ?? "")" },
        Column("Status") {
          let status = $0["status"]?.string ?? ""
          return badge(status == "active" ? "executed" : "failed", status)
        },
      ])
  }
}

extension ShopRow.Sync {
  fileprivate var words: HTML {
    """
    \(time(completedAt)), \(type == "full_sync" ? "full" : type), \
    \(grouped(processed)) processed, \(grouped(failed)) failed
    """
  }
}
