// The overview of a tenant's refunds, and the page of one refund.

import Domain
import EventSourcing
import Events
import HTML
import Projecting
import SQLite

/// The overview of a tenant's refunds: totals by status, approvable refunds with their last day,
/// and all refunds, newest first.
struct RefundsPage {
  var tenant: TenantRow
  /// Only refunds in this status; all when `nil`.
  var status: String?
  /// Only refunds requested before this position.
  var before: Int?
  /// The same for the list of approvable refunds.
  var approvableBefore: Int?

  func render(at now: Timestamp, from database: Database) throws -> Page {
    let limit = PageParameters.pageLength
    let today = try tenant.day(of: now)
    let approvable = try RefundQueue.approvable(
      tenant: tenant.id, today: today, before: approvableBefore, limit: limit, in: database)
    let refunds = try database.newest(
      RefundRow.self, tenant: tenant.tenant, ["status": status], before: before, limit: limit)
    let totals = try Totals.rows(tenant: tenant.id, in: database)
    return Page(
      title: "Refunds of \(tenant.name)",
      body: """
        <h1>Refunds of \(tenant.name)</h1>
        \(Totals.section(totals, by: RefundQueue.statuses, of: "Refund"))
        \(approvableSection(approvable, today))
        \(allSection(refunds))
        """)
  }

  private func approvableSection(_ refunds: RowSlice<RefundRow>, _ today: CalendarDate) -> HTML {
    let (id, title) = ("approvable", "Can still be approved")
    if refunds.rows.isEmpty {
      return section(
        id, title,
        "<p>Nothing is waiting for approval inside its return window on \(today).</p>")
    }
    let columns: [Column<RefundRow>] =
      [name, customer, order, amount("Requested") { money($0.amount, $0.currency) }] + [
        Column("Last day") { "\($0.lastDay ?? "–")" },
        Column("Left") { "\($0.daysLeft(on: today))" },
      ]
    return section(
      id, title, "<p>On \(today), newest first.</p>", table(id, refunds.rows, columns),
      older(refunds, by: "approvableBefore", filter: [("status", status)], anchor: id))
  }

  private func allSection(_ refunds: RowSlice<RefundRow>) -> HTML {
    let columns: [Column<RefundRow>] =
      [name, Column("Status") { $0.badges }, customer, order]
      + [amount("Amount") { $0.amountLabel }, Column("Requested (UTC)") { time($0.requestedAt) }]
    return listSection(
      "Refunds", of: status.map { "Refunds \(statusLabel($0))" },
      isWhole: status == nil && before == nil, refunds, columns, filter: [("status", status)])
  }

  private var name: Column<RefundRow> {
    Column("Refund", .id, isHeader: true) { [tenant] in
      link("/tenants/\(tenant.tenant)/refunds/\($0.refundID)", $0.refundID)
    }
  }

  private let customer = Column<RefundRow>("Customer", .id) { "\($0.customerID)" }
  private let order = Column<RefundRow>("Order", .id) { "\($0.orderID)" }

  private func amount(
    _ title: HTML, _ text: @escaping (RefundRow) -> String
  ) -> Column<RefundRow> {
    Column(title, .number) { "\(text($0))" }
  }
}

extension RefundRow {
  /// The status, and what came back of what was paid.
  fileprivate var badges: HTML {
    if returnedAmount == 0 { return statusBadge(status) }
    let words = "\(money(returnedAmount, currency)) came back"
    return "\(statusBadge(status)), \(badge(Refund.Leg.State.returned.rawValue, words))"
  }

  /// The amount; where less was paid than was approved, with what was approved.
  fileprivate var amountLabel: String {
    let amount = money(amount, currency)
    guard let approvedAmount, self.amount < approvedAmount else { return amount }
    return "\(amount) of \(money(approvedAmount, currency))"
  }

  fileprivate func daysLeft(on today: CalendarDate) -> String {
    // Its return was requested in time (R4).
    guard let lastDay = lastDay.flatMap({ CalendarDate($0) }) else { return "no limit" }
    switch lastDay.daysSince1970 - today.daysSince1970 {
    case 0: return "today only"
    case 1: return "1 day"
    case let days: return "\(days) days"
    }
  }
}

