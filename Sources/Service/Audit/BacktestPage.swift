// What a back-test found, as a page: sums by currency, rule, reason and customer group, the
// outcomes with links to their explanations, and what could not be replayed. A table of many rows
// shows the first of them; the JSON has all.

import Audit
import EventSourcing
import Events
import HTML
import JSON
import Projections
import Routing

struct BacktestPage {
  var tenant: TenantID
  var form: BacktestForm
  /// `nil` where nothing was tried yet.
  var report: BacktestReport?

  private static let rowsMax = 100

  var page: Page {
    Page(
      title: "Back-test of \(tenant)",
      body: """
        \(breadcrumb("/tenants/\(tenant)/policies", "Policies"))
        <h1>Back-test of \(tenant)</h1>
        \(report.map(result))
        \(form.section)
        """)
  }

  private func result(_ report: BacktestReport) -> HTML {
    let parts: [HTML?] = [
      section(
        "change", "What was changed",
        "<p><code>\(String(decoding: report.change.json, as: UTF8.self))</code></p>"),
      totals(report), decisions(report), outcomes(report), notReplayed(report),
      "<p>\(grouped(report.eventCount)) events were replayed. Nothing was written.</p>",
    ]
    return HTML(joining: parts.compactMap(\.self))
  }

  private func totals(_ report: BacktestReport) -> HTML {
    guard !report.outcomes.isEmpty else {
      return section(
        "total", "What goes otherwise", "<p>Nothing would have been decided otherwise.</p>")
    }
    // Of one tenant, the total says the same.
    let breakdowns = report.breakdowns.filter { $0.property != .tenant }
    return HTML(joining: breakdowns.map(totals))
  }

  private func totals(_ breakdown: Breakdown) -> HTML {
    let rest = breakdown.rows.count - Self.rowsMax
    let rows = breakdown.rows.prefix(Self.rowsMax)
    let columns =
      (breakdown.property.column.map { [$0] } ?? []) + [
        Column<Breakdown.Row>("Currency") { "\($0.currency)" }
      ] + tallies("refused now", \.refused) + tallies("allowed now", \.allowed)
      + tallies("another amount", \.amount)
    let id = breakdown.property.rawValue
    return section(
      id, breakdown.property.title, table(id, rows, columns), rest > 0 ? more(rest) : nil)
  }

  private func tallies(
    _ words: String, _ tally: @escaping (Breakdown.Row) -> Breakdown.Tally
  ) -> [Column<Breakdown.Row>] {
    [
      Column("\(words.prefix(1).uppercased() + words.dropFirst())", .number) {
        "\(grouped(tally($0).count))"
      },
      Column("Amount", .number) { "\(money(tally($0).sum, $0.currency.rawValue))" },
    ]
  }

  private func decisions(_ report: BacktestReport) -> HTML {
    typealias Row = (key: String, value: DecisionCounts)
    return tableSection(
      "decisions", "What was decided again", report.decisions.sorted { $0.key < $1.key },
      [
        Column<Row>("Command", isHeader: true) { "\($0.key)" },
        Column<Row>("Allowed then", .number) { "\(grouped($0.value.allowed))" },
        Column<Row>("Refused then", .number) { "\(grouped($0.value.refused))" },
        Column<Row>("After a refusal", .number) { "\(grouped($0.value.followed))" },
      ], none: "No decision of the history depends on this change.")
  }

  private func outcomes(_ report: BacktestReport) -> HTML? {
    guard !report.outcomes.isEmpty else { return nil }
    let rest = report.outcomes.count - Self.rowsMax
    return section(
      "outcomes", "Each matter that goes otherwise",
      table(
        "outcomes", report.outcomes.prefix(Self.rowsMax),
        [
          Column("Matter", .id, isHeader: true) { [tenant] in
            link("/tenants/\(tenant)/explain/\($0.stream)", "\($0.stream)")
          },
          Column("Decided at", .number) { [tenant] in
            link("/tenants/\(tenant)/explain/position/\($0.position)", "\($0.position)")
          },
          Column("Goes otherwise", .text) { "\($0.words)" },
          Column("Amount", .number) { "\(money($0.parts.amount, $0.currency.rawValue))" },
          Column("Reason", .text) { "\($0.reason)" },
          Column("Customers", .id) { "\($0.customerGroup)" },
        ]), rest > 0 ? more(rest) : nil)
  }

  private func notReplayed(_ report: BacktestReport) -> HTML {
    typealias Row = (what: NotReplayed, count: Int)
    return tableSection(
      "not-replayed", "What could not be decided again", report.sortedNotReplayed,
      [
        Column<Row>("Command", isHeader: true) { "\($0.what.commandType)" },
        Column<Row>("Refused as") { $0.what.refusal.map { "\($0)" } },
        Column<Row>("Decisions", .number) { "\(grouped($0.count))" },
        Column<Row>("Because", .text) { "\($0.what.because)" },
      ], none: "Every decision could be.")
  }

  private func more(_ count: Int) -> HTML { "<p>And \(grouped(count)) more; the JSON has all.</p>" }
}

extension Breakdown.Property {
  fileprivate var title: String {
    switch self {
    case .total: "What goes otherwise"
    case .tenant: "By tenant"
    case .rule: "By rule"
    case .reason: "By reason"
    case .customerGroup: "By customer group"
    }
  }

  /// `nil` where there is one row for each currency.
  fileprivate var column: Column<Breakdown.Row>? {
    switch self {
    case .total: nil
    case .tenant: Column("Tenant", .id, isHeader: true) { row in row.tenant.map { "\($0)" } }
    case .rule: Column("Rule", .id, isHeader: true) { "\($0.value)" }
    case .reason: Column("Reason", .text, isHeader: true) { "\($0.value)" }
    case .customerGroup: Column("Customers", .id, isHeader: true) { "\($0.value)" }
    }
  }
}

extension ChangedOutcome {
  fileprivate var words: String {
    switch effect {
    case .refused(let rule, let reason): "allowed then, refused now: \(rule) \(reason)"
    case .allowed(let rule, let reason): "refused then, allowed now: \(rule) \(reason)"
    case .amount: "another amount"
    }
  }
}
