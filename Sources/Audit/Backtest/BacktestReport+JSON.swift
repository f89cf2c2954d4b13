// The report of a back-test for programs, as one JSON object. Amounts are whole minor units.

import EventSourcing
public import JSON

extension BacktestReport {
  /// The same content as the text and the page, with all rows.
  public var json: JSONValue {
    .object([
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
  }
}

extension BacktestReport {
  /// By command and refusal.
  public var sortedNotReplayed: [(what: NotReplayed, count: Int)] {
    notReplayed.map { (what: $0.key, count: $0.value) }.sorted { a, b in
      let (a, b) = (a.what, b.what)
      return (a.commandType, a.refusal ?? "", a.because)
        < (b.commandType, b.refusal ?? "", b.because)
    }
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
}

extension ChangedOutcome {
  /// The name of the effect, the change of the amount, and the rule.
  public var parts: (effect: String, amount: Int, rule: String?, code: String?) {
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
}
