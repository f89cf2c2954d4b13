// Everything that happened in a customer's cases and to their refunds, newest first. Each read
// model tells its own part; they are merged where somebody asks.

public import EventSourcing
public import Events
public import HTML
public import SQLite

/// One thing that happened to a customer.
public struct CustomerEntry: Sendable, Hashable {
  /// `case` or `refund`.
  public var kind: String
  public var id: String
  public var entry: TimelineEntry
}

extension CaseBoard {
  /// What happened in a customer's cases, newest first.
  ///
  /// - Parameter before: only what happened before this position, to get the next page.
  public static func timeline(
    ofCustomer id: CustomerID, tenant: TenantID, before: Int?, limit: Int, in database: Database
  ) throws -> [CustomerEntry] {
    try database.rows(
      """
      SELECT l.case_id, l.position, l.time, l.type, l.actor, l.note
      FROM cases c JOIN case_timeline l ON l.tenant = c.tenant AND l.case_id = c.case_id
      WHERE c.tenant = ? AND c.customer_id = ? AND l.position < ?
      ORDER BY l.position DESC LIMIT ?
      """, tenant.rawValue, id.rawValue, before ?? Int.max, limit,
      row: {
        CustomerEntry(
          kind: "case", id: $0.text(0),
          entry: TimelineEntry(
            position: $0.int(1), time: $0.text(2), type: $0.text(3), actor: $0.text(4),
            amount: nil, note: $0.optionalText(5)))
      })
  }
}

extension RefundQueue {
  /// What happened to a customer's refunds, newest first.
  public static func timeline(
    ofCustomer id: CustomerID, tenant: TenantID, before: Int?, limit: Int, in database: Database
  ) throws -> [CustomerEntry] {
    try database.rows(
      """
      SELECT l.refund_id, l.position, l.time, l.type, l.actor, l.amount, l.note
      FROM refunds r JOIN refund_timeline l ON l.tenant = r.tenant AND l.refund_id = r.refund_id
      WHERE r.tenant = ? AND r.customer_id = ? AND l.position < ?
      ORDER BY l.position DESC LIMIT ?
      """, tenant.rawValue, id.rawValue, before ?? Int.max, limit,
      row: {
        CustomerEntry(
          kind: "refund", id: $0.text(0),
          entry: TimelineEntry(
            position: $0.int(1), time: $0.text(2), type: $0.text(3), actor: $0.text(4),
            amount: $0.optionalInt(5), note: $0.optionalText(6)))
      })
  }
}

extension [CustomerEntry] {
  /// The newest of several read models' parts.
  public static func merged(_ parts: [CustomerEntry]..., limit: Int) -> [CustomerEntry] {
    Array(
      parts.joined().sorted { $0.entry.position > $1.entry.position }.prefix(limit))
  }
}

/// The page of one customer.
public enum CustomerPage {
  public static let pageLength = 50

  /// - Parameter entries: one more than a page has, if there are more.
  public static func render(
    _ id: CustomerID, tenant: TenantID, cases: [CaseRow], entries: [CustomerEntry]
  ) -> Page {
    let links = cases.map { row -> HTML in
      """
      <li><a href="/tenants/\(tenant)/cases/\(row.caseID)">\(row.title) (\(row.caseID))</a> \
      \(caseStatusBadge(row.status))</li>
      """
    }
    let none: HTML = "<p>There is none.</p>"
    let list: HTML = links.isEmpty ? none : "<ul>\n\(HTML(joining: links))\n</ul>"
    return Page(
      title: "Customer \(id)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/cases">All cases</a></nav>
        <h1>Customer \(id)</h1>
        <section class="cases"><h2 id="cases">Cases</h2>
        \(list)</section>
        \(table(entries, tenant))
        """)
  }

  private static func table(_ entries: [CustomerEntry], _ tenant: TenantID) -> HTML {
    if entries.isEmpty { return "" }
    let rows = entries.prefix(pageLength).map { one -> HTML in
      """
      <tr><td class="number">\(grouped(one.entry.position))</td>\
      <td><time datetime="\(one.entry.time)">\(clock(one.entry.time))</time></td>\
      <th scope="row">\(spaced(one.entry.type))</th>\
      <td class="id"><a href="/tenants/\(tenant)/\(one.kind)s/\(one.id)">\(one.kind) \
      \(one.id)</a></td><td class="id">\(one.entry.actor)</td>\
      <td class="text">\(one.entry.note ?? "")</td></tr>
      """
    }
    var older: HTML = ""
    if entries.count > pageLength {
      older = """
        <p><a rel="next" href="?before=\(entries[pageLength - 1].entry.position)">What was before</a></p>
        """
    }
    return """
      <section class="timeline"><h2 id="timeline">Timeline</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="timeline"><table>
      <thead><tr><th scope="col" class="number">Position</th><th scope="col">Time (UTC)</th>\
      <th scope="col">What happened</th><th scope="col">To</th><th scope="col">By</th>\
      <th scope="col">Detail</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      \(older)</section>
      """
  }
}
