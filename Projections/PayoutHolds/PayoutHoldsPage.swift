// The payouts of a tenant that are kept back, the next to go first.

public import EventSourcing
public import HTML
public import SQLite

/// The page of a tenant's payout holds.
public enum PayoutHoldsPage {
  public static let pageLength = 100

  public static func render(tenant: TenantID, from database: Database) throws -> Page {
    let holds = try PayoutHolds.applied(tenant: tenant, limit: pageLength + 1, in: database)
    return Page(
      title: "Payout holds of \(tenant)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/refunds">All refunds</a></nav>
        <h1>Payout holds of \(tenant)</h1>
        \(table(holds))
        """)
  }

  private static func table(_ holds: [PayoutHoldRow]) -> HTML {
    if holds.isEmpty { return "<p>No payout is kept back.</p>" }
    let rows = holds.prefix(pageLength).map { hold -> HTML in
      """
      <tr><th scope="row" class="id">\(hold.holdID)</th>\
      <td class="number">\(money(hold.amount, hold.currency))</td>\
      <td><time datetime="\(hold.expiresAt)">\(clock(hold.expiresAt))</time></td>\
      <td class="id">\(hold.orderID)</td><td class="id">\(hold.caseID)</td>\
      <td class="id">\(hold.appliedBy)</td><td class="text">\(hold.reason)</td></tr>
      """
    }
    let more: HTML =
      holds.count > pageLength ? "<p>The first \(pageLength) of more.</p>" : ""
    return """
      <section class="holds"><h2 id="holds">Kept back</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="holds"><table>
      <thead><tr><th scope="col">Hold</th><th scope="col" class="number">Amount</th>\
      <th scope="col">Until (UTC)</th><th scope="col">Order</th><th scope="col">Case</th>\
      <th scope="col">By</th><th scope="col">Reason</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      \(more)</section>
      """
  }
}
