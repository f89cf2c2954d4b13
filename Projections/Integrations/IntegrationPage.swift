// How a tenant stands with its shop.

public import EventSourcing
public import HTML
public import SQLite

/// The page of a tenant's integration.
public enum IntegrationPage {
  public static func render(tenant: TenantID, from database: Database) throws -> Page {
    let shop = try Integrations.shop(of: tenant, in: database)
    return Page(
      title: "Integration of \(tenant)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/refunds">All refunds</a></nav>
        <h1>Integration of \(tenant)</h1>
        \(shop.map(content) ?? "<p>No shop was ever connected. The command ConnectShop does.</p>")
        """)
  }

  private static func content(_ shop: ShopRow) -> HTML {
    """
    <dl>
    <div><dt>Shop</dt><dd>\(shop.shopDomain)</dd></div>
    <div><dt>Status</dt><dd><span class="status \(shop.isConnected ? "executed" : "failed")">\
    \(shop.status)</span></dd></div>
    \(ending(shop))\
    <div><dt>Installed (UTC)</dt><dd>\(time(shop.installedAt))</dd></div>
    <div><dt>API version</dt><dd>\(shop.apiVersion)</dd></div>
    <div><dt>Scopes</dt><dd>\(shop.scopes.isEmpty ? "none" : shop.scopes.joined(separator: ", "))\
    </dd></div>
    \(sync(shop.lastSync))\
    </dl>
    \(endpoints(shop.webhookEndpoints))
    """
  }

  private static func ending(_ shop: ShopRow) -> HTML {
    guard let end = shop.disconnectedAt else { return "" }
    return """
      <div><dt>Disconnected (UTC)</dt><dd>\(time(end))\(shop.reason.map { ", \($0)" } ?? "")</dd></div>

      """
  }

  private static func sync(_ sync: ShopRow.Sync?) -> HTML {
    guard let sync else {
      return """
        <div><dt>Last sync</dt><dd>never</dd></div>

        """
    }
    return """
      <div><dt>Last sync (UTC)</dt><dd>\(time(sync.completedAt)), \
      \(sync.type == "full_sync" ? "full" : sync.type), \(grouped(sync.processed)) processed, \
      \(grouped(sync.failed)) failed</dd></div>

      """
  }

  private static func time(_ time: String) -> HTML {
    "<time datetime=\"\(time)\">\(clock(time))</time>"
  }

  private static func endpoints(_ endpoints: [ShopRow.Endpoint]) -> HTML {
    if endpoints.isEmpty { return "<p>The shop sends no webhooks.</p>" }
    let rows = endpoints.map { endpoint -> HTML in
      """
      <tr><th scope="row">\(endpoint.topic)</th>\
      <td class="text">\(endpoint.endpoint)</td>\
      <td><span class="status \(endpoint.status == "active" ? "executed" : "failed")">\
      \(endpoint.status)</span></td></tr>
      """
    }
    return """
      <section><h2 id="webhooks">Webhooks</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="webhooks"><table>
      <thead><tr><th scope="col">Topic</th><th scope="col">Endpoint</th>\
      <th scope="col">Status</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }
}
