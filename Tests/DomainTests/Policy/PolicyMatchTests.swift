// P1: which rule of a policy matches.

import Domain
import EventSourcing
import Events
import Testing

struct PolicyMatchTests {
  @Test func `the first rule that matches wins, else the default action`() {
    func decision(_ rules: [PolicyRule]) -> PolicyDecision {
      PolicyTests.policy(rules).decision(for: PolicyTests.facts)
    }
    let one = PolicyTests.rule("one", [PolicyTests.number(.amount, .lte, 600)])
    let two = PolicyTests.rule("two", [PolicyTests.text(.productType, .eq, "lamps")])
    let never = PolicyTests.rule("never", [PolicyTests.number(.amount, .lt, 600)])
    #expect(decision([one, two]).ruleID == "one")
    #expect(decision([two, one]).ruleID == "two")
    #expect(decision([never, two, one]).ruleID == "two")
    #expect(
      decision([never])
        == PolicyDecision(action: PolicyTests.restocked, facts: PolicyTests.facts, unknown: []))
  }

  @Test func `all conditions of a rule must hold`() {
    let both = [PolicyTests.number(.amount, .eq, 600), PolicyTests.text(.sku, .eq, "L-1")]
    let half = [PolicyTests.number(.amount, .eq, 600), PolicyTests.text(.sku, .eq, "L-2")]
    #expect(
      PolicyTests.policy([PolicyTests.rule("r", both)]).decision(for: PolicyTests.facts).ruleID
        == "r")
    #expect(
      PolicyTests.policy([PolicyTests.rule("r", half)]).decision(for: PolicyTests.facts).ruleID
        == nil)
  }

  @Test(arguments: [
    (PolicyOperator.eq, [false, true, false]), (.in, [false, true, false]),
    (.lt, [true, false, false]), (.lte, [true, true, false]), (.gt, [false, false, true]),
    (.gte, [false, true, true]),
  ])
  func `a number compares as its operator says`(compare: PolicyOperator, expected: [Bool]) {
    for (field, fact) in [
      (PolicyField.daysSincePurchase, 14), (.daysSinceDelivery, 11), (.amount, 600),
    ] {
      // The fact is one below, the same, one above what it is compared with.
      let matches = [fact + 1, fact, fact - 1].map { number in
        PolicyTests.policy([PolicyTests.rule("r", [PolicyTests.number(field, compare, number)])])
          .decision(for: PolicyTests.facts).ruleID == "r"
      }
      #expect(matches == expected, "\(field)")
    }
  }

  @Test func `a text compares with one or with any, and so do the texts of a customer`() {
    let known: [(PolicyField, String)] = [
      (.productType, "lamps"), (.sku, "L-1"), (.reasonCode, "damaged_in_transit"),
      (.condition, "broken"), (.customerTag, "vip"),
    ]
    for (field, fact) in known {
      func matches(_ condition: PolicyCondition) -> Bool {
        PolicyTests.policy([PolicyTests.rule("r", [condition])]).decision(for: PolicyTests.facts)
          .ruleID == "r"
      }
      #expect(matches(PolicyTests.text(field, .eq, fact)), "\(field)")
      #expect(!matches(PolicyTests.text(field, .eq, fact + "x")), "\(field)")
      #expect(matches(PolicyTests.text(field, .in, "else", fact)), "\(field)")
      #expect(!matches(PolicyTests.text(field, .in, "else", fact + "x")), "\(field)")
    }
  }

  @Test func `a rule about a reason is about everything under it`() {
    var facts = PolicyTests.facts
    facts.reasonCodes = ["defective", "quality"]
    let policy = PolicyTests.policy([
      PolicyTests.rule("r", [PolicyTests.text(.reasonCode, .eq, "quality")])
    ])
    #expect(policy.decision(for: facts).ruleID == "r")
    #expect(policy.decision(for: PolicyTests.facts).ruleID == nil)
  }

  @Test(arguments: [PolicyField.daysSinceDelivery, .productType, .sku, .condition, .amount])
  func `P1: a condition on an unknown fact does not hold, which is recorded`(field: PolicyField) {
    let condition =
      [.daysSinceDelivery, .amount].contains(field)
      ? PolicyTests.number(field, .gte, 0) : PolicyTests.text(field, .in, "lamps", "L-1", "broken")
    let policy = PolicyTests.policy([PolicyTests.rule("r", [condition])])
    #expect(policy.decision(for: PolicyTests.facts).ruleID == "r")
    let facts = PolicyFacts(daysSincePurchase: 14, reasonCodes: ["other"], customerTags: [])
    let decision = policy.decision(for: facts)
    #expect(decision.ruleID == nil)
    #expect(decision.unknown == [field])
    // What comes after a condition that does not hold is not looked at.
    let hidden = PolicyTests.policy([
      PolicyTests.rule("r", [PolicyTests.number(.daysSincePurchase, .lt, 0), condition])
    ])
    #expect(hidden.decision(for: facts).unknown == [])
  }
}
