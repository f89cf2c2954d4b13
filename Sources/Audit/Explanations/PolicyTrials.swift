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
