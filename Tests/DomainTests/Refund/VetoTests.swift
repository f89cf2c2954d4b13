// R5: what a person denied, rejected or closed without money, a policy does not give under another
// name: as another refund, another return, or store credit. A person may.

import Domain
import EventSourcing
import Events
import Testing

struct VetoTests {
  static let policies: [Actor] = ["system/refund-approval", "service/bot"]

  /// A policy may approve all of the fixture's order.
  private static let limit: Command = .changeTenantSettings(
    ChangeTenantSettings(autoApproveLimit: 5_000, agentApprovalLimit: 5_000))

  private static func opened(_ action: PolicyAction = PolicyAction(eligible: true)) -> Story {
    given(open).when(limit).happens()
      .when(
        .definePolicy(
          DefinePolicy(
            policyID: "lenient", name: "Lenient", rules: [], defaultAction: action, active: true))
      ).happens()
  }

  /// Customers keep what they return, so that there is no inspection.
  private static let kept = PolicyAction(
    eligible: true, autoApprove: true, returnMethod: .keepItem)

  private static func approve(_ id: RefundID) -> Command {
    .approveRefund(ApproveRefund(refundID: id))
  }

  private static func deny(_ id: RefundID = "srf_1") -> Command {
    .denyRefund(DenyRefund(refundID: id, reason: "Worn"))
  }

  private static func request(
    _ units: [(LineID, Int)], as id: RefundID = "srf_2", shipping: Bool? = nil
  ) -> Command { .requestRefund(requesting(units, as: id, shipping: shipping)) }

  /// A refund of the holders was asked for and denied.
  private static func denied(by actor: Actor = agent) -> Story {
    opened().when(request([("1", 2)], as: "srf_1"), by: customer).happens()
      .when(deny(), by: actor).happens()
  }

  /// A return of the holders came, and an inspection said this of it.
  private static func inspected(_ report: InspectionReport) -> Story {
    opened().when(returning([("1", 2)]), by: customer).happens()
      .when(approveReturn()).happens().when(receiving(came("1"))).happens()
      .when(inspecting(report), by: agent).happens()
  }

  // MARK: Refunds

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: what a person denied, a policy does not approve as another refund`(policy: Actor) {
    let again = Self.denied().when(Self.request([("1", 1)]), by: customer).happens()
    again.when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    for person in [agent, admin] { again.when(Self.approve("srf_2"), by: person).happens() }
    // Nor where it is amended to that.
    let amend = AmendRefund(
      refundID: "srf_2",
      items: [RequestedItem(refundItemID: "sri_9", lineID: "1", quantity: 1)])
    Self.denied().when(Self.request([("2", 1)]), by: customer).happens()
      .when(.amendRefund(amend), by: customer).happens()
      .when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a denial is about its lines, and without lines about the order`(policy: Actor) {
    let other = Self.denied().when(Self.request([("2", 1)]), by: customer).happens()
    other.when(Self.approve("srf_2"), by: policy).happens()
    // Shipping alone names no lines.
    let shipping = Self.denied().when(Self.request([], shipping: true), by: customer).happens()
    shipping.when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    let order = Self.opened().when(Self.request([], as: "srf_1", shipping: true)).happens()
      .when(Self.deny(), by: agent).happens()
    order.when(Self.request([("2", 1)])).happens()
      .when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    // The shipping that was denied with one line, for another.
    let both = Self.opened().when(Self.request([("1", 1)], as: "srf_1", shipping: true)).happens()
      .when(Self.deny(), by: agent).happens()
    both.when(Self.request([("2", 1)], shipping: true)).happens()
      .when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    both.when(Self.request([("2", 1)])).happens()
      .when(Self.approve("srf_2"), by: policy).happens()
  }

  @Test(.accepts("R5"), arguments: policies)
  func `R5: what no person denied, a policy may approve later`(policy: Actor) {
    let cancelled = Self.opened().when(Self.request([("1", 2)], as: "srf_1")).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer).happens()
    for story in [cancelled, Self.denied(by: "service/bot")] {
      story.when(Self.request([("1", 2)])).happens()
        .when(Self.approve("srf_2"), by: policy).happens()
      story.when(ReturnCreditTests.grant(10), by: policy).happens()
    }
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a denied refund is not paid as a return`(policy: Actor) {
    let denied = Self.opened(Self.kept).when(Self.request([("1", 2)], as: "srf_1"), by: customer)
      .happens().when(Self.deny(), by: agent).happens()
    let asked = denied.when(returning([("1", 2)]), by: customer).happens()
    asked.when(approveReturn(), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    asked.when(approveReturn(), by: agent).happens()
    denied.when(returning([("2", 1)]), by: customer).happens()
      .when(approveReturn(), by: policy).happens()
  }

  // MARK: Returns

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a return that a person rejected, a policy does not approve as another`(policy: Actor) {
    let rejected = Self.opened(Self.kept).when(returning([("1", 2)]), by: customer).happens()
      .when(reject, by: agent).happens()
    let again = rejected.when(returning([("1", 1)], as: "ret_2"), by: customer).happens()
    again.when(approveReturn("ret_2"), by: policy)
      .thenRejected("R5", "notByPolicyAfterRejection")
    // Where a person approves the return, a person approves what it comes to.
    let approved = again.when(approveReturn("ret_2"), by: agent).happens()
      .when(complete(nil, "ret_2"), by: policy).happens()
      .when(refunding([("1", 1)], of: "ret_2"), by: policy).happens()
    approved.when(Self.approve("srf_1"), by: policy)
      .thenRejected("R5", "notByPolicyAfterRejection")
    approved.when(Self.approve("srf_1"), by: agent).happens()
    // Nor is it paid without a return.
    rejected.when(Self.request([("1", 2)]), by: customer).happens()
      .when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterRejection")
    // Other lines are another matter.
    rejected.when(returning([("2", 1)], as: "ret_2"), by: customer).happens()
      .when(approveReturn("ret_2"), by: policy).happens()
  }

