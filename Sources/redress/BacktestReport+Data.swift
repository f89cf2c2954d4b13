// The report of a back-test as comma-separated rows (RFC 4180) whose first column says what the row
// is about. Amounts are whole minor units.

import Audit
import EventSourcing
import JSON

extension BacktestReport {
  var csv: String {
    var rows = [
      ["kind", "tenant", "currency", "value", "effect", "count", "amount", "position", "text"]
    ]
    rows.append(["program", "", "", "", "", "", "", "", build])
    rows.append([
      "change", "", "", "", "", "", "", "", String(decoding: change.json, as: UTF8.self),
    ])
    rows += tenants.map {
      [
        "tenant", "\($0.tenant)", "", "", "", "\($0.eventCount)", "",
        $0.examined?.positions.text ?? "", "",
      ]
    }
    for (type, count) in decisions.sorted(by: { $0.key < $1.key }) {
      rows.append(["replayed", "", "", type, "allowed", "\(count.allowed)", "", "", ""])
      rows.append(["replayed", "", "", type, "refused", "\(count.refused)", "", "", ""])
      rows.append(["replayed", "", "", type, "followed", "\(count.followed)", "", "", ""])
    }
    for breakdown in breakdowns {
      rows += breakdown.rows.flatMap { $0.csv("by \(breakdown.property.rawValue)") }
    }
    rows += outcomes.map(\.csv)
    rows += sortedNotReplayed.map { what, count in
      [
        "not replayed", "", "", what.commandType, what.refusal ?? "", "\(count)", "", "",
        what.because,
      ]
    }
    return rows.map(CommaSeparated.row).joined()
  }
}

extension Breakdown.Row {
  fileprivate func csv(_ kind: String) -> [[String]] {
    [("refusedNow", refused), ("allowedNow", allowed), ("otherAmount", amount)].map {
      effect, tally in
      [
        kind, tenant?.rawValue ?? "", "\(currency)", value, effect, "\(tally.count)",
        "\(tally.sum)", "", "",
      ]
    }
  }
}

extension ChangedOutcome {
  fileprivate var csv: [String] {
    let (effect, change, rule, code) = parts
    let text = [commandType, rule, code].compactMap(\.self).joined(separator: " ")
    return [
      "outcome", "\(tenant)", "\(currency)", "\(stream)", effect, "1", "\(change)", "\(position)",
      "\(text): \(reason); \(customerGroup)",
    ]
  }
}
