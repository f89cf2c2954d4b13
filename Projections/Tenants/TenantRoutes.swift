// The front page: the list of tenants, or the pages of the only tenant.

import HTML
import Projecting
import Routing

struct TenantRoutes {
  var models: any ReadModelReader

  var all: [Route] {
    [
      Route(
        .get, "/", "The tenants.", kind: .page(navigation: nil), permission: .readTenants,
        answers: [.page, Answer(.seeOther, "", mediaType: "")]
      ) { [models] call in
        let tenants = try models.read(Tenants.self) { try Tenants.all(in: $0) }
          .filter { call.principal.grant.tenants.contains($0.id) }
        if tenants.count == 1 { return .redirect(to: Self.home(of: tenants[0])) }
        return .page(Self.page(tenants))
      }
    ]
  }

  private static func home(of tenant: TenantRow) -> String { "/tenants/\(tenant.tenant)/refunds" }

  private static func page(_ tenants: [TenantRow]) -> Page {
    let links = tenants.map { "<li>\(link(home(of: $0), $0.tenant))</li>" as HTML }
    let list: HTML =
      tenants.isEmpty
      ? "<p>There is no tenant yet. The command RegisterTenant registers one.</p>"
      : "<ul>\n\(HTML(joining: links))\n</ul>"
    return Page(title: "Tenants", body: "<h1>Tenants</h1>\n\(list)")
  }
}
