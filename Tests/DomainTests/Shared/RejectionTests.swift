// What a sender reads who was refused: the rule, a stable code, the numbers, and what would be
// right.

import Domain
import EventSourcing
import Events
import Testing

struct RejectionTests {
  @Test func `a refusal says which day would have been right`() {
    let rejection = RefundRejection.approval(
      .outsideReturnWindow(
        deliveryDate: "2026-01-05", lastDay: "2026-01-19", today: "2026-01-20"))
    #expect(rejection.rule == "R4")
    #expect(rejection.reason == "outsideReturnWindow")
    #expect(
      rejection.detail
        == "Delivered on 2026-01-05, the order's refunds could be approved until 2026-01-19; "
        + "today is 2026-01-20.")
    #expect(
      rejection.facts == [
        Fact(name: "deliveryDate", value: "2026-01-05"),
        Fact(name: "lastDay", value: "2026-01-19"), Fact(name: "today", value: "2026-01-20"),
      ])
  }

  @Test func `a refusal prints money with the decimals of its currency`() {
    func detail(_ currency: CurrencyCode) -> String {
      RefundRejection.amounts(
        .aboveRefundableBalance(
          requested: Money(1_500, currency), refundable: Money(999, currency)
        )
      ).detail
    }
    #expect(detail("GBP") == "GBP 15.00 were requested; GBP 9.99 of the order are refundable.")
    #expect(detail("JPY") == "JPY 1500 were requested; JPY 999 of the order are refundable.")
    #expect(detail("KWD") == "KWD 1.500 were requested; KWD 0.999 of the order are refundable.")
  }

  @Test func `a refusal names the states that a command starts from`() {
    #expect(
      RefundRejection.notPossible(.cancel, status: .processing).detail
        == "CancelRefund is possible for a refund that is pending or approved or failed "
        + "or partly_executed; "
        + "this one is processing.")
  }

  @Test func `an approver who is none is told who would be one`() {
    let rejection = RefundRejection.approval(.mayNotApprove("customer/cus_5", role: nil))
    #expect(rejection.rule == "R5")
    #expect(rejection.detail.hasPrefix("customer/cus_5 may not approve refunds;"))
  }
}