/// The page of one refund: its subject, its state, its legs and its timeline.
enum RefundPage {
  /// - Returns: `nil` if the tenant has no such refund.
  static func render(_ id: RefundID, tenant: TenantID, from database: Database) throws -> Page? {
    guard let refund = try RefundQueue.refund(id, tenant: tenant, in: database) else { return nil }
    let legs = try RefundQueue.legs(of: id, tenant: tenant, in: database)
    let derivation = try RefundQueue.derivation(of: id, tenant: tenant, in: database)
    let timeline = try Timeline.rows(of: id, tenant: tenant, in: database)
    return Page(
      title: "Refund \(id)",
      body: """
        \(breadcrumb("/tenants/\(tenant)/refunds", "All refunds"))
        <h1>Refund \(id)</h1>
        <p>\(refund.badges) <strong>\(refund.amountLabel)</strong></p>
        \(factsSection(facts(refund, tenant)))
        \(section(legs, currency: refund.currency))
        \(section(derivation, currency: refund.currency))
        \(Timeline.section(timeline, currency: refund.currency))
        """)
  }

  private static func facts(_ refund: RefundRow, _ tenant: TenantID) -> [(String, HTML?)] {
    let noLastDay =
      refund.deliveryDate == nil
      ? "none, as long as no delivery is known" : "none: its return was requested in time"
    return [
      ("Order", link("/tenants/\(tenant)/explain/order/\(refund.orderID)", refund.orderID)),
      ("Case", link("/tenants/\(tenant)/cases/\(refund.caseID)", refund.caseID)),
      ("Customer", link("/tenants/\(tenant)/customers/\(refund.customerID)", refund.customerID)),
      ("Reason", "\(refund.reason)"), ("Note", refund.note.map { "\($0)" }),
      ("Requested", "\(money(refund.requestedAmount, refund.currency))"),
      ("Requested by", "\(refund.requestedBy)"),
      ("Approved", refund.approvedAmount.map { "\(money($0, refund.currency))" }),
      ("Approved by", refund.approvedBy.map { "\($0)" }),
      ("Delivered", "\(refund.deliveryDate ?? "not known")"),
      ("Last day for approval", "\(refund.lastDay ?? noLastDay)"),
      ("Return requested", refund.returnRequestedOn.map { "\($0)" }),
      ("Attempts to pay", refund.attempt > 0 ? "\(refund.attempt)" : nil),
      (
        "Paid back",
        refund.executedAmount > 0 ? "\(money(refund.executedAmount, refund.currency))" : nil
      ),
      ("Return", refund.returnID.map { link("/tenants/\(tenant)/returns/\($0)", $0) }),
      (
        "How it came about",
        link("/tenants/\(tenant)/explain/refund/\(refund.refundID)", "From the log")
      ),
      ("Receipt", link("/v1/receipts/\(refund.refundID)?tenant=\(tenant)", "Events with proofs")),
    ]
  }

  private static func section(_ legs: [RefundLegRow], currency: String) -> HTML {
    let columns: [Column<RefundLegRow>] = [
      Column("Payment", .id, isHeader: true) { "\($0.paymentID)" },
      Column("Provider") { $0.provider.map { "\($0)" } },
      Column("Amount", .number) { "\($0.amountLabel(currency))" },
      Column("Attempt", .number) { "\($0.attempt)" },
      Column("State") { badge($0.state, $0.stateLabel) },
      Column("Reference", .id) {
        ($0.settlementReference ?? $0.providerReference).map { "\($0)" }
      },
      Column("Why", .text) { $0.reason.map { "\($0)" } },
    ]
    return tableSection("legs", "What goes back by each payment", legs, columns)
  }

  private static func section(_ derivation: [DerivationRow], currency: String) -> HTML {
    let (id, title) = ("derivation", "How the amount came about")
    let columns: [Column<DerivationRow>] = [
      Column("What") { "\($0.what)" }, Column("Calculation", .number) { "\($0.calculation)" },
      Column("Rounding") { "\($0.rounding)" },
      Column("Amount", .number) { $0.amount.map { "\(money($0, currency))" } },
    ]
    return Projections.section(
      id, title,
      table(id, derivation, columns) { $0.amount == nil ? "\($0.what)" : nil })
  }
}

extension RefundLegRow {
  /// The state in words.
  fileprivate var stateLabel: String {
    switch Refund.Leg.State(rawValue: state) {
    case .unknown: "of unknown outcome"
    case .returned: "came back"
    default: spacedWords(state)
    }
  }

  /// The amount, with what the provider settled in another currency.
  fileprivate func amountLabel(_ currency: String) -> String {
    let amount = money(amount, currency)
    guard let settled else { return amount }
    return "\(amount), as \(money(settled.amount, settled.currency)) at \(settled.rate)"
  }
}
