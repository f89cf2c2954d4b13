// How the rules of a policy stood to one item (P1): each condition against the fact that the
// decision recorded. The rules are tried as the decision tried them, by the same function.

import Domain
import Events

/// The rows of one decision's table: rule, result, condition, fact.
struct PolicyTrials {
  private let facts: PolicyFacts
  private(set) var rows: [[ExplanationReport.Value]] = []

  init(of facts: PolicyFacts) { self.facts = facts }

  mutating func add(_ policy: Policy) {
    var isDecided = false
    for rule in policy.rules {
      let name = rule.ruleID.rawValue
      guard !isDecided else {
        rows.append([.text(name), .text("not tried"), .none, .none])
        continue
      }
      if let obstacle = rule.obstacle(for: facts) {
        add(name, obstacle.isUnknown ? "fact not known" : "does not hold", obstacle.condition)
      } else {
        isDecided = true
        for condition in rule.conditions { add(name, "holds", condition) }
      }
    }
    addDefault(isDecided)
  }

  /// Like ``add(_:)``, with every condition of every rule, also of those that were not tried.
  mutating func addWithAllConditions(_ policy: Policy) {
    var isDecided = false
    for rule in policy.rules {
      let name = rule.ruleID.rawValue
      let obstacle = isDecided ? nil : rule.obstacle(for: facts)
      var result = isDecided ? "not tried" : "holds"
      for condition in rule.conditions {
        if result == "holds", let obstacle, obstacle.condition == condition {
          add(name, obstacle.isUnknown ? "fact not known" : "does not hold", condition)
          // A rule is left at the first condition that does not hold.
          result = "not tried"
        } else {
          add(name, result, condition)
        }
      }
      isDecided = isDecided || obstacle == nil
    }
    addDefault(isDecided)
  }

  private mutating func addDefault(_ isDecided: Bool) {
    rows.append([.text("default action"), .text(isDecided ? "not tried" : "applies"), .none, .none])
  }

  /// For a policy whose definition is not in the history: the decision alone.
  mutating func addUnknown(_ decision: PolicyDecision) {
    rows.append([
      .text(decision.ruleID?.rawValue ?? "default action"),
      .text("applies; the policy's definition is not in the history"), .none, .none,
    ])
  }

  private mutating func add(_ rule: String, _ result: String, _ condition: PolicyCondition) {
    rows.append([
      .text(rule), .text(result), .text(condition.words), .text(facts.words(about: condition.fact)),
    ])
  }
}

extension ExplanationReport.Section {
  /// Which rule decided on a line, and why those before it did not: the first match wins.
  static func policy(
    of line: ReturnLine, of recorded: RecordedEvent, under reference: PolicyReference,
    in currency: CurrencyCode?, _ add: (inout PolicyTrials) -> Void
  ) -> Self {
    let by = line.decision.ruleID.map { "rule \($0)" } ?? "the default action"
    var trials = PolicyTrials(of: line.decision.facts)
    add(&trials)
    return Self(
      "policy",
      "Line \(line.lineID), \(line.quantity) × \(line.title), reason \(line.reason.code): "
        + "\(by) of policy \(reference.policyID) version \(reference.version), "
        + line.decision.action.words(in: currency),
      at: recorded.position, ["lineId", "rule", "result", "condition", "fact"],
      trials.rows.map { [.text(line.lineID)] + $0 })
  }
}

extension PolicyCondition {
  fileprivate var words: String {
    let values = numbers.map { $0.map { "\($0)" } } ?? texts ?? []
    return "\(fact.rawValue) \(`operator`.rawValue) \(values.joined(separator: ", "))"
  }
}

extension PolicyFacts {
  /// - Returns: `nil` where the fact was not known.
  fileprivate func words(about field: PolicyField) -> String? {
    switch field {
    case .daysSincePurchase: "\(daysSincePurchase)"
    case .daysSinceDelivery: daysSinceDelivery.map { "\($0)" }
    case .amount: amount.map { "\($0)" }
    case .productType: productType
    case .sku: sku
    case .condition: condition
    case .reasonCode: reasonCodes.joined(separator: ", ")
    case .customerTag: customerTags.isEmpty ? "none" : customerTags.joined(separator: ", ")
    }
  }
}

extension PolicyAction {
  func words(in currency: CurrencyCode?) -> String {
    let parts: [String?] = [
      eligible ? "eligible" : "not eligible",
      restockingFee.map { "restocking fee \($0) basis points" },
      shippingFee.map { "shipping fee \(EventWords(currency: currency).money($0))" },
      autoApprove == true ? "approved by policy" : nil,
      returnMethod.map { "method \($0.rawValue)" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}
