// R6 and cancelling: asking for something else, and no longer asking.

import Domain
import EventSourcing
import Events
import Testing

struct RefundAmendmentTests {
  static let toOneHolder = AmendRefund(
    refundID: "srf_1", items: [RequestedItem(refundItemID: "sri_9", lineID: "1", quantity: 1)])

  static let oneHolder = RefundItem(
    refundItemID: "sri_9", lineID: "1", productID: "prd_1",
    productName: "White hanging heart T-light holder", quantity: 1, originalUnitPrice: 255,
    discount: Share(of: 30, part: 1, whole: 6, share: 5),
    tax: Share(of: 300, part: 1, whole: 6, share: 50), totalRefundAmount: 300)

  static let amended: [Event] = [
    .refundAmended(
      RefundAmended(
        refundID: "srf_1", items: [oneHolder], requestedAmount: 300, basis: 300,
        platformFee: Share(of: 260, part: 300, whole: 2606, share: 30),
        platformFeeTax: Share(of: 52, part: 300, whole: 2606, share: 6),
        reason: "damaged_in_transit", balanceBefore: 2606, orderTotal: 2606, amendedBy: admin)),
    release[0],
    .orderBalanceReserved(
      OrderBalanceReserved(
        orderID: "536365", refundID: "srf_1", amount: 300,
        lines: [ReservedLine(lineID: "1", quantity: 1, discount: 5, tax: 50)], shipping: 0,
        basis: 300, platformFee: 30, platformFeeTax: 6,
        payments: [PaymentPart(paymentID: "pay_1", amount: 300)])),
  ]

  @Test func `amending a pending refund derives it anew, as if it held nothing`() {
    given(pending).when(.amendRefund(Self.toOneHolder)).then(Self.amended)
  }

  @Test(.accepts("R6")) func `R6: amending an approved refund resets the approval to pending`() {
    let reset: Event = .refundApprovalReset(
      RefundApprovalReset(refundID: "srf_1", approvedAmount: 600))
    let story = given(approved).when(.amendRefund(Self.toOneHolder)).then([reset] + Self.amended)
    #expect(story.refunds["srf_1"]?.status == .pending)
    #expect(story.refunds["srf_1"]?.approvedAmount == nil)
  }

  @Test(.refuses("R6")) func `R6: what was amended is not paid before it is approved again`() {
    let story = given(approved).when(.amendRefund(Self.toOneHolder)).happens()
    story.when(RefundExecutionTests.execute).thenRejected(.notPossible(.execute, status: .pending))
    // A fold refuses an amendment of what is approved still, and a payment of what is not any
    // more.
    HistoryTests.refused(Self.amended[0], after: approved)
    HistoryTests.refused(started(1)[0], after: story)
    let again = story.when(RefundApprovalTests.approve).happens()
    again.when(RefundExecutionTests.execute).happens()
  }

  @Test(.refuses("R1")) func `an amendment may take the units that the refund holds itself`() {
    let toSix = AmendRefund(
      refundID: "srf_1",
      items: [RequestedItem(refundItemID: "sri_1", lineID: "1", quantity: 6)])
    given(pending).when(.amendRefund(toSix)).happens()
    let toSeven = AmendRefund(
      refundID: "srf_1",
      items: [RequestedItem(refundItemID: "sri_1", lineID: "1", quantity: 7)])
    given(pending).when(.amendRefund(toSeven))
      .thenRejected(
        .units(.moreUnitsThanLeft("1", asked: 7, left: 6, ordered: 6, inUse: UnitsInUse())))
  }

  @Test(.refuses("R1")) func `customers amend and cancel their own refunds only`() {
    given(pending).when(.amendRefund(Self.toOneHolder), by: "customer/cus_6")
      .thenRejected(.belonging(.anotherCustomersRefund("srf_1")))
    given(pending).when(.amendRefund(Self.toOneHolder), by: customer).happens()
    let cancel = CancelRefund(refundID: "srf_1")
    given(pending).when(.cancelRefund(cancel), by: "customer/cus_6")
      .thenRejected(.belonging(.anotherCustomersRefund("srf_1")))
    given(pending).when(.cancelRefund(cancel), by: customer).then(cancellation)
  }

  @Test(.accepts("R8")) func `R8: cancelling a failed refund gives the reservation back`() {
    let story = given(refund(in: .failed))
      .when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer).then(cancellation)
    #expect(story.orders["536365"]?.balance == RefundableBalance(captured: 2606))
  }

  @Test func `R8: a failure alone gives nothing back`() {
    let story = given(refund(in: .failed))
    #expect(story.orders["536365"]?.balance.reserved == 600)
  }

  @Test func `denying gives the reservation back`() {
    let story = given(pending)
      .when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn"))).then(denial)
    #expect(story.orders["536365"]?.balance == RefundableBalance(captured: 2606))
  }

  @Test(.refuses("R1")) func `an unknown refund cannot be amended, cancelled or denied`() {
    let unknown = RefundRejection.unknownRefund("srf_1")
    given(open).when(.amendRefund(Self.toOneHolder)).thenRejected(unknown)
    given(open).when(.cancelRefund(CancelRefund(refundID: "srf_1"))).thenRejected(unknown)
    given(open).when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn")))
      .thenRejected(unknown)
  }

  @Test(.accepts("R2")) func `R2: a customer's amendment keeps what an agent keeps back`() {
    let story = given(open)
      .when(.requestRefund(requesting([("1", 2)], restocking: 5_000, shippingFee: 9)), by: agent)
      .happens()
    #expect(story.refunds["srf_1"]?.requestedAmount == 291)
    let amend = Command.amendRefund(Self.toOneHolder)
    #expect(story.when(amend, by: customer).happens().refunds["srf_1"]?.requestedAmount == 141)
    #expect(story.when(amend, by: agent).happens().refunds["srf_1"]?.requestedAmount == 300)
    // Nor is it dropped by asking for something in between that it is not kept of.
    let shipping = Command.amendRefund(
      AmendRefund(refundID: "srf_1", items: [], includeShipping: true))
    let between = story.when(shipping, by: customer).happens()
    #expect(between.when(amend, by: customer).happens().refunds["srf_1"]?.requestedAmount == 141)
  }
}
