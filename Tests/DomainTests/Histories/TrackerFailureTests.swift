// What the public trackers of shops and payment plugins are full of, by name. None of it can happen
// here. (That a lost answer leads to no second payment is also proved on the whole service, over
// thousands of seeds: tools/simulate.)

import Domain
import EventSourcing
import Events
import Testing

struct TrackerFailureTests {
  @Test(.accepts("R7"), .refuses("R7", "R9"))
  func `a retry with a new idempotency key pays twice`() {
    // It is unknown whether the first request was paid: nothing starts another, under any key.
    let unknown = given(refund(in: .outcomeUnknown))
    unknown.when(RefundExecutionTests.execute)
      .thenRejected(.notPossible(.execute, status: .outcomeUnknown))
    unknown.when(RefundExecutionTests.failed(), by: provider)
      .thenRejected(.execution(.onlyReconciliation(attempt: 1)))
    given(processing).when(RefundExecutionTests.execute)
      .thenRejected(.notPossible(.execute, status: .processing))
    // A late answer of the first attempt says nothing about the second.
    let second = given(refund(in: .failed)).when(RefundExecutionTests.execute).then(started(2))
    second.when(RefundExecutionTests.executed(1), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 1, current: 2)))
  }

  @Test(.accepts("R2")) func `the tax is left out`() throws {
    let story = given(open).when(.requestRefund(requesting([("1", 2)])), by: customer).then(request)
    #expect(twoHolders.tax.share == 100)
    #expect(story.refunds["srf_1"]?.requestedAmount == 2 * 255 - 10 + 100)
  }

  @Test(.accepts("R1"), .refuses("R1"))
  func `several refunds are counted against the same item`() {
    let story = given(open).when(.requestRefund(requesting([("1", 4)]))).happens()
    let more = requesting([("1", 3)], as: "srf_2")
    story.when(.requestRefund(more))
      .thenRejected(
        .units(
          .moreUnitsThanLeft(
            "1", asked: 3, left: 2, ordered: 6, inUse: UnitsInUse(refunds: ["srf_1": 4]))))
    story.when(.requestRefund(requesting([("1", 2)], as: "srf_2"))).happens()
      .when(.requestRefund(requesting([("1", 1)], as: "srf_3")))
      .thenRejected(
        .units(
          .moreUnitsThanLeft(
            "1", asked: 1, left: 0, ordered: 6,
            inUse: UnitsInUse(refunds: ["srf_1": 4, "srf_2": 2]))))
  }

  @Test(.accepts("R2", "R3")) func `a refund is blocked by one penny of rounding`() {
    // Three for 10.00 less 0.01, with 0.01 of tax: a third of a penny each.
    let thirds = OrderLine(
      lineID: "1", title: "Tea", quantity: 3, unitPrice: 334, discount: 2, tax: 1)
    var recorded = orderRecorded
    (recorded.lines, recorded.shipping, recorded.total) = ([thirds], 0, 1_001)
    var payment = paid
    payment.amount = 1_001
    var story = given(
      acme(), [.orderRecorded(recorded), .paymentCaptured(payment)], delivered(), caseOpened)
    for id in ["srf_1", "srf_2", "srf_3"] as [RefundID] {
      story = story.when(.requestRefund(requesting([("1", 1)], as: id))).happens()
        .when(.approveRefund(ApproveRefund(refundID: id))).happens()
        .when(.executeRefund(ExecuteRefund(refundID: id))).happens()
        .when(
          .recordRefundExecuted(
            RecordRefundExecuted(refundID: id, attempt: 1, settlementReference: "sim")),
          by: provider
        ).happens()
    }
    #expect(story.orders["536365"]?.balance.executed == 1_001)
    #expect(story.orders["536365"]?.balance.refundable == 0)
  }

  @Test(.accepts("B1"), .refuses("B1", "R3"))
  func `a refund and a chargeback for the same money are both paid`() {
    // The bank claims what a refund holds: the refund stops.
    let held = given(open).when(.requestRefund(requesting([("1", 6), ("2", 1)], shipping: true)))
      .happens().when(ChargebackTests.opening(2_606)).happens()
    held.when(RefundApprovalTests.approve)
      .thenRejected(
        .approval(
          .claimedByChargeback(
            "chg_1", "pay_1", claimed: Money(2_606, "GBP"), uncovered: Money(2_606, "GBP"))))
    // The bank has the money: there is nothing to refund.
    given(open).when(ChargebackTests.opening(2_606)).happens()
      .when(.requestRefund(requesting([("1", 2)])))
      .thenRejected(
        .amounts(.aboveRefundableBalance(requested: Money(600, "GBP"), refundable: Money(0, "GBP")))
      )
  }

  @Test(.accepts("R5"), .refuses("R5")) func `an approval rule is only enforced by the page`() {
    // The rule book itself is asked, as any program can that writes to the socket.
    let history = acme { $0.agentApprovalLimit = 599 } + order + delivered() + caseOpened + request
    given(history).when(RefundApprovalTests.approve, by: agent)
      .thenRejected(
        .approval(
          .aboveApprovalLimit(
            approved: Money(600, "GBP"), ofOrder: Money(600, "GBP"), limit: Money(599, "GBP"),
            approver: agent)))
    given(history).when(RefundApprovalTests.approve, by: admin).happens()
  }
}
