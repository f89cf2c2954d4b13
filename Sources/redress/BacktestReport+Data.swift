// The report of a back-test for programs: as one JSON object, and as comma-separated rows (RFC
// 4180) whose first column says what the row is about. Amounts are whole minor units.

import Audit
import EventSourcing
import JSON

extension BacktestReport {
  var json: String {
    let value = JSONValue.object([
      .init("build", .string(build)), .init("chain", .string("\(chain)")),
      .init("commits", .integer(Int64(commitCount))), .init("events", .integer(Int64(eventCount))),
      .init("from", from.map { .string("\($0)") } ?? .null),
      .init("to", to.map { .string("\($0)") } ?? .null), .init("change", change),
      .init("tenants", .array(tenants.map(\.json))),
      .init(
        "decisions",
        .array(decisions.sorted { $0.key < $1.key }.map { $0.value.json(of: $0.key) })),
      .init(
        "totals",
        .object(
          breakdowns.map { .init($0.property.rawValue, .array($0.rows.map(\.json))) })),
      .init("outcomes", .array(outcomes.map(\.json))),
      .init(
        "notReplayed",
        .array(
          sortedNotReplayed.map { what, count in
            .object([
              .init("command", .string(what.commandType)),
              .init("refusal", what.refusal.map(JSONValue.string) ?? .null),
              .init("count", .integer(Int64(count))), .init("reason", .string(what.because)),
            ])
          })), .init("unfinishedWrite", .bool(hasUnfinishedWrite)),
    ])
    return String(decoding: value.json, as: UTF8.self) + "\n"
  }

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

extension DecisionCounts {
  fileprivate func json(of commandType: String) -> JSONValue {
    .object([
      .init("command", .string(commandType)), .init("allowed", .integer(Int64(allowed))),
      .init("refused", .integer(Int64(refused))), .init("followed", .integer(Int64(followed))),
    ])
  }
}

extension Breakdown.Row {
  fileprivate var json: JSONValue {
    func json(_ tally: Breakdown.Tally) -> JSONValue {
      .object([
        .init("count", .integer(Int64(tally.count))), .init("amount", .integer(Int64(tally.sum))),
      ])
    }
    return .object([
      .init("tenant", tenant.map { .string("\($0)") } ?? .null),
      .init("currency", .string("\(currency)")), .init("value", .string(value)),
      .init("refusedNow", json(refused)),
      .init("allowedNow", json(allowed)), .init("otherAmount", json(amount)),
    ])
  }

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
  /// The name of the effect, the change of the amount, and the rule.
  private var parts: (effect: String, amount: Int, rule: String?, code: String?) {
    switch effect {
    case .refused(let rule, let reason): ("refusedNow", amount, rule, reason)
    case .allowed(let rule, let reason): ("allowedNow", amount, rule, reason)
    case .amount(let difference): ("otherAmount", difference, nil, nil)
    }
  }

  fileprivate var json: JSONValue {
    let (effect, change, rule, code) = parts
    return .object([
      .init("tenant", .string("\(tenant)")), .init("position", .integer(Int64(position.value))),
      .init("stream", .string("\(stream)")), .init("command", .string(commandType)),
      .init("effect", .string(effect)), .init("rule", rule.map(JSONValue.string) ?? .null),
      .init("refusal", code.map(JSONValue.string) ?? .null),
      .init("currency", .string("\(currency)")), .init("amount", .integer(Int64(change))),
      .init("reason", .string(reason)),
      .init("customerTags", .array(customerTags.map(JSONValue.string))),
    ])
  }

  fileprivate var csv: [String] {
    let (effect, change, rule, code) = parts
    let text = [commandType, rule, code].compactMap(\.self).joined(separator: " ")
    return [
      "outcome", "\(tenant)", "\(currency)", "\(stream)", effect, "1", "\(change)", "\(position)",
      "\(text): \(reason); \(customerGroup)",
    ]
  }
}
