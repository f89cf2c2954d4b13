// One refund: what it is about, where it stands, and everything that happened to it.

import Domain
public import EventSourcing
public import Events
public import HTML
public import SQLite

/// The page of one refund.
public enum RefundPage {
  /// - Returns: `nil` where the tenant has no such refund.
  public static func render(
    _ id: RefundID, tenant: TenantID, from database: Database
  ) throws -> Page? {
    guard let refund = try RefundQueue.refund(id, tenant: tenant, in: database) else { return nil }
    let timeline = try RefundQueue.timeline(of: id, tenant: tenant, in: database)
    let derivation = try RefundQueue.derivation(of: id, tenant: tenant, in: database)
    return Page(
      title: "Refund \(id)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/refunds">All refunds</a></nav>
        <h1>Refund \(id)</h1>
        <p>\(statusBadge(refund.status)) \
        <strong>\(money(refund.amount, refund.currency))</strong></p>
        \(facts(refund, tenant))
        \(table(derivation, currency: refund.currency))
        \(TimelineTable.render(timeline, currency: refund.currency))
        """)
  }

  private static func facts(_ refund: RefundRow, _ tenant: TenantID) -> HTML {
    let facts: [(String, String?)] = [
      ("Order", refund.orderID), ("Case", refund.caseID), ("Customer", refund.customerID),
      ("Reason", refund.reason), ("Note", refund.note),
      ("Requested", money(refund.requestedAmount, refund.currency)),
      ("Requested by", refund.requestedBy),
      ("Approved", refund.approvedAmount.map { money($0, refund.currency) }),
      ("Approved by", refund.approvedBy),
      ("Delivered", refund.deliveryDate.map { "\($0)" } ?? "not known"),
      (
        "Last day for approval",
        refund.lastDay.map { "\($0)" }
          ?? (refund.deliveryDate == nil
            ? "none, as long as no delivery is known" : "none: its return was requested in time")
      ),
      ("Return requested", refund.returnRequestedOn.map { "\($0)" }),
      ("Attempts to pay", refund.attempt > 0 ? "\(refund.attempt)" : nil),
      ("Settlement reference", refund.settlementReference),
    ]
    var rows = facts.compactMap { name, value -> HTML? in
      value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
    }
    if let id = refund.returnID {
      rows.append(
        """
        <div><dt>Return</dt><dd><a href="/tenants/\(tenant)/returns/\(id)">\(id)</a></dd></div>
        """)
    }
    return """
      <section class="facts"><h2 id="facts">Facts</h2>
      <dl>
      \(HTML(joining: rows))
      </dl></section>
      """
  }
}
