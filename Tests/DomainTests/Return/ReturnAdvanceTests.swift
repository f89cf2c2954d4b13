// V3 and V4: a refund in advance, before its return is inspected.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnAdvanceTests {
  @Test(.refuses("V3")) func `V3: what was refunded in advance is not approved once it expired`() {
    let expired = aReturn(in: .approved).when(refunding([("1", 2)])).happens()
      .when(expireReturn, at: approvalEnd).happens()
    expired.when(.approveRefund(ApproveRefund(refundID: "srf_1")))
      .thenRejected(.returns(.returnNotRefundable("ret_1", status: .expired)))
  }

  @Test(.accepts("V4"), .refuses("V3", "V4"), arguments: Return.Status.allCases)
  func `V4: from its approval on a return may be refunded, before its inspection by people only`(
    status: Return.Status
  ) {
    let story = aReturn(in: status)
    let byAgent = story.when(refunding([("1", 2)]), by: agent)
    let byCustomer = story.when(refunding([("1", 2)]), by: customer)
    switch status {
    case .requested, .rejected, .cancelled, .expired:
      byAgent.thenRejected(.returns(.returnNotRefundable("ret_1", status: status)))
      byCustomer.thenRejected(.returns(.returnNotRefundable("ret_1", status: status)))
    case .approved, .inTransit, .received:
      byAgent.happens()
      byCustomer.thenRejected(.returns(.returnNotInspected("ret_1", status: status)))
    case .inspected, .completed:
      byAgent.happens()
      byCustomer.happens()
    }
  }

  @Test(.accepts("V4"), .refuses("V4"))
  func `V4: a return that was refunded in advance is received, inspected and completed`() {
    let advance = aReturn(in: .approved).when(refunding([("1", 2)])).happens()
    advance.when(cancelReturn).thenRejected(ReturnRejection.amounts(.refundedInAdvance("srf_1")))
    let inspected = advance.when(shipped).happens().when(receiving(came("1"))).happens()
      .when(inspecting(found("1"))).happens()
    // Nothing more is due.
    inspected.when(complete(.storeCredit))
      .thenRejected(ReturnRejection.amounts(.refundedInAdvance("srf_1")))
    let done = inspected.when(complete()).happens()
    #expect(done.completed["ret_1"]?.resolution == .refund)
    // V3: what it comes to is what is refunded already.
    #expect(done.completed["ret_1"]?.finalRefund == ReturnRequestTests.amount)
    #expect(done.returns["ret_1"]?.money == .refund("srf_1"))
  }

  @Test func `V3: what was found at the inspection stays so, whenever its refund is requested`() {
    let refunded = aReturn(in: .inspected).when(refunding([("1", 2)])).happens()
    let done = refunded.when(complete()).happens()
    #expect(done.completed["ret_1"]?.finalRefund == ReturnRequestTests.amount)
    // And where an advance is withdrawn before the end, what was accepted is due after all.
    let advance = aReturn(in: .received).when(refunding([("1", 2)])).happens()
      .when(inspecting(found("1"))).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    #expect(
      advance.when(complete()).happens().completed["ret_1"]?.finalRefund
        == ReturnRequestTests.amount)
  }

  /// A return of two holders whose refund in advance gives back by two payments.
  private static let advance: Story = {
    let payments = [("pay_1", 100), ("pay_2", 2_506)].map { id, amount in
      Event.paymentCaptured(
        PaymentCaptured(
          orderID: "536365", paymentID: PaymentID(unchecked: id), amount: amount,
          capturedAt: placedAt))
    }
    return given(
      acme(), [.orderRecorded(orderRecorded)], payments, delivered(), caseOpened,
      [PolicyTests.defined()]
    )
    .when(returning([("1", 2)]), by: customer).happens().when(approveReturn()).happens()
    .when(refunding([("1", 2)])).happens()
    .when(.approveRefund(ApproveRefund(refundID: "srf_1"))).happens()
    .when(RefundExecutionTests.execute).happens()
    .when(RefundLegsTests.executed("pay_1"), by: provider).happens()
  }()

  @Test func `V3: what is paid in part in advance is paid in full once it was inspected`() {
    let inspected = Self.advance.when(RefundLegsTests.failed("pay_2"), by: provider).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
    let paid = inspected.when(RefundExecutionTests.execute).happens()
      .when(RefundLegsTests.executed("pay_2", 2), by: provider).happens()
    #expect(paid.refunds["srf_1"]?.status == .executed)
    let requested = paid.refunds["srf_1"]?.requestedAmount
    #expect(paid.orders["536365"]?.balance.executed == requested)
    #expect(paid.when(complete()).happens().completed["ret_1"]?.finalRefund.amount == requested)
    // Of what was found to be worth nothing, no more is paid.
    Self.advance.when(RefundLegsTests.failed("pay_2"), by: provider).happens()
      .when(receiving(came("1"))).happens()
      .when(inspecting(found("1", .rejected))).happens()
      .when(RefundExecutionTests.execute)
      .thenRejected(.returns(.returnCameToLess("ret_1", "1", asked: 2, due: 0)))
  }

  @Test func `R10: what was paid in advance and came back is paid again after the inspection`() {
    let story = Self.advance.when(RefundLegsTests.executed("pay_2"), by: provider).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
      .when(RefundLegsTests.returning("pay_2"), by: provider).happens()
    let paid = story.when(RefundExecutionTests.execute).happens()
      .when(RefundLegsTests.executed("pay_2", 2), by: provider).happens()
    #expect(paid.refunds["srf_1"]?.status == .executed)
  }

  @Test(.accepts("V3")) func `V3: what was refunded in advance comes to what it is`() {
    let advance = aReturn(in: .approved).when(refunding([("1", 2)])).happens()
      .when(receiving(came("1"))).happens()
    let requested = advance.refunds["srf_1"]?.requestedAmount
    let all = advance.when(inspecting(found("1"))).happens().when(complete()).happens()
    #expect(all.completed["ret_1"]?.finalRefund.amount == requested)
    let half = advance.when(inspecting(found("1", .accepted, 1))).happens().when(complete())
      .happens()
    #expect(half.completed["ret_1"]?.finalRefund.items.map(\.quantity) == [1])
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `a refund in advance is not approved for units that did not come`() {
    let story = given(returning).when(returning([("1", 2), ("2", 1)])).happens()
      .when(approveReturn()).happens().when(refunding([("1", 2), ("2", 1)])).happens()
    let came = story.when(receiving(came("1", .shortShipped, 1), came("2"))).happens()
    came.when(RefundApprovalTests.approve).thenRejected(
      RefundRejection.returns(.returnCameToLess("ret_1", "1", asked: 2, due: 1)))
    let refused = story.when(receiving(Self.all("1"), Self.all("2"))).happens()
      .when(inspecting(found("1"), found("2", .rejected))).happens()
    refused.when(RefundApprovalTests.approve).thenRejected(
      RefundRejection.returns(.returnCameToLess("ret_1", "2", asked: 1, due: 0)))
    story.when(receiving(Self.all("1"), Self.all("2"))).happens()
      .when(inspecting(found("1"), found("2"))).happens()
      .when(RefundApprovalTests.approve).happens()
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `nor is it paid, or tried again, once it is known that they did not`() {
    let execute = RefundExecutionTests.execute
    let approved = aReturn(in: .approved).when(refunding([("1", 2)])).happens()
      .when(RefundApprovalTests.approve).happens()
    let failed = approved.when(execute).happens()
      .when(RefundExecutionTests.failed(), by: provider).happens()
    for story in [approved, failed] {
      let back = story.when(receiving(came("1"))).happens()
      back.when(inspecting(found("1", .rejected))).happens().when(execute).thenRejected(
        RefundRejection.returns(.returnCameToLess("ret_1", "1", asked: 2, due: 0)))
      _ = back.when(inspecting(found("1"))).happens().when(execute).happens()
      story.when(receiving(came("1", .shortShipped, 1))).happens().when(execute).thenRejected(
        RefundRejection.returns(.returnCameToLess("ret_1", "1", asked: 2, due: 1)))
      story.when(expireReturn, at: approvalEnd).happens().when(execute).thenRejected(
        RefundRejection.returns(.returnNotRefundable("ret_1", status: .expired)))
    }
  }

  private static func all(_ line: LineID) -> ReceptionReport { came(line) }
}
