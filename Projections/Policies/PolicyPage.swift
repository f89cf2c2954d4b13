// A policy on the page of a tenant's policies: its facts, and its rules in words.

import Events
import HTML
import Projecting

extension PolicyRow {
  private struct Line {
    var rule: String
    var conditions: String
    var action: String
  }

  var content: HTML {
    get throws {
      let policy = try rules()
      let lines =
        policy.rules.map { rule in
          Line(
            rule: rule.ruleID.rawValue,
            conditions: rule.conditions.map(\.words).joined(separator: "; and "),
            action: rule.action.words)
        } + [
          Line(
            rule: "otherwise", conditions: "no rule matches", action: policy.defaultAction.words)
        ]
      let id = "policy-\(policyID)"
      return section(
        id, name,
        factList([
          ("Policy", "\(policyID), version \(version)"),
          ("State", isActive ? badge("executed", "active") : badge("denied", "not active")),
          ("Defined (UTC)", time(definedAt)), ("SHA-256", "\(sha256)"),
        ]),
        Projections.table(
          id, lines,
          [
            Column("Rule", .id, isHeader: true) { "\($0.rule)" },
            Column("Where", .text) { "\($0.conditions)" },
            Column("Action", .text) { "\($0.action)" },
          ]))
    }
  }
}
