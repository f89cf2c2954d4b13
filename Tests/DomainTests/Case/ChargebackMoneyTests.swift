// B1: the money of a chargeback, which is not paid twice.

import Domain
import EventSourcing
import Events
import Testing

struct ChargebackMoneyTests {
  func balance(_ story: Story) -> [Int] {
    guard let balance = story.orders["536365"]?.balance else { return [] }
    return [balance.executed, balance.reserved, balance.disputed, balance.refundable]
  }

  @Test(.accepts("B1"))
  func `what the end of one chargeback frees goes to another that found nothing left`() {
    let refunded = given(open).when(.requestRefund(requesting([("1", 2)]))).happens()
      .when(RefundApprovalTests.approve).happens().when(RefundExecutionTests.execute).happens()
      .when(RefundExecutionTests.executed()).happens()
    let both = refunded.when(ChargebackTests.opening(1303)).happens()
      .when(ChargebackTests.opening(1303, as: "chg_2")).happens()
    #expect(balance(both) == [600, 0, 2006, 0])
    // The second claims 1303 and found 703.
    let freed = both.when(ChargebackTests.outcome(.prevented)).happens()
    #expect(balance(freed) == [600, 0, 1303, 703])
    let lost = freed.when(
      .recordChargebackOutcome(
        RecordChargebackOutcome(caseID: "sca_9", chargebackID: "chg_2", outcome: .lost))
    ).happens()
    #expect(balance(lost) == [1903, 0, 0, 703])
  }

  @Test(.refuses("B1")) func `neither money nor store credit is due for what the bank took back`() {
    let story = aReturn(in: .inspected).when(ChargebackTests.opening(2606)).happens()
    let amount = Money(501, "GBP")
    for before in [story, story.when(ChargebackTests.outcome(.lost)).happens()] {
      for resolution in [ReturnResolution.storeCredit, .refund] {
        before.when(complete(resolution)).thenRejected(
          ReturnRejection.amounts(.dueAboveBalance(amount, refundable: Money(0, "GBP"))))
      }
      before.when(complete(.nothing)).happens().when(CaseTests.become(.investigating)).happens()
        .when(CaseTests.resolve()).happens()
    }
    // Where the bank came between the completion and its refund, the case waits for what the bank
    // decides, and not for ever.
    let late = aReturn(in: .completed).when(CaseTests.become(.investigating)).happens()
    late.when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
    let claimed = late.when(ChargebackTests.opening(2606)).happens()
    claimed.when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
    claimed.when(ChargebackTests.outcome(.lost)).happens().when(CaseTests.resolve()).happens()
    story.when(ChargebackTests.outcome(.prevented)).happens().when(complete(.storeCredit)).happens()
  }

  @Test(.accepts("B1"), .refuses("R3")) func `an open chargeback is disputed, not refundable`() {
    let story = given(open)
    let after = story.when(ChargebackTests.opening(600)).then(
      ChargebackTests.opened(600, covered: 600, before: 2606))
    #expect(balance(after) == [0, 0, 600, 2006])
    after.when(.requestRefund(requesting([("1", 6), ("2", 1)], shipping: true))).thenRejected(
      RefundRejection.amounts(
        .aboveRefundableBalance(
          requested: Money(2606, "GBP"), refundable: Money(2006, "GBP"))))
  }

  @Test func `a lost or accepted chargeback is executed, a won or prevented one refundable again`()
  {
    #expect(balance(given(ChargebackTests.history(.lost))) == [2606, 0, 0, 0])
    #expect(balance(given(ChargebackTests.history(.accepted))) == [2606, 0, 0, 0])
    #expect(balance(given(ChargebackTests.history(.won))) == [0, 0, 0, 2606])
    #expect(balance(given(ChargebackTests.history(.prevented))) == [0, 0, 0, 2606])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a refund and a chargeback for the same money are not both paid`() {
    let claimed = approved + ChargebackTests.opened(2606, covered: 2006, before: 2006)
    let story = given(claimed)
    #expect(balance(story) == [0, 600, 2006, 0])
    let refusal = RefundRejection.approval(
      .claimedByChargeback(
        "chg_1", "pay_1", claimed: Money(2606, "GBP"), uncovered: Money(600, "GBP")))
    story.when(RefundExecutionTests.execute).thenRejected(refusal)
    given(pending, ChargebackTests.opened(2606, covered: 2006, before: 2006))
      .when(.approveRefund(ApproveRefund(refundID: "srf_1"))).thenRejected(refusal)
    story.when(.amendRefund(RefundAmendmentTests.toOneHolder)).thenRejected(refusal)
    given(processing + failure(), ChargebackTests.opened(2606, covered: 2006, before: 2006))
      .when(RefundExecutionTests.execute).thenRejected(refusal)
    // Won, the refund goes on.
    given(claimed + ChargebackTests.represented + ChargebackTests.ended(.won, covered: 2006))
      .when(RefundExecutionTests.execute).then(started(1))
  }