  @Test(.accepts("R5"), arguments: policies)
  func `R5: a return that was cancelled, expired or rejected by no person vetoes nothing`(
    policy: Actor
  ) {
    let asked = Self.opened(PolicyAction(eligible: true, autoApprove: true))
      .when(returning([("1", 2)]), by: customer).happens()
    let ended = [
      asked.when(cancelReturn, by: customer).happens(),
      asked.when(reject, by: "service/bot").happens(),
      asked.when(approveReturn(), by: policy).happens()
        .when(expireReturn, by: "system/return-expiry", at: approvalEnd).happens(),
    ]
    for story in ended {
      story.when(returning([("1", 2)], as: "ret_2"), by: customer).happens()
        .when(approveReturn("ret_2"), by: policy).happens()
      story.when(Self.request([("1", 2)])).happens()
        .when(Self.approve("srf_2"), by: policy).happens()
    }
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: what a return was completed with nothing for, a policy does not refund without it`(
    policy: Actor
  ) {
    let closed = Self.inspected(found("1", .rejected)).when(complete(.nothing), by: agent)
      .happens()
    let asked = closed.when(Self.request([("1", 2)]), by: customer).happens()
    asked.when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterNothing")
    asked.when(Self.approve("srf_2"), by: agent).happens()
    closed.when(Self.request([("2", 1)]), by: customer).happens()
      .when(Self.approve("srf_2"), by: policy).happens()
    // Units that did not come back are others (V1).
    closed.when(returning([("1", 1)], as: "ret_2"), by: customer).happens()
      .when(approveReturn("ret_2"), by: agent).happens()
      .when(receiving(came("1"), of: "ret_2")).happens()
      .when(inspecting(found("1"), of: "ret_2")).happens()
      .when(complete(.refund, "ret_2")).happens()
      .when(refunding([("1", 1)], of: "ret_2"), by: policy).happens()
      .when(Self.approve("srf_1"), by: policy).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: units that an inspection did not accept, a policy neither refunds nor credits`(
    policy: Actor
  ) {
    for report in [found("1", .rejected), found("1", .accepted, 1)] {
      let story = Self.inspected(report)
      let asked = story.when(Self.request([("1", 1)]), by: customer).happens()
      asked.when(Self.approve("srf_2"), by: policy)
        .thenRejected("R5", "notByPolicyAfterInspection")
      asked.when(Self.approve("srf_2"), by: agent).happens()
      story.when(ReturnCreditTests.grant(10), by: policy)
        .thenRejected("R5", "notByPolicyAfterInspection")
    }
    // What it accepted, a policy gives.
    let accepted = Self.inspected(found("1", .accepted, 1))
    accepted.when(complete(.storeCredit), by: policy).happens()
    accepted.when(complete(), by: policy).happens()
      .when(refunding([("1", 1)]), by: policy).happens()
      .when(Self.approve("srf_1"), by: policy).happens()
  }

  // MARK: Store credit

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: what a person refused of an order, a policy does not give as goodwill`(policy: Actor) {
    let closed = Self.inspected(found("1")).when(complete(.nothing), by: agent).happens()
    let both = closed.when(refunding([("1", 2)]), by: customer).happens()
      .when(Self.deny(), by: agent).happens()
    let rejected = Self.opened().when(returning([("1", 2)])).happens()
      .when(reject, by: agent).happens()
    let refused: [(Story, String)] = [
      (closed, "notByPolicyAfterNothing"), (both, "notByPolicyAfterNothing"),
      (Self.denied(), "notByPolicyAfterDenial"), (rejected, "notByPolicyAfterRejection"),
    ]
    for (story, reason) in refused {
      story.when(ReturnCreditTests.grant(10), by: policy).thenRejected("R5", reason)
      for person in [agent, admin] {
        story.when(ReturnCreditTests.grant(10), by: person).happens()
      }
    }
    Self.opened().when(ReturnCreditTests.grant(10), by: policy).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a denied refund is not given as the credit of a return`(policy: Actor) {
    func inspected(_ line: LineID) -> Story {
      Self.denied().when(returning([(line, 1)]), by: customer).happens()
        .when(approveReturn(), by: agent).happens().when(receiving(came(line))).happens()
        .when(inspecting(found(line))).happens()
    }
    inspected("1").when(complete(.storeCredit), by: policy)
      .thenRejected("R5", "notByPolicyAfterDenial")
    inspected("1").when(complete(.storeCredit), by: agent).happens()
    inspected("2").when(complete(.storeCredit), by: policy).happens()
  }
}
