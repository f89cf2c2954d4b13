// The endpoint and the page of a tenant's policies.

import EventSourcing
import HTML
import JSON
import Projecting
import Routing
import SQLite

struct PolicyRoutes {
  var models: any ReadModelReader

  private static let permission = RoutePermission.readPolicies

  var all: [Route] { [list, page] }

  private var list: Route {
    Route(
      .get, "/v1/policies", "The tenant's policies in their newest version.", tenant: .query,
      reads: [Policies.name], permission: Self.permission,
      answers: [
        .json("Policies", .object(["policies": .rows(PolicyRow.self)]))
      ]
    ) { [models] call in
      let policies = try models.read(Policies.self) {
        try Policies.all(tenant: call.tenant, limit: PageParameters.limitMax, in: $0)
      }
      return .object(["policies": .array(policies)])
    }
  }

  private var page: Route {
    models.page(
      of: Policies.self, "/tenants/{tenant}/policies",
      "The tenant's policies, with a form to try changes on its history.", navigation: "Policies",
      permission: Self.permission
    ) { _, tenant, database in
      let policies = try Policies.all(
        tenant: tenant.id, limit: PageParameters.limitMax, in: database)
      return Page(
        title: "Policies of \(tenant.name)",
        body: """
          <h1>Policies of \(tenant.name)</h1>
          \(HTML(joining: try policies.isEmpty ? [Self.none] : policies.map { try $0.content }))
          \(BacktestForm(tenant: tenant.tenant, policies: policies.map(\.policyID)).section)
          """)
    }
  }

  private static let none: HTML =
    "<p>There is none yet, so that no return can be requested. DefinePolicy defines one.</p>"
}
