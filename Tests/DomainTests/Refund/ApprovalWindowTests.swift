// R4: the days on which a refund can be approved.

import Domain
import EventSourcing
import Events
import Testing

struct ApprovalWindowTests {
  @Test(.accepts("R4")) func `R4: on the fourteenth day after delivery a refund can be approved`() {
    given(pending).when(RefundApprovalTests.approve, at: "2026-01-19T23:59:59.999999Z").happens()
  }

  @Test(.refuses("R4")) func `R4: on the fifteenth day after delivery it cannot`() {
    given(pending).when(RefundApprovalTests.approve, at: "2026-01-20T00:00:00Z")
      .thenRejected(
        .approval(
          .outsideReturnWindow(
            deliveryDate: "2026-01-05", lastDay: "2026-01-19", today: "2026-01-20")))
  }

  @Test(.accepts("R4"), .refuses("R4"))
  func `R4: without a delivery date a refund is requested and denied, never approved`() {
    let history = acme() + order + caseOpened
    let story = given(history).when(.requestRefund(requesting([("1", 2)]))).happens()
    story.when(RefundApprovalTests.approve).thenRejected(.approval(.notDelivered("536365")))
    story.when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn"))).happens()
  }

  @Test(.accepts("R4"), .refuses("R4"))
  func `R4: of a return it is the request that must be in time, not the approval`() {
    // Requested on 16 January, three days before the window ends, and looked at long after.
    let late: Timestamp = "2026-02-20T12:00:00Z"
    var facts = approvalFacts
    facts.today = "2026-02-20"
    aReturn(in: .completed).when(refunding([("1", 2)])).happens()
      .when(.approveRefund(ApproveRefund(refundID: "srf_1")), at: late).then([
        .refundApproved(
          RefundApproved(
            refundID: "srf_1", approvedAmount: 501, currency: "GBP", approvedBy: admin,
            facts: facts, returnRequestedOn: "2026-01-16"))
      ])
    // Requested on the day after the window.
    given(returning).when(returning([("1", 2)]), at: "2026-01-20T00:00:00Z").happens()
      .when(approveReturn()).happens().when(receiving(came("1"))).happens()
      .when(inspecting(found("1"))).happens().when(complete()).happens()
      .when(refunding([("1", 2)])).happens()
      .when(.approveRefund(ApproveRefund(refundID: "srf_1")), at: late)
      .thenRejected(
        .approval(
          .outsideReturnWindow(
            deliveryDate: "2026-01-05", lastDay: "2026-01-19", today: "2026-02-20")))
  }

  @Test(.accepts("R4")) func `R4: outside the window requesting and denying stay possible`() {
    let late: Timestamp = "2026-03-01T12:00:00Z"
    given(open).when(.requestRefund(requesting([("1", 2)])), at: late).happens()
    given(pending).when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn")), at: late)
      .happens()
  }

  @Test(.accepts("R4"), .refuses("R4")) func `R4: a window of no days is the day of delivery`() {
    let history = acme { $0.returnWindowDays = 0 } + order + delivered() + caseOpened + request
    given(history).when(RefundApprovalTests.approve, at: "2026-01-05T23:59:59Z").happens()
    given(history).when(RefundApprovalTests.approve, at: "2026-01-06T00:00:00Z")
      .thenRejected(
        .approval(
          .outsideReturnWindow(
            deliveryDate: "2026-01-05", lastDay: "2026-01-05", today: "2026-01-06")))
  }

  @Test(.accepts("R4"))
  func `R4: the delivery counts as known at the approval, when it is corrected`() {
    given(pending, delivered("2026-01-06T09:30:00Z")).when(
      RefundApprovalTests.approve, at: "2026-01-20T12:00:00Z"
    )
    .happens()
  }

  @Test(
    .accepts("R4"), .refuses("R4"),
    arguments: [
      // Delivered in winter, decided in summer time: the clocks went forward on 2026-03-29.
      ("2026-03-20T23:59:59Z" as Timestamp, "2026-04-03T22:59:59Z" as Timestamp, true),
      ("2026-03-20T23:59:59Z", "2026-04-03T23:00:00Z", false),
      ("2026-03-21T00:00:00Z", "2026-04-03T23:00:00Z", true),
      ("2026-03-21T00:00:00Z", "2026-04-04T22:59:59Z", true),
      ("2026-03-21T00:00:00Z", "2026-04-04T23:00:00Z", false),
      // Delivered in summer time, decided in winter: the clocks went back on 2026-10-25.
      ("2026-10-19T22:59:59Z", "2026-11-02T23:59:59Z", true),
      ("2026-10-19T22:59:59Z", "2026-11-03T00:00:00Z", false),
      ("2026-10-19T23:00:00Z", "2026-11-03T00:00:00Z", true),
      ("2026-10-19T23:00:00Z", "2026-11-03T23:59:59Z", true),
      ("2026-10-19T23:00:00Z", "2026-11-04T00:00:00Z", false),
      // Delivered in the hour that does not exist locally, and in the one that exists twice.
      ("2026-03-29T00:59:59Z", "2026-04-12T22:59:59Z", true),
      ("2026-03-29T01:00:00Z", "2026-04-12T23:00:00Z", false),
      ("2026-10-25T00:30:00Z", "2026-11-08T23:59:59Z", true),
      ("2026-10-25T01:30:00Z", "2026-11-09T00:00:00Z", false),
      // The year of the online-retail data.
      ("2010-03-20T23:30:00Z", "2010-04-03T22:59:59Z", true),
      ("2010-03-20T23:30:00Z", "2010-04-03T23:00:00Z", false),
      ("2010-10-20T23:30:00Z", "2010-11-04T23:59:59Z", true),
      ("2010-10-20T23:30:00Z", "2010-11-05T00:00:00Z", false),
    ])
  func `R4: days are the tenant's calendar days across summer time`(
    delivery: Timestamp, approval: Timestamp, isAllowed: Bool
  ) {
    let answer = given(acme(), order, delivered(delivery), caseOpened, request)
      .when(RefundApprovalTests.approve, at: approval)
    if isAllowed {
      answer.happens()
    } else {
      let day = london(delivery)
      answer.thenRejected(
        .approval(
          .outsideReturnWindow(
            deliveryDate: day, lastDay: day.advanced(byDays: 14), today: day.advanced(byDays: 15))))
    }
  }
}
