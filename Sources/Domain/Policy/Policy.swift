// A tenant's policies about returns (rule book, Policy): rules with conditions that must all hold,
// of which the first match wins, and a default action. What must always hold:
//
// - a policy's version counts from 1, and its SHA-256 is that of its canonical JSON, so that a
//   decision that names both names exactly these rules (P1);
// - a condition on an unknown fact does not hold, and the decision says so.

import Cryptography
public import Events

// MARK: P1: a decision records the policy's id, version and SHA-256 and the facts it used

extension Policy {
  /// The SHA-256 of the canonical JSON: `jq -cj .data.policy | sha256sum` says the same.
  public var sha256: ContentDigest {
    var bytes: [UInt8] = []
    writeJSON(to: &bytes)
    return ContentDigest(unchecked: SHA256.hash(bytes).description)
  }

  public var reference: PolicyReference {
    PolicyReference(policyID: policyID, version: version, sha256: sha256)
  }

  /// The action for an item of which these facts are known: the first rule's that matches.
  public func decision(for facts: PolicyFacts) -> PolicyDecision {
    var unknown: Set<PolicyField> = []
    for rule in rules {
      guard let obstacle = rule.obstacle(for: facts) else {
        return PolicyDecision(
          ruleID: rule.ruleID, action: rule.action, facts: facts, unknown: unknown.inOrder)
      }
      if obstacle.isUnknown { unknown.insert(obstacle.condition.fact) }
    }
    return PolicyDecision(action: defaultAction, facts: facts, unknown: unknown.inOrder)
  }
}

extension PolicyRule {
  /// The first condition that does not hold for an item; `nil` where the rule matches.
  ///
  /// - Returns: the condition, and whether that is because its fact is not known.
  public func obstacle(
    for facts: PolicyFacts
  ) -> (condition: PolicyCondition, isUnknown: Bool)? {
    for condition in conditions {
      let holds = condition.holds(for: facts)
      if holds != true { return (condition, isUnknown: holds == nil) }
    }
    return nil
  }
}

extension Set<PolicyField> {
  fileprivate var inOrder: [PolicyField] { PolicyField.allCases.filter(contains) }
}

extension PolicyCondition {
  /// - Returns: `nil` where the fact is not known.
  func holds(for facts: PolicyFacts) -> Bool? {
    switch fact {
    case .daysSincePurchase: holds(for: facts.daysSincePurchase)
    case .daysSinceDelivery: facts.daysSinceDelivery.map { holds(for: $0) }
    case .amount: facts.amount.map { holds(for: $0) }
    case .productType: facts.productType.map { holds(for: [$0]) }
    case .sku: facts.sku.map { holds(for: [$0]) }
    case .condition: facts.condition.map { holds(for: [$0]) }
    case .reasonCode: holds(for: facts.reasonCodes)
    case .customerTag: holds(for: facts.customerTags)
    }
  }

  func holds(for fact: Int) -> Bool {
    let numbers = numbers ?? []
    switch `operator` {
    case .eq, .in: return numbers.contains(fact)
    case .lt: return numbers.allSatisfy { fact < $0 }
    case .lte: return numbers.allSatisfy { fact <= $0 }
    case .gt: return numbers.allSatisfy { fact > $0 }
    case .gte: return numbers.allSatisfy { fact >= $0 }
    }
  }

  /// Whether any of an item's texts is one of the condition's.
  private func holds(for facts: [String]) -> Bool {
    !Set(facts).isDisjoint(with: texts ?? [])
  }
}

// MARK: P2: a return keeps the policy it was requested under

extension Facts {
  /// The policy that a return is requested under. The return records its reference and its decision
  /// on each line; later decisions look at these only, not at the policy as it is then.
  func policyOfReturns() throws(ReturnRejection) -> Policy {
    guard let policy = tenant.policy else { throw .eligibility(.noActivePolicy) }
    return policy
  }
}

/// A policy with its hash, as it was defined.
struct DefinedPolicy: Codable, Equatable, Sendable {
  var policy: Policy
  var sha256: ContentDigest

  var reference: PolicyReference {
    PolicyReference(policyID: policy.policyID, version: policy.version, sha256: sha256)
  }
}
