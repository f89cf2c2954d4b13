// C3, V1 and R5: who requests a return, with which words, and who approves it until when.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnRequestTests {
  static let facts = PolicyFacts(
    daysSincePurchase: 14, daysSinceDelivery: 11, reasonCodes: ["changed_mind"], amount: 600,
    customerTags: [])

  /// 2 × 2.55 − 0.10 + 1.00 = 6.00, less 10 % and 0.39.
  static let amount = ReturnAmount(
    items: [
      ReturnedItem(
        lineID: "1", quantity: 2, originalUnitPrice: 255, discount: twoHolders.discount,
        tax: twoHolders.tax, amount: 600)
    ], itemsAmount: 600, restockingFees: [Fee(basisPoints: 1000, of: 600, amount: 60)],
    shippingFee: 39, amount: 501)

  static let requested = ReturnRequested(
    returnID: "ret_1", caseID: "sca_9", orderID: "536365", customerID: "cus_5", currency: "GBP",
    channel: .customer, returnMethod: .customerShips,
    lines: [
      ReturnLine(
        lineID: "1", title: "White hanging heart T-light holder", quantity: 2, unitPrice: 255,
        reason: GivenReason(code: "changed_mind"), photos: [],
        decision: PolicyDecision(action: PolicyTests.restocked, facts: facts, unknown: []))
    ], policy: PolicyTests.policy().reference, autoApprove: false, purchaseDate: "2026-01-02",
    deliveryDate: "2026-01-05", timeZone: "Europe/London", estimatedRefund: amount,
    submittedBy: customer)

  static let held = OrderUnitsHeld(
    orderID: "536365", returnID: "ret_1", lines: [LineUnits(lineID: "1", quantity: 2)])

  @Test func `V1, V2, V3, P1: a request holds the units, records the policy, and says the amount`()
  {
    given(returning).when(returning([("1", 2)]), by: customer).then([
      .returnRequested(Self.requested), .orderUnitsHeld(Self.held),
      .caseReturnRequested(CaseReturnRequested(caseID: "sca_9", returnID: "ret_1")),
    ])
  }

  /// A return of a holder and the lantern, with what the customer wrote of each.
  private func describing(_ holder: String, _ lantern: String? = nil) -> Command {
    .requestReturn(
      RequestReturn(
        returnID: "ret_1", caseID: "sca_9", orderID: "536365",
        lines: [
          RequestedReturnLine(
            lineID: "1", quantity: 1, reason: GivenReason(code: "size", description: holder)),
          RequestedReturnLine(
            lineID: "2", quantity: 1, reason: GivenReason(code: "other", description: lantern)),
        ]))
  }

  @Test func `what the customer wrote of the lines is recorded beside them, not with them`() {
    func requested(_ command: Command) -> ReturnRequested? {
      given(returning).when(command, by: customer).happens().requested["ret_1"]
    }
    let both = requested(describing("Too wide.\nBy far.", "I do not like it"))
    #expect(both?.customerWords == "1: Too wide.\nBy far.\n2: I do not like it")
    #expect(both?.lines.map(\.reason) == [GivenReason(code: "size"), GivenReason(code: "other")])
    #expect(requested(describing("Too wide"))?.customerWords == "1: Too wide")
    #expect(requested(returning([("1", 2)]))?.customerWords == nil)
  }

  @Test func `what the customer writes is as long as a message at most, with the lines' ids`() {
    // Each of these letters has two bytes, `1: ` before them has three.
    let most = String(repeating: "é", count: 8_190) + "!"
    given(returning).when(describing(most), by: customer).happens()
    given(returning).when(describing(most + "!"), by: customer)
      .thenRejected(ReturnRejection.wordsTooLong(byteCount: 16_385))
    given(returning).when(describing(most, "é"), by: customer)
      .thenRejected(ReturnRejection.wordsTooLong(byteCount: 16_390))
  }

  @Test func `customers, the shop's people and its services ask through their channels`() {
    func channel(_ actor: Actor) -> ReturnChannel? {
      given(returning).when(returning([("1", 2)]), by: actor).happens().requested["ret_1"]?.channel
    }
    #expect(channel(customer) == .customer)
    #expect(channel(agent) == .merchant)
    #expect(channel(warehouse) == .api)
  }

  @Test(.accepts("C3"), .refuses("C3"), arguments: CaseStatus.allCases)
  func `C3: a return needs a case that is open or in progress`(status: CaseStatus) {
    let answer = given(
      acme(), order, delivered(), supportCase(in: status), [PolicyTests.defined()]
    ).when(returning([("1", 2)]), by: customer)
    if status == .open || CaseStatesTests.inProgress.contains(status) {
      answer.happens()
    } else {
      answer.thenRejected(ReturnRejection.noOpenCase(.caseNotOpen("sca_9", status: status)))
    }
  }

  @Test(.refuses("C2", "C3", "V1")) func `a return belongs to a case of its order and customer`() {
    given(acme(), order).when(returning([("1", 1)]))
      .thenRejected(ReturnRejection.noOpenCase(.unknownCase("sca_9")))
    given(acme(), caseOpened).when(returning([("1", 1)]))
      .thenRejected(ReturnRejection.noOpenCase(.unknownOrder("536365")))
    given(returning).when(returning([("1", 1)]), by: "customer/cus_6")
      .thenRejected(ReturnRejection.belonging(.anotherCustomersOrder("536365")))
    var other = caseOpened
    if case .supportCase(.caseOpened(var event)) = other[0] {
      event.orderID = nil
      other[0] = .caseOpened(event)
    }
    given(acme(), order, other).when(returning([("1", 1)])).thenRejected(
      ReturnRejection.noOpenCase(.caseOfAnotherOrder("sca_9", order: nil, given: "536365")))
    if case .supportCase(.caseOpened(var event)) = other[0] {
      event.customerID = "cus_6"
      other[0] = .caseOpened(event)
    }
    given(acme(), order, other).when(returning([("1", 1)]), by: customer)
      .thenRejected(ReturnRejection.noOpenCase(.anotherCustomersCase("sca_9")))
    for command in [cancelReturn, shipped] {
      aReturn(in: .approved).when(command, by: "customer/cus_6")
        .thenRejected(ReturnRejection.belonging(.anotherCustomersReturn("ret_1")))
      aReturn(in: .approved).when(command, by: customer).happens()
    }
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: an actor that is no person approves what the policy approves, and nothing else`() {
    let wanted = aReturn(in: .requested)
    let policy = PolicyTests.policy().reference
    for actor in [warehouse, "system/return-approval"] {
      wanted.when(approveReturn(), by: actor)
        .thenRejected(ReturnRejection.sending(.notByPolicy(actor, policy)))
    }
    let faulty = given(returning).when(returning([("1", 2)], "defective")).happens()
    faulty.when(approveReturn(), by: "system/return-approval").then([
      .returnApproved(
        ReturnApproved(
          returnID: "ret_1", approvedBy: "system/return-approval", expiresAt: approvalEnd))
    ])
    // One line that needs a person is enough.
    let mixed = RequestReturn(
      returnID: "ret_1", caseID: "sca_9", orderID: "536365",
      lines: [
        RequestedReturnLine(lineID: "1", quantity: 1, reason: GivenReason(code: "defective")),
        RequestedReturnLine(lineID: "2", quantity: 1, reason: GivenReason(code: "size")),
      ])
    given(returning).when(.requestReturn(mixed)).happens()
      .when(approveReturn(), by: "system/return-approval")
      .thenRejected(ReturnRejection.sending(.notByPolicy("system/return-approval", policy)))
    wanted.when(approveReturn(), by: agent).happens()
  }

  @Test func `an approval ends after the tenant's expiry days, and not before`() {
    let story = aReturn(in: .approved)
    let secondBefore: Timestamp = "2026-02-15T11:59:59Z"
    story.when(expireReturn, at: secondBefore).thenRejected(
      ReturnRejection.sending(.notExpiredYet("ret_1", expiresAt: approvalEnd, now: secondBefore)))
    story.when(expireReturn, at: approvalEnd).then([
      .returnExpired(ReturnExpired(returnID: "ret_1", expiresAt: approvalEnd)),
      .orderUnitsFreed(
        OrderUnitsFreed(
          orderID: "536365", returnID: "ret_1", lines: Self.held.lines, returnable: true)),
    ])
    let short = given(returning, [ReturnReasonTests.changed(ReturnReasonTests.taxonomy, days: 1)])
      .when(returning([("1", 2)], "defective")).happens().when(approveReturn()).happens()
    #expect(short.returns["ret_1"]?.expiresAt == "2026-01-17T12:00:00Z")
  }
}
