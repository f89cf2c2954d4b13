// The report of a back-test as tables for a terminal. A table of many rows shows the first of them;
// json and csv have all.

import Audit
import Domain
import EventSourcing
import Events
import JSON

extension BacktestReport {
  private static let rowsMax = 40

  var text: TerminalText {
    let blocks: [TerminalText] = [
      "changed: \(String(decoding: change.json, as: UTF8.self))", tenantTable, decisionTable,
    ]
    let results = outcomes.isEmpty ? ["nothing would have been decided otherwise"] : tables
    return (blocks + results + [notReplayedList, note, origin]).joined(separator: "\n\n") + "\n"
  }

  private var tenantTable: TerminalText {
    Table(["TENANT", "EVENTS", "EXAMINED", "FROM", "TO"], right: [1]).text(tenants.map(\.cells))
  }

  private var decisionTable: TerminalText {
    Table(["REPLAYED", "ALLOWED THEN", "REFUSED THEN", "AFTER A REFUSAL"], right: [1, 2, 3]).text(
      decisions.sorted { $0.key < $1.key }.map { type, count in
        [type, "\(count.allowed)", "\(count.refused)", "\(count.followed)"]
      })
  }

  private var tables: [TerminalText] {
    // Of one tenant, the total says the same.
    breakdowns.filter { $0.property != .tenant || tenants.count > 1 }.map { breakdown in
      let name = breakdown.property.heading
      let header =
        ["TENANT"] + (name.map { [$0] } ?? [])
        + ["CURRENCY", "REFUSED NOW", "AMOUNT", "ALLOWED NOW", "AMOUNT", "OTHER AMOUNT", "BY"]
      let numbers = header.count - 6..<header.count
      let rows = breakdown.rows.prefix(Self.rowsMax).map { row in
        [row.tenant?.rawValue ?? "all"] + (name.map { _ in [row.value.shortened] } ?? [])
          + row.cells
      }
      let rest = breakdown.rows.count - rows.count
      return Table(header, right: Set(numbers)).text(rows)
        + (rest > 0 ? "\n… and \(rest) more; json and csv have all" : "")
    }
  }

  private var notReplayedList: TerminalText {
    if notReplayed.isEmpty { return "every decision could be replayed" }
    return
      (["not replayed:"]
      + sortedNotReplayed.map { what, count -> TerminalText in
        let refusal = what.refusal.map { " refused as \($0)" } ?? ""
        return "  \(count) \(what.commandType)\(refusal), because \(what.because)"
      }).joined(separator: "\n")
  }

  private var note: TerminalText {
    """
    A refund, or a return with its refund, counts once, at the first step that goes otherwise.
    Nothing was written.
    """
  }

  private var origin: TerminalText {
    """
    \(eventCount) events in \(commitCount) commits replayed\(
      hasUnfinishedWrite ? ", without the unfinished write at the log's end" : "")
    chain \(chain)
    program \(build)
    """
  }
}

extension Breakdown.Property {
  /// `nil` for a tenant alone, and for all.
  fileprivate var heading: String? {
    switch self {
    case .total, .tenant: nil
    case .rule: "RULE"
    case .reason: "REASON"
    case .customerGroup: "CUSTOMERS"
    }
  }
}

extension Breakdown.Row {
  fileprivate var cells: [String] {
    func amount(_ tally: Breakdown.Tally) -> String { Money(tally.sum, currency).digits }
    return [
      currency.rawValue, "\(refused.count)", amount(refused), "\(allowed.count)", amount(allowed),
      "\(self.amount.count)", amount(self.amount),
    ]
  }
}

extension String {
  /// At most 60 characters, so that a reason in many words leaves the table readable.
  fileprivate var shortened: String { count <= 60 ? self : prefix(59) + "…" }
}
