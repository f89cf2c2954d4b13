// Policies about returns (rule book, Policy, P1): versions and their hash, and rules that are no
// good.

import Domain
import EventSourcing
import Events
import Testing

struct PolicyTests {
  static let late = rule(
    "late", [number(.daysSinceDelivery, .gt, 30)], PolicyAction(eligible: false))
  static let faulty = rule(
    "faulty",
    [
      PolicyCondition(
        fact: .reasonCode, operator: .in, texts: ["defective", "damaged_in_transit"]),
      number(.amount, .lte, 1000),
    ], PolicyAction(eligible: true, autoApprove: true, returnMethod: .prepaidLabel))
  static let restocked = PolicyAction(eligible: true, restockingFee: 1000, shippingFee: 39)

  static func rule(
    _ id: PolicyRuleID, _ conditions: [PolicyCondition],
    _ action: PolicyAction = PolicyAction(eligible: true)
  ) -> PolicyRule { PolicyRule(ruleID: id, conditions: conditions, action: action) }

  static func number(
    _ field: PolicyField, _ compare: PolicyOperator, _ numbers: Int...
  ) -> PolicyCondition { PolicyCondition(fact: field, operator: compare, numbers: numbers) }

  static func text(
    _ field: PolicyField, _ compare: PolicyOperator, _ texts: String...
  ) -> PolicyCondition { PolicyCondition(fact: field, operator: compare, texts: texts) }

  static func policy(
    _ rules: [PolicyRule] = [late, faulty], version: Int = 1, id: PolicyID = "standard"
  ) -> Policy {
    Policy(policyID: id, version: version, name: "Standard", rules: rules, defaultAction: restocked)
  }

  static func define(
    _ rules: [PolicyRule] = [late, faulty], id: PolicyID = "standard", active: Bool? = true
  ) -> Command {
    .definePolicy(
      DefinePolicy(
        policyID: id, name: "Standard", rules: rules, defaultAction: restocked, active: active))
  }

  static func defined(_ policy: Policy = policy(), active: Bool = true) -> Event {
    .policyDefined(PolicyDefined(policy: policy, sha256: policy.sha256, active: active))
  }

  static func activated(_ policy: Policy) -> Event {
    .policyActivated(PolicyActivated(policy: policy.reference))
  }

  static func deactivated(_ policy: Policy) -> Event {
    .policyDeactivated(PolicyDeactivated(policy: policy.reference))
  }

  static let facts = PolicyFacts(
    daysSincePurchase: 14, daysSinceDelivery: 11, productType: "lamps", sku: "L-1",
    reasonCodes: ["damaged_in_transit"], condition: "broken", amount: 600, customerTags: ["vip"])

  // MARK: Versions

  @Test(.accepts("P1")) func `P1: each definition is a new version with its own hash`() {
    let second = Self.policy([Self.faulty], version: 2)
    let story = given(acme()).when(Self.define()).then([Self.defined()])
    #expect(story.tenant.policy == Self.policy())
    let changed = story.when(Self.define([Self.faulty], active: nil)).then([Self.defined(second)])
    #expect(changed.tenant.policy == second)
    #expect(second.sha256 != Self.policy().sha256)
    story.when(Self.define()).thenUnchanged()
  }

