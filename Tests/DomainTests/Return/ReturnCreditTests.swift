// O2: store credit, instead of a return's refund or as goodwill, which is not given beside the
// money.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnCreditTests {
  static func grant(_ amount: Int) -> Command {
    .grantStoreCredit(
      GrantStoreCredit(caseID: "sca_9", orderID: "536365", amount: amount, reason: "Goodwill"))
  }

  @Test(.accepts("O2"), .refuses("R5"))
  func `O2: store credit for a return does not draw on the balance and keeps R5's limit`() {
    let story = aReturn(in: .inspected)
    let credited = story.when(complete(.storeCredit), by: agent).then([
      .returnCompleted(
        ReturnCompleted(
          returnID: "ret_1", resolution: .storeCredit, finalRefund: ReturnRequestTests.amount)),
      .storeCreditGranted(
        StoreCreditGranted(
          orderID: "536365", caseID: "sca_9", returnID: "ret_1", amount: 501, currency: "GBP",
          reason: "Return", grantedBy: agent)),
    ])
    #expect(credited.orders["536365"]?.storeCredit == 501)
    #expect(credited.orders["536365"]?.balance.refundable == 2606)
    story.when(complete(.storeCredit), by: warehouse).thenRejected(
      ReturnRejection.credit(
        .notApproved(
          .aboveLimit(Money(501, "GBP"), limit: Money(500, "GBP"), approver: warehouse))))
  }

  @Test(.refuses("O2", "C3", "R5"))
  func `O2, C3, R5: goodwill is given in an open case, within the approver's limit`() {
    let grant = Self.grant
    let story = given(open).when(grant(1_000), by: agent).then([
      .storeCreditGranted(
        StoreCreditGranted(
          orderID: "536365", caseID: "sca_9", amount: 1_000, currency: "GBP", reason: "Goodwill",
          grantedBy: agent))
    ])
    #expect(story.orders["536365"]?.balance.refundable == 2606)
    // A retry under another command id gives nothing twice; another amount is another credit.
    story.when(grant(1_000), by: admin).thenUnchanged()
    story.when(grant(999), by: agent).happens()
    given(open).when(grant(1_001), by: agent).thenRejected(
      StoreCreditRejection.notApproved(
        .aboveLimit(Money(1_001, "GBP"), limit: Money(1_000, "GBP"), approver: agent)))
    given(open).when(grant(100_000), by: admin).happens()
    given(open).when(grant(0)).thenRejected(StoreCreditRejection.nothing)
    given(acme(), order, supportCase(in: .closed)).when(grant(1))
      .thenRejected(StoreCreditRejection.noOpenCase(.caseNotOpen("sca_9", status: .closed)))
    given(acme(), order).when(grant(1)).thenRejected(
      StoreCreditRejection.noOpenCase(.unknownCase("sca_9")))
    given(acme(), caseOpened).when(grant(1)).thenRejected(
      StoreCreditRejection.noOpenCase(.unknownOrder("536365")))
    let most = 9_007_199_254_740_991
    given(open).when(grant(most)).happens().when(grant(1))
      .thenRejected(StoreCreditRejection.amountTooLarge(Money(1, "GBP")))
    var yen = orderRecorded
    yen.currency = "JPY"
    given(acme(), [.orderRecorded(yen)], caseOpened).when(grant(1), by: agent).thenRejected(
      StoreCreditRejection.notApproved(
        .limitInAnotherCurrency(limit: Money(1_000, "GBP"), amount: Money(1, "JPY"))))
  }

  /// Three want the same money: a refund that holds half of it, credit that was given for the other
  /// half, and a bank.
  @Test(.accepts("B1"), .refuses("B1"), .refuses("R3"))
  func `neither a refund nor credit is given beside a chargeback for the same money`() {
    let halves = OrderTests.recording {
      $0.lines = [
        newLine(
          OrderTests.changed(holders) {
            ($0.quantity, $0.unitPrice, $0.discount, $0.tax) = (2, 1000, 0, 0)
          })
      ]
      ($0.total, $0.shipping, $0.deliveredAt) = (2000, 0, deliveredAt)
      $0.payments = [
        Payment(paymentID: "pay_1", amount: 1000, capturedAt: placedAt),
        Payment(paymentID: "pay_2", amount: 1000, capturedAt: noon),
      ]
    }
    let inspected = given(acme(), [PolicyTests.defined()]).when(halves).happens()
      .when(.openCase(CaseTests.open)).happens()
      .when(.requestRefund(requesting([("1", 1)]))).happens()
      .when(returning([("1", 1)])).happens().when(approveReturn()).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
    let opening = ChargebackTests.opening(1000, payment: "pay_2")
    // First the credit, then the bank.
    let credited = inspected.when(complete(.storeCredit)).happens().when(opening).happens()
    credited.when(RefundApprovalTests.approve).thenRejected(
      RefundRejection.amounts(
        .aboveRefundableBalance(
          requested: Money(1000, "GBP"), refundable: Money(1000 - 861, "GBP"))))
    // As much as is left may be approved.
    _ = credited.when(.approveRefund(ApproveRefund(refundID: "srf_1", approvedAmount: 139)))
      .happens()
    _ = credited.when(ChargebackTests.outcome(.prevented)).happens()
      .when(RefundApprovalTests.approve).happens()
    // First the bank, while the refund is under way.
    let claimed = inspected.when(RefundApprovalTests.approve).happens()
      .when(RefundExecutionTests.execute).happens()
      .when(ChargebackTests.opening(1000, payment: "pay_1")).happens()
    claimed.when(complete(.storeCredit)).thenRejected(
      ReturnRejection.amounts(.dueAboveBalance(Money(861, "GBP"), refundable: Money(0, "GBP"))))
    _ = claimed.when(ChargebackTests.outcome(.prevented)).happens()
      .when(complete(.storeCredit)).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: a policy's limit counts the credit that it gave instead of money`() {
    let policy: Actor = "service/shop"
    let history = acme { $0.autoApproveLimit = 400 } + order + delivered() + caseOpened
    let first = given(history, [PolicyTests.defined()]).when(returning([("1", 1)])).happens()
      .when(approveReturn()).happens().when(receiving(came("1"))).happens()
      .when(inspecting(found("1"))).happens()
      .when(complete(.storeCredit), by: policy).happens()
    let second = first.when(returning([("1", 1)], as: "ret_2")).happens()
      .when(approveReturn("ret_2")).happens()
      .when(receiving(came("1"), of: "ret_2")).happens()
      .when(inspecting(found("1"), of: "ret_2")).happens()
    // What is only asked for is not given yet.
    _ = second.when(.requestRefund(requesting([("2", 1)], as: "srf_3"))).happens()
    let given = second.completed["ret_1"]?.finalRefund.amount ?? 0
    #expect((201...400).contains(given))
    second.when(complete(.storeCredit, "ret_2"), by: policy).thenRejected(
      ReturnRejection.credit(
        .notApproved(
          .aboveLimit(Money(2 * given, "GBP"), limit: Money(400, "GBP"), approver: policy))))
    let refund = first.when(.requestRefund(requesting([("1", 1)], as: "srf_2"))).happens()
    refund.when(.approveRefund(ApproveRefund(refundID: "srf_2")), by: policy).thenRejected(
      RefundRejection.approval(
        .aboveApprovalLimit(
          approved: Money(300, "GBP"), ofOrder: Money(300 + given, "GBP"),
          limit: Money(400, "GBP"), approver: policy)))
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: ["service/shop", "system/policy"] as [Actor])
  func `R5: a policy's limit counts goodwill, an agent's too, over all grants`(policy: Actor) {
    func refusal(_ all: Int) -> ApprovalRefusal {
      .aboveLimit(Money(all, "GBP"), limit: Money(500, "GBP"), approver: policy)
    }
    let granted = given(open).when(Self.grant(300), by: policy).happens()
    granted.when(Self.grant(201), by: policy)
      .thenRejected(StoreCreditRejection.notApproved(refusal(501)))
    let full = granted.when(Self.grant(200), by: policy).happens()
    full.when(Self.grant(1), by: policy)
      .thenRejected(StoreCreditRejection.notApproved(refusal(501)))
    // An agent's limit is for each grant, and a policy counts what agents gave.
    let more = full.when(Self.grant(1_000), by: agent).happens().when(Self.grant(999), by: agent)
      .happens()
    more.when(Self.grant(1), by: policy)
      .thenRejected(StoreCreditRejection.notApproved(refusal(2_500)))
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: for a policy refunds count beside goodwill, and goodwill beside refunds`() {
    let policy: Actor = "service/shop"
    let asked = given(open).when(.requestRefund(requesting([("1", 1)]))).happens()
    // What is only asked for is not given yet.
    _ = asked.when(Self.grant(500), by: policy).happens()
    let approved = asked.when(RefundApprovalTests.approve, by: policy).happens()
    let executed = approved.when(RefundExecutionTests.execute).happens()
      .when(RefundExecutionTests.executed()).happens()
    for story in [approved, executed] {
      story.when(Self.grant(200), by: policy).happens()
      story.when(Self.grant(201), by: policy).thenRejected(
        StoreCreditRejection.notApproved(
          .aboveLimit(Money(501, "GBP"), limit: Money(500, "GBP"), approver: policy)))
    }
    asked.when(Self.grant(201), by: policy).happens().when(RefundApprovalTests.approve, by: policy)
      .thenRejected(
        .approval(
          .aboveApprovalLimit(
            approved: Money(300, "GBP"), ofOrder: Money(501, "GBP"), limit: Money(500, "GBP"),
            approver: policy)))
  }

  @Test(.refuses("R3")) func `credit instead of money is not given beside the money`() {
    // Only 600 of the order were captured: what two returned holders come to leaves 99.
    let captured = PaymentCaptured(
      orderID: "536365", paymentID: "pay_1", amount: 600, capturedAt: placedAt)
    let story = given(
      acme(), [.orderRecorded(orderRecorded), .paymentCaptured(captured)], delivered(), caseOpened,
      [PolicyTests.defined()]
    ).when(returning([("1", 2)])).happens().when(approveReturn()).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
      .when(complete(.storeCredit)).happens()
    story.when(.requestRefund(requesting([("2", 1)], as: "srf_2"))).thenRejected(
      RefundRejection.amounts(
        .aboveRefundableBalance(
          requested: Money(407, "GBP"), refundable: Money(99, "GBP"))))
  }
}
