// The overview of a tenant's returns, and the page of one return.

import EventSourcing
import HTML
import Projecting
import SQLite

/// The overview of a tenant's returns: totals by status and by day, and the returns, newest first,
/// optionally by the beginning of the customer's e-mail address.
struct ReturnsPage {
  var tenant: TenantRow
  /// Only returns in this status; all when `nil`.
  var status: String?
  /// Only returns of customers whose e-mail address begins with this text.
  var email: String?
  /// Only returns requested before this position.
  var before: Int?

  private static let dayCount = 14

  func render(from database: Database) throws -> Page {
    let totals = try Totals.rows(tenant: tenant.id, in: database)
    let days = try Returns.days(tenant: tenant.id, limit: Self.dayCount, in: database)
    let returns = try Returns.returns(
      tenant: tenant.id, statuses: status.map { [$0] } ?? [], email: email, before: before,
      limit: PageParameters.pageLength, in: database)
    return Page(
      title: "Returns of \(tenant.name)",
      body: """
        <h1>Returns of \(tenant.name)</h1>
        \(Totals.section(totals, by: Returns.statuses, of: "Return"))
        \(tableSection("days", "By day of request (UTC)", days, dayColumns))
        \(listSection(
          "Returns", of: heading, isWhole: heading == nil && before == nil, returns, columns,
          filter: [("status", status), ("email", email)], search: search))
        """)
  }

  private let dayColumns: [Column<ReturnDayRow>] = [
    Column("Day", isHeader: true) { "<time datetime=\"\($0.day)\">\($0.day)</time>" },
    Column("Returns", .number) { "\(grouped($0.count))" },
    Column("Estimated", .number) { "\(money($0.amount, $0.currency))" },
  ]

  private var heading: String? {
    email.map { "Returns of \($0)" } ?? status.map { "Returns \(statusLabel($0))" }
  }

  private var search: HTML {
    """
    <form role="search" method="get" action="#all"><label for="email">E-mail address, or how it \
    begins</label> <input type="search" id="email" name="email" value="\(email ?? "")" \
    maxlength="254" autocomplete="off"> <button>Find returns</button></form>
    """
  }

  private var columns: [Column<ReturnRow>] {
    [
      Column("Return", .id, isHeader: true) { [tenant] in
        link("/tenants/\(tenant.tenant)/returns/\($0.returnID)", $0.returnID)
      },
      Column("Status") { statusBadge($0.status) }, Column("Customer", .id) { "\($0.customerID)" },
      Column("Order", .id) { "\($0.orderID)" },
      Column("Amount", .number) { "\(money($0.amount, $0.currency))" },
      Column("Money") { "\($0.moneyLabel)" }, Column("Requested (UTC)") { time($0.requestedAt) },
    ]
  }
}

extension ReturnRow {
  /// The state of the return's refund, in words.
  var moneyLabel: String {
    switch (money, refundStatus) {
    case ("refund", let status): "refund \(statusLabel(status ?? "pending"))"
    case ("store_credit", _): "store credit"
    case (_, let status?): "refund \(statusLabel(status))"
    default: resolution == "refund" ? "refund due" : "not due"
    }
  }
}

extension WholeReturn {
  /// The page of the return: what it is about, what came of its lines, what the customer gets, and
  /// everything that happened to it.
  func page(_ tenant: TenantID) -> Page {
    Page(
      title: "Return \(row.returnID)",
      body: """
        \(breadcrumb("/tenants/\(tenant)/returns", "All returns"))
        <h1>Return \(row.returnID)</h1>
        <p>\(statusBadge(row.status)) <strong>\(money(row.amount, row.currency))</strong></p>
        \(factsSection(facts(tenant)))
        \(customerWords.map(wordsSection))
        \(tableSection("lines", "Lines", lines, lineColumns))
        \(Timeline.section(timeline, currency: row.currency))
        """)
  }

  private func facts(_ tenant: TenantID) -> [(String, HTML?)] {
    let refund: HTML? = row.refundID.map { id in
      let name = link("/tenants/\(tenant)/refunds/\(id)", id)
      return "\(name) \(statusLabel(row.refundStatus ?? "pending"))"
    }
    let shipping = joined(row.carrier, row.trackingNumber, with: " ")
    let policy = row.policySnapshot
    return [
      ("Order", link("/tenants/\(tenant)/explain/order/\(row.orderID)", row.orderID)),
      ("Case", link("/tenants/\(tenant)/cases/\(row.caseID)", row.caseID)),
      ("Customer", link("/tenants/\(tenant)/customers/\(row.customerID)", row.customerID)),
      ("Channel", "\(row.channel)"), ("Method", "\(spacedWords(row.returnMethod))"),
      (
        "How it came about",
        link("/tenants/\(tenant)/explain/return/\(row.returnID)", "From the log")
      ),
      (
        "Policy",
        link(
          "/tenants/\(tenant)/explain/policy/\(row.returnID)",
          "\(policy.policyID), version \(policy.version)")
      ),
      ("Approval", policy.autoApprove ? "by the policy" : "by a person"),
      ("Estimated", "\(money(row.estimatedRefund, row.currency))"),
      ("Final", row.finalRefund.map { "\(money($0, row.currency))" }),
      ("Money", "\(row.moneyLabel)"), ("Refund", refund),
      ("Requested by", "\(row.submittedBy)"), ("Processed by", row.processedBy.map { "\($0)" }),
      (
        "To be shipped by (UTC)",
        row.status == "approved" ? row.expiresAt.map { "\(clock($0))" } : nil
      ),
      ("Shipped with", shipping.isEmpty ? nil : "\(shipping)"), ("Note", row.note.map { "\($0)" }),
    ]
  }

  private func wordsSection(_ words: String) -> HTML {
    let paragraphs = words.split(separator: "\n").map { "<p>\($0)</p>" as HTML }
    return section(
      "customer", "In the customer's words",
      "<div class=\"words\">\n\(HTML(joining: paragraphs))\n</div>")
  }

  private var lineColumns: [Column<ReturnLineRow>] {
    [
      Column("Item", .id, isHeader: true) { "\(joined($0.title, $0.variantTitle))" },
      Column("Units", .number) { "\(grouped($0.quantity))" },
      Column("Unit price", .number) { "\(money($0.unitPrice, row.currency))" },
      Column("Reason, condition, words", .text) {
        "\(joined(spacedWords($0.reason.code), $0.condition, $0.reason.description))"
      },
      Column("Came", .id) { "\(came($0.received, of: $0.quantity, reception: $0.reception))" },
      Column("Accepted", .id) { line in
        let units = accepted(line.accepted, acceptance: line.acceptance)
        return "\(joined(units, line.disposition.map(spacedWords), line.note))"
      },
      Column("Policy rule", .id) { "\($0.ruleID ?? "default")" },
    ]
  }
}