  @Test(.accepts("B1")) func `what a refund gives back goes to the chargeback that claims it`() {
    let claimed = given(approved, ChargebackTests.opened(2606, covered: 2006, before: 2006))
    let cancelled = claimed.when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer)
      .then(cancellation + [ChargebackTests.covered(600)])
    #expect(balance(cancelled) == [0, 0, 2606, 0])
    let denied = given(pending, ChargebackTests.opened(2606, covered: 2006, before: 2006))
      .when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn"))).then(
        denial + [ChargebackTests.covered(600)])
    #expect(balance(denied) == [0, 0, 2606, 0])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a lost chargeback takes what a refund gives back later`() {
    let lost = given(
      approved, ChargebackTests.opened(2606, covered: 2006, before: 2006),
      ChargebackTests.ended(.lost, covered: 2006, uncovered: 600))
    #expect(balance(lost) == [2006, 600, 0, 0])
    lost.when(RefundExecutionTests.execute).thenRejected(
      RefundRejection.approval(
        .claimedByChargeback(
          "chg_1", "pay_1", claimed: Money(2606, "GBP"), uncovered: Money(600, "GBP"))))
    let after = lost.when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer)
      .then(cancellation + [ChargebackTests.covered(600, isLost: true)])
    #expect(balance(after) == [2606, 0, 0, 0])
  }

  @Test(.accepts("B1"))
  func `a chargeback for what was refunded already finds nothing left to dispute`() {
    let story = given(refund(in: .executed))
    let after = story.when(ChargebackTests.opening(2606)).then(
      ChargebackTests.opened(2606, covered: 2006, before: 2006))
    #expect(balance(after) == [600, 0, 2006, 0])
  }

  /// The bank wants what a refund paid already, and nothing of that payment is left.
  @Test(.accepts("B1"), .refuses("B1"), .refuses("R3"))
  func `a bank that takes what was refunded leaves no more for other refunds`() {
    let halves = OrderTests.recording {
      $0.lines = [
        newLine(
          OrderTests.changed(holders) {
            ($0.quantity, $0.unitPrice, $0.discount, $0.tax) = (2, 1000, 0, 0)
          })
      ]
      ($0.total, $0.shipping) = (2000, 0)
      $0.payments = [
        Payment(paymentID: "pay_1", amount: 1000, capturedAt: placedAt),
        Payment(paymentID: "pay_2", amount: 1000, capturedAt: noon),
      ]
      $0.deliveredAt = deliveredAt
    }
    func approving(_ id: RefundID) -> Command { .approveRefund(ApproveRefund(refundID: id)) }
    func executing(_ id: RefundID) -> Command { .executeRefund(ExecuteRefund(refundID: id)) }
    let first = given(acme()).when(halves).happens().when(.openCase(CaseTests.open)).happens()
      .when(.requestRefund(requesting([("1", 1)]))).happens().when(approving("srf_1")).happens()
      .when(executing("srf_1")).happens().when(RefundExecutionTests.executed(), by: provider)
      .happens()
    let claimed = first.when(ChargebackTests.opening(1000)).happens()
    let lost = claimed.when(ChargebackTests.outcome(.lost)).happens()
    let second = Command.requestRefund(requesting([("1", 1)], as: "srf_2"))
    for story in [claimed, lost] {
      story.when(second).thenRejected(
        RefundRejection.amounts(
          .aboveRefundableBalance(
            requested: Money(1000, "GBP"), refundable: Money(0, "GBP"))))
    }
    // Also where it was asked for, or approved, before.
    let refusal = RefundRejection.approval(
      .claimedByChargeback(
        "chg_1", "pay_1", claimed: Money(1000, "GBP"), uncovered: Money(1000, "GBP")))
    let asked = first.when(second).happens()
    asked.when(ChargebackTests.opening(1000)).happens().when(approving("srf_2")).thenRejected(
      refusal)
    let approved = asked.when(approving("srf_2")).happens().when(ChargebackTests.opening(1000))
      .happens()
    approved.when(executing("srf_2")).thenRejected(refusal)
    // Once the bank wants it no more, the refund goes on.
    _ = approved.when(ChargebackTests.outcome(.prevented)).happens().when(executing("srf_2"))
      .happens()
  }

  @Test(.accepts("B1"))
  func `a payment under way when the bank claims its money is still recorded as it was`() {
    let story = given(processing, ChargebackTests.opened(2606, covered: 2006, before: 2006))
    let paid = story.when(RefundExecutionTests.executed(), by: provider).then(execution)
    #expect(balance(paid) == [600, 0, 2006, 0])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a bank takes back at most what was captured, over all chargebacks`() {
    func refusal(_ claimed: Int, _ claimable: Int) -> ChargebackRejection {
      .moreThanCaptured(
        claimed: Money(claimed, "GBP"), captured: Money(2606, "GBP"),
        claimable: Money(claimable, "GBP"))
    }
    given(open).when(ChargebackTests.opening(2607)).thenRejected(refusal(2607, 2606))
    given(open).when(ChargebackTests.opening(0)).thenRejected(refusal(0, 2606))
    let disputed = given(open, ChargebackTests.opened(2000, covered: 2000, before: 2606))
    disputed.when(ChargebackTests.opening(607, as: "chg_2")).thenRejected(refusal(607, 606))
    _ = disputed.when(ChargebackTests.opening(606, as: "chg_2")).happens()
    let lost = given(
      open, ChargebackTests.opened(2000, covered: 2000, before: 2606),
      ChargebackTests.ended(.lost, covered: 2000))
    lost.when(ChargebackTests.opening(607, as: "chg_2")).thenRejected(refusal(607, 606))
    given(ChargebackTests.history(.lost)).when(ChargebackTests.opening(1, as: "chg_2"))
      .thenRejected(refusal(1, 0))
    // Won, the bank may ask again.
    _ = given(ChargebackTests.history(.won)).when(ChargebackTests.opening(2606, as: "chg_2"))
      .happens()
  }
}
