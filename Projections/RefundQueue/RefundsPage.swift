// The overview of a tenant's refunds: what they come to by status, what can still be approved and
// until when, and all of them, newest first.

import Domain
public import EventSourcing
public import HTML
public import SQLite

/// What the overview shows.
public struct RefundsPage: Sendable {
  public var tenant: TenantID
  /// The tenant's day that "still" is about.
  public var today: CalendarDate
  /// Only refunds in this status; all when `nil`.
  public var status: String?
  /// Only refunds requested before this position.
  public var before: Int?
  /// The same for the list of what can still be approved.
  public var approvableBefore: Int?

  public static let pageLength = 25

  public init(
    tenant: TenantID, today: CalendarDate, status: String? = nil, before: Int? = nil,
    approvableBefore: Int? = nil
  ) {
    self.tenant = tenant
    self.today = today
    self.status = status
    self.before = before
    self.approvableBefore = approvableBefore
  }

  public func render(from database: Database) throws -> Page {
    let totals = try RefundQueue.totals(tenant: tenant, in: database)
    let approvable = try RefundQueue.approvable(
      tenant: tenant, today: today, before: approvableBefore, limit: Self.pageLength + 1,
      in: database)
    let refunds = try RefundQueue.refunds(
      tenant: tenant, status: status, before: before, limit: Self.pageLength + 1, in: database)
    let name = try RefundQueue.tenant(tenant, in: database)?.name ?? tenant.rawValue
    return Page(
      title: "Refunds of \(name)",
      body: """
        <h1>Refunds of \(name)</h1>
        <p><a href="/tenants/\(tenant)/cases">Cases</a> · \
        <a href="/tenants/\(tenant)/returns">Returns</a> · \
        <a href="/tenants/\(tenant)/holds">Payout holds</a> · \
        <a href="/tenants/\(tenant)/integration">Integration</a></p>
        \(totalsTable(totals, by: RefundQueue.statuses, of: "Refund"))
        \(approvableTable(approvable))
        \(refundsTable(refunds))
        """)
  }

  // MARK: What can still be approved

  private func approvableTable(_ refunds: [RefundRow]) -> HTML {
    if refunds.isEmpty {
      return """
        <section class="approvable"><h2 id="approvable">Can still be approved</h2>
        <p>Nothing is waiting for approval inside its return window on \(today).</p></section>
        """
    }
    let rows = refunds.prefix(Self.pageLength).map { refund -> HTML in
      """
      <tr><th scope="row" class="id">\(link(to: refund))</th>\
      <td class="id">\(refund.customerID)</td><td class="id">\(refund.orderID)</td>\
      <td class="number">\(money(refund.amount, refund.currency))</td>\
      <td>\(refund.lastDay.map { "\($0)" } ?? "–")</td><td>\(daysLeft(refund))</td></tr>
      """
    }
    return """
      <section class="approvable"><h2 id="approvable">Can still be approved</h2>
      <p>On \(today), newest first.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="approvable"><table>
      <thead><tr><th scope="col">Refund</th><th scope="col">Customer</th><th scope="col">Order</th>\
      <th scope="col" class="number">Requested</th><th scope="col">Last day</th>\
      <th scope="col">Left</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      \(nextLink(refunds, parameter: "approvableBefore", anchor: "approvable", of: "what can be approved"))</section>
      """
  }

  private func daysLeft(_ refund: RefundRow) -> String {
    // Its return was requested in time (R4).
    guard let lastDay = refund.lastDay else { return "no limit" }
    switch lastDay.daysSince1970 - today.daysSince1970 {
    case 0: return "today only"
    case 1: return "1 day"
    case let days: return "\(days) days"
    }
  }

  // MARK: All

  private func refundsTable(_ refunds: [RefundRow]) -> HTML {
    let heading = status.map { "Refunds \(statusLabel($0))" } ?? "All refunds"
    let rows = refunds.prefix(Self.pageLength).map { refund -> HTML in
      """
      <tr><th scope="row" class="id">\(link(to: refund))</th>\
      <td>\(statusBadge(refund.status))</td>\
      <td class="id">\(refund.customerID)</td><td class="id">\(refund.orderID)</td>\
      <td class="number">\(money(refund.amount, refund.currency))</td>\
      <td>\(clock(refund.requestedAt))</td></tr>
      """
    }
    let table: HTML =
      refunds.isEmpty
      ? "<p>There is none.</p>"
      : """
      <div class="scroll" tabindex="0" role="region" aria-labelledby="all"><table>
      <thead><tr><th scope="col">Refund</th><th scope="col">Status</th>\
      <th scope="col">Customer</th><th scope="col">Order</th>\
      <th scope="col" class="number">Amount</th><th scope="col">Requested (UTC)</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      """
    let all: HTML? =
      status == nil && before == nil
      ? nil : #"<p><a href="?#all">All refunds, newest first</a></p>"#
    return """
      <section class="all"><h2 id="all">\(heading)</h2>
      \(all)
      \(table)
      \(nextLink(refunds, parameter: "before", anchor: "all", of: "the refunds"))</section>
      """
  }

  private func link(to refund: RefundRow) -> HTML {
    """
    <a href="/tenants/\(tenant)/refunds/\(refund.refundID)">\(refund.refundID)</a>
    """
  }

  private func nextLink(
    _ refunds: [RefundRow], parameter: String, anchor: String, of what: String
  ) -> HTML? {
    guard refunds.count > Self.pageLength else { return nil }
    let position = refunds[Self.pageLength - 1].position
    let status = status.map { "status=\($0)&" } ?? ""
    return """
      <nav aria-label="Pages of \(what)">\
      <a rel="next" href="?\(status)\(parameter)=\(position)#\(anchor)">Older</a></nav>
      """
  }
}
