// P1, P2 and V2: what the policy says of a requested return.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnPolicyTests {
  @Test(.accepts("P1"))
  func `P1: the policy's facts are the order's, the line's, the reason's and the customer's`() {
    let wholesale: [Event] = [
      .customerRegistered(CustomerRegistered(customerID: "cus_5")),
      .customerTagsChanged(CustomerTagsChanged(customerID: "cus_5", tags: ["vip"])),
      ReturnReasonTests.changed(ReturnReasonTests.taxonomy),
    ]
    var line = holders
    line.sku = "H-1"
    line.productType = "holders"
    line.variantTitle = "Large"
    var recorded = orderRecorded
    recorded.lines = [line, lantern]
    let history =
      acme() + [.orderRecorded(recorded), .paymentCaptured(paid)] + delivered() + caseOpened
      + [PolicyTests.defined()] + wholesale
    let story = given(history)
      .when(returning([("1", 2), ("2", 1)], "defective", condition: "broken")).happens()
    let lines = story.requested["ret_1"]?.lines ?? []
    #expect(
      lines.first?.decision.facts
        == PolicyFacts(
          daysSincePurchase: 14, daysSinceDelivery: 11, productType: "holders", sku: "H-1",
          reasonCodes: ["defective", "quality"], condition: "broken", amount: 600 + 407,
          customerTags: ["vip"]))
    #expect(lines.first?.variantTitle == "Large")
    // The lantern's are its own, the amount that of the whole return.
    #expect(lines.last?.decision.facts.sku == nil)
    #expect(lines.last?.decision.facts.amount == 1007)
  }

  @Test(.accepts("P2"), .refuses("P2"))
  func `P2: a return keeps the policy it was requested under`() {
    let lenient = PolicyTests.define([
      PolicyTests.rule("free", [PolicyTests.number(.amount, .gte, 0)])
    ])
    let story = aReturn(in: .received).when(lenient).happens()
    #expect(story.tenant.policy?.version == 2)
    let inspected = story.when(inspecting(found("1"))).then([
      .returnLinesInspected(
        ReturnLinesInspected(
          returnID: "ret_1",
          lines: [InspectedLine(lineID: "1", acceptance: .accepted, quantity: 2)])),
      .returnInspected(ReturnInspected(returnID: "ret_1", finalRefund: ReturnRequestTests.amount)),
    ])
    #expect(inspected.returns["ret_1"]?.header?.policy == PolicyTests.policy().reference)
    // What the newer policy would have given is not believed.
    var free = ReturnRequestTests.amount
    (free.restockingFees, free.shippingFee, free.amount) = ([], nil, free.itemsAmount)
    var decided = story
    #expect(throws: Never.self) {
      try decided.fold(
        .returnLinesInspected(
          ReturnLinesInspected(
            returnID: "ret_1",
            lines: [InspectedLine(lineID: "1", acceptance: .accepted, quantity: 2)])))
    }
    HistoryTests.refused(
      .returnInspected(ReturnInspected(returnID: "ret_1", finalRefund: free)), after: decided)
    #expect(throws: Never.self) {
      try decided.fold(
        .returnInspected(ReturnInspected(returnID: "ret_1", finalRefund: ReturnRequestTests.amount))
      )
    }
  }

  @Test func `P2: what a return says of its policy can be derived again`() {
    let policy = PolicyTests.policy()
    for line in ReturnRequestTests.requested.lines {
      #expect(policy.decision(for: line.decision.facts) == line.decision)
    }
    #expect(policy.sha256 == ReturnRequestTests.requested.policy.sha256)
  }

  @Test(.accepts("V2"), .refuses("V2"))
  func `V2: what the policy does not allow is refused with the policy and the facts`() {
    // The thirtieth day after the delivery, and the thirty-first.
    let story = given(returning)
    story.when(returning([("1", 2)]), at: "2026-02-04T12:00:00Z").happens()
    let decision = PolicyDecision(
      ruleID: "late", action: PolicyAction(eligible: false),
      facts: PolicyFacts(
        daysSincePurchase: 34, daysSinceDelivery: 31, reasonCodes: ["changed_mind"], amount: 600,
        customerTags: []), unknown: [])
    let rejection = ReturnRejection.eligibility(
      .notEligible("1", PolicyTests.policy().reference, decision))
    story.when(returning([("1", 2)]), at: "2026-02-05T12:00:00Z").thenRejected(rejection)
    #expect(rejection.facts.contains(Fact(name: "daysSinceDelivery", value: "31")))
    #expect(rejection.facts.contains(Fact(name: "rule", value: "late")))
    #expect(
      rejection.facts.contains(
        Fact(name: "sha256", value: PolicyTests.policy().sha256.description)))
  }

  @Test(.accepts("P1"))
  func `P1: without a delivery date a rule about it does not hold, which is recorded`() {
    let undelivered = acme() + order + caseOpened + [PolicyTests.defined()]
    let story = given(undelivered).when(returning([("1", 2)]), at: "2026-03-01T12:00:00Z").happens()
    let decision = story.requested["ret_1"]?.lines.first?.decision
    #expect(decision?.unknown == [.daysSinceDelivery])
    #expect(decision?.facts.daysSinceDelivery == nil)
    #expect(story.requested["ret_1"]?.deliveryDate == nil)
  }

  @Test(.accepts("P1")) func `P1: an amount in another currency than the tenant's is not known`() {
    var yen = orderRecorded
    yen.currency = "JPY"
    let story = given(
      acme(), [.orderRecorded(yen), .paymentCaptured(paid)], delivered(), caseOpened,
      [PolicyTests.defined()]
    ).when(returning([("1", 2)], "defective")).happens()
    #expect(story.requested["ret_1"]?.lines.first?.decision.unknown == [.amount])
    #expect(story.requested["ret_1"]?.autoApprove == false)
  }

  @Test(.refuses("V2")) func `V2: a return needs an active policy and one of the tenant's reasons`()
  {
    given(open).when(returning([("1", 2)])).thenRejected(
      ReturnRejection.eligibility(.noActivePolicy))
    given(open, [PolicyTests.defined(active: false)]).when(returning([("1", 2)]))
      .thenRejected(ReturnRejection.eligibility(.noActivePolicy))
    let known = given(acme()).tenant.returnSettings.reasons.map(\.code)
    given(returning).when(returning([("1", 2)], "boredom"))
      .thenRejected(ReturnRejection.eligibility(.unknownReason(0, "boredom", known: known)))
  }

  @Test(.accepts("V2"), .refuses("V2"))
  func `V2: items are returned as the policy says, or else as asked`() {
    func method(_ reason: String, _ asked: ReturnMethod?) -> ReturnMethod? {
      given(returning).when(returning([("1", 2)], reason, method: asked)).happens()
        .requested["ret_1"]?.returnMethod
    }
    #expect(method("defective", nil) == .prepaidLabel)
    #expect(method("defective", .prepaidLabel) == .prepaidLabel)
    #expect(method("changed_mind", nil) == .customerShips)
    #expect(method("changed_mind", .inStore) == .inStore)
    #expect(method("changed_mind", .keepItem) == .keepItem)
    given(returning).when(returning([("1", 2)], "defective", method: .inStore))
      .thenRejected(ReturnRejection.eligibility(.anotherMethod(asked: .inStore, is: .prepaidLabel)))
    given(returning).when(returning([("1", 2)], method: .keepItem), by: agent)
      .thenRejected(ReturnRejection.eligibility(.mayNotKeep))
    given(returning).when(returning([("1", 2)], method: .keepItem), by: customer)
      .thenRejected(ReturnRejection.eligibility(.mayNotKeep))
    let both = PolicyTests.define([
      PolicyTests.rule(
        "store", [PolicyTests.text(.reasonCode, .eq, "size")],
        PolicyAction(eligible: true, returnMethod: .inStore)), PolicyTests.faulty,
    ])
    let command = RequestReturn(
      returnID: "ret_1", caseID: "sca_9", orderID: "536365",
      lines: [
        RequestedReturnLine(lineID: "1", quantity: 1, reason: GivenReason(code: "defective")),
        RequestedReturnLine(lineID: "2", quantity: 1, reason: GivenReason(code: "size")),
      ])
    given(open).when(both).happens().when(.requestReturn(command))
      .thenRejected(ReturnRejection.eligibility(.methodsDiffer([.prepaidLabel, .inStore])))
  }

  @Test(.accepts("V2"), .refuses("V2"))
  func `V2: that one item may be kept says nothing of another`() {
    let cheap = PolicyTests.define([
      PolicyTests.rule(
        "cheap", [PolicyTests.text(.reasonCode, .eq, "size")],
        PolicyAction(eligible: true, returnMethod: .keepItem))
    ])
    func asking(_ second: String, _ method: ReturnMethod? = nil) -> Command {
      .requestReturn(
        RequestReturn(
          returnID: "ret_1", caseID: "sca_9", orderID: "536365", returnMethod: method,
          lines: [
            RequestedReturnLine(lineID: "1", quantity: 1, reason: GivenReason(code: "size")),
            RequestedReturnLine(lineID: "2", quantity: 1, reason: GivenReason(code: second)),
          ]))
    }
    let story = given(open).when(cheap).happens()
    for actor in [customer, agent, admin] {
      story.when(asking("defective"), by: actor)
        .thenRejected(ReturnRejection.eligibility(.methodsDiffer([.customerShips, .keepItem])))
    }
    story.when(asking("defective", .keepItem), by: customer)
      .thenRejected(ReturnRejection.eligibility(.methodsDiffer([.customerShips, .keepItem])))
    for kept in [
      story.when(asking("defective", .keepItem), by: admin),
      story.when(asking("size"), by: customer),
    ] {
      #expect(kept.happens().requested["ret_1"]?.returnMethod == .keepItem)
    }
  }
}