  @Test func `P1: the hash is that of the canonical JSON, the same for ever`() {
    let policy = Policy(
      policyID: "standard", version: 1, name: "Standard", rules: [],
      defaultAction: PolicyAction(eligible: true))
    // printf %s '{"policyId":…,"defaultAction":{"eligible":true}}' | sha256sum
    #expect(
      policy.sha256
        == ContentDigest(
          unchecked: "dc87cb5696fbdec35bc307d6208c08c4e73be61f9f34fde5a63fe140b9ea9ce4"))
  }

  @Test(.refuses("P1"))
  func `a history in which a policy has another hash or version is not believed`() {
    let policy = Self.policy()
    let forged = PolicyDefined(
      policy: policy, sha256: Self.policy([]).sha256, active: true)
    HistoryTests.refused(.policyDefined(forged), after: acme())
    HistoryTests.refused(Self.defined(Self.policy(version: 2)), after: acme())
    HistoryTests.refused(Self.defined(), after: acme() + [Self.defined()])
    HistoryTests.refused(Self.activated(policy), after: acme())
    HistoryTests.refused(Self.activated(policy), after: acme() + [Self.defined()])
    HistoryTests.refused(Self.deactivated(policy), after: acme() + [Self.defined(active: false)])
    HistoryTests.refused(
      Self.defined(Self.policy(id: "other")), after: acme() + [Self.defined()])
  }

  @Test func `one policy is active at most`() {
    let other = Self.policy(id: "other")
    let story = given(acme(), [Self.defined()])
    let both = story.when(Self.define(id: "other")).then([
      Self.deactivated(Self.policy()), Self.defined(other),
    ])
    let back = both.when(.activatePolicy(ActivatePolicy(policyID: "standard"))).then([
      Self.deactivated(other), Self.activated(Self.policy()),
    ])
    back.when(.activatePolicy(ActivatePolicy(policyID: "standard"))).thenUnchanged()
    let none = back.when(.deactivatePolicy(DeactivatePolicy(policyID: "standard")))
      .then([Self.deactivated(Self.policy())])
    #expect(none.tenant.policy == nil)
    none.when(.deactivatePolicy(DeactivatePolicy(policyID: "standard"))).thenUnchanged()
    // Defining it as it is, but active, needs no new version; and the other way round.
    none.when(Self.define()).then([Self.activated(Self.policy())])
    story.when(Self.define(active: false)).then([Self.deactivated(Self.policy())])
    // A new version of a policy that is not active is not active either.
    none.when(Self.define([], active: nil)).then([
      Self.defined(Self.policy([], version: 2), active: false)
    ])
  }

  @Test func `a policy that was never defined is neither activated nor deactivated`() {
    given(acme()).when(.activatePolicy(ActivatePolicy(policyID: "standard")))
      .thenRejected(PolicyRejection.unknownPolicy("standard"))
    given(acme()).when(.deactivatePolicy(DeactivatePolicy(policyID: "standard")))
      .thenRejected(PolicyRejection.unknownPolicy("standard"))
  }

  // MARK: Rules that are no good

  static let flaws: [([PolicyRule], Int, PolicyFlaw)] = [
    ([late, late], 1, .ruleNamedTwice(first: 0)),
    ([late, faulty, rule("late", [number(.amount, .eq, 1)])], 2, .ruleNamedTwice(first: 0)),
    ([rule("r", [])], 0, .noConditions),
    (
      [late, rule("r", [number(.amount, .eq, 1), text(.sku, .lt, "A")])], 1,
      .operatorDoesNotFit(condition: 1, .sku, .lt)
    ),
    (
      [rule("r", [text(.customerTag, .gte, "vip")])], 0,
      .operatorDoesNotFit(condition: 0, .customerTag, .gte)
    ),
    (
      [rule("r", [text(.amount, .eq, "600")])], 0, .textsForNumbers(condition: 0, .amount)
    ),
    ([rule("r", [number(.sku, .eq, 600)])], 0, .numbersForTexts(condition: 0, .sku)),
    (
      [rule("r", [text(.sku, .in)])], 0, .nothingToCompareWith(condition: 0, .sku, .in)
    ),
    (
      [late, rule("r", [PolicyCondition(fact: .amount, operator: .lte)])], 1,
      .nothingToCompareWith(condition: 0, .amount, .lte)
    ),
    (
      [rule("r", [number(.amount, .lt, 1, 2)])], 0,
      .severalToCompareWith(condition: 0, .amount, .lt, count: 2)
    ),
    (
      [rule("r", [text(.sku, .eq, "A", "B")])], 0,
      .severalToCompareWith(condition: 0, .sku, .eq, count: 2)
    ),
    (
      [late, rule("r", [number(.amount, .eq, 1), text(.reasonCode, .in, "size", "sise")])], 1,
      .unknownReason(
        condition: 1, "sise", known: Tenant().returnSettings.reasons.map(\.code))
    ),
    (
      [rule("r", [number(.amount, .eq, 1)], PolicyAction(eligible: false, autoApprove: true))], 0,
      .approvesWhatIsNotEligible
    ),
    (
      [rule("r", [number(.amount, .lt, 5), number(.amount, .gt, 10)])], 0, .neverHolds(.amount)
    ),
    ([rule("r", [number(.amount, .lt, 5), number(.amount, .gt, 4)])], 0, .neverHolds(.amount)),
    ([rule("r", [number(.amount, .lt, 0)])], 0, .neverHolds(.amount)),
    (
      [rule("r", [number(.daysSinceDelivery, .in, 1, 9), number(.daysSinceDelivery, .gte, 10)])],
      0, .neverHolds(.daysSinceDelivery)
    ),
    (
      [rule("r", [text(.sku, .in, "A", "B"), text(.sku, .eq, "C")])], 0, .neverHolds(.sku)
    ),
    (
      [late, faulty, rule("r", late.conditions + [number(.amount, .gt, 9)])], 2,
      .neverReached(after: 0)
    ),
    ([late, rule("again", late.conditions)], 1, .neverReached(after: 0)),
    // Wherever the second holds, the first does.
    (
      [rule("a", [number(.amount, .lt, 10)]), rule("b", [number(.amount, .lt, 5)])], 1,
      .neverReached(after: 0)
    ),
    (
      [rule("a", [text(.sku, .in, "A", "B")]), rule("b", [text(.sku, .eq, "A")])], 1,
      .neverReached(after: 0)
    ),
    ([rule("r", [number(.daysSinceDelivery, .lt, 0)])], 0, .neverHolds(.daysSinceDelivery)),
    ([rule("r", [number(.amount, .gt, 9_007_199_254_740_991)])], 0, .neverHolds(.amount)),
  ]

  /// What only looks like a contradiction.
  @Test(arguments: [
    [rule("r", [number(.amount, .lt, 5), number(.amount, .gt, 3)])],
    [rule("r", [number(.amount, .lte, 5), number(.amount, .gte, 5), number(.amount, .eq, 5)])],
    [rule("r", [text(.sku, .in, "A", "B"), text(.sku, .in, "B", "C")])],
    [rule("r", [text(.customerTag, .eq, "vip"), text(.customerTag, .eq, "new")])],
    [rule("r", [text(.reasonCode, .eq, "size"), text(.reasonCode, .eq, "defective")])],
    [rule("r", late.conditions + [number(.amount, .gt, 9)]), late],
    [rule("a", [number(.amount, .lt, 5)]), rule("b", [number(.amount, .lt, 10)])],
    [rule("a", [number(.amount, .lt, 5)]), rule("b", [text(.sku, .eq, "A")])],
    [rule("a", [text(.sku, .eq, "A")]), rule("b", [text(.sku, .in, "A", "B")])],
  ])
  func `a rule that something matches is no bad one`(rules: [PolicyRule]) {
    given(acme()).when(Self.define(rules)).happens()
  }

  @Test(arguments: flaws)
  func `a bad rule is refused with its index and the reason`(
    rules: [PolicyRule], index: Int, flaw: PolicyFlaw
  ) {
    let rejection = PolicyRejection.badRule(index, rules[index].ruleID, flaw)
    given(acme()).when(Self.define(rules)).thenRejected(rejection)
    #expect(rejection.detail.hasPrefix("rules[\(index)] (\(rules[index].ruleID)): "))
    #expect(rejection.facts.first == Fact(name: "index", value: "\(index)"))
  }

  @Test func `a bad default action is refused, too`() {
    let command = DefinePolicy(
      policyID: "standard", name: "Standard", rules: [],
      defaultAction: PolicyAction(eligible: false, autoApprove: true))
    given(acme()).when(.definePolicy(command))
      .thenRejected(PolicyRejection.badDefaultAction(.approvesWhatIsNotEligible))
  }
}
