// The events of a customer's cases and refunds, newest first. Two read models hold one part each; a
// request merges them.

import EventSourcing
import Events
import HTML
import Projecting
import SQLite

/// One event of a customer.
struct CustomerEntry: Positioned, TimelineEntry, Hashable {
  static let table = "timeline"
  /// The kind, set by the read model of the entry.
  static let expressions = ["kind": "''"]

  /// `case` or `refund`.
  var kind: String
  var id: String
  var position: Int
  var time: String
  var type: String
  var actor: String
  var amount: Int?
  var note: String?
}

extension ReadModelReader {
  /// The entries of a customer from both read models, newest first.
  ///
  /// - Parameter before: only events before this position, for the next page.
  func timeline(
    of customer: CustomerID, tenant: TenantID, before: Int?, limit: Int
  ) throws -> RowSlice<CustomerEntry> {
    let models: [(String, any ReadModel.Type)] = [
      ("case", CaseBoard.self), ("refund", RefundQueue.self),
    ]
    let entries = try models.flatMap { kind, model in
      let rows = try read(model) {
        try $0.rows(
          CustomerEntry.self,
          """
          WHERE tenant = ? AND customer_id = ? AND position < ? ORDER BY position DESC LIMIT ?
          """, tenant.rawValue, customer.rawValue, before ?? Int.max, limit + 1)
      }
      return rows.map { row in
        var row = row
        row.kind = kind
        return row
      }
    }
    return RowSlice(
      Array(entries.sorted { $0.position > $1.position }.prefix(limit + 1)), limit: limit)
  }
}

/// The page of one customer.
enum CustomerPage {
  static let pageLength = 50

  static func render(
    _ id: CustomerID, tenant: TenantID, cases: [CaseRow], entries: RowSlice<CustomerEntry>
  ) -> Page {
    let links = cases.map { row -> HTML in
      let name = caseLink(row.caseID, row.title, of: tenant.rawValue)
      return "<li>\(name) \(caseStatusBadge(row.status))</li>"
    }
    let list: HTML =
      links.isEmpty ? "<p>There is none.</p>" : "<ul>\n\(HTML(joining: links))\n</ul>"
    return Page(
      title: "Customer \(id)",
      body: """
        \(breadcrumb("/tenants/\(tenant)/cases", "All cases"))
        <h1>Customer \(id)</h1>
        \(section("cases", "Cases", list))
        \(timeline(entries, tenant))
        """)
  }

  private static func timeline(_ entries: RowSlice<CustomerEntry>, _ tenant: TenantID) -> HTML {
    if entries.rows.isEmpty { return "" }
    let about = Column<CustomerEntry>("About", .id) {
      link("/tenants/\(tenant)/\($0.kind)s/\($0.id)", "\($0.kind) \($0.id)")
    }
    return section(
      "timeline", "Timeline",
      table("timeline", entries.rows, Timeline.columns() + [about, Timeline.detail()]),
      older(entries, anchor: "timeline"))
  }
}
