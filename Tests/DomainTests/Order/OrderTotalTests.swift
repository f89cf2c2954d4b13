// R2 and R3: the total of an order, its parts, and what may be refunded of it.

import Domain
import EventSourcing
import Events
import Testing

struct OrderTotalTests {
  @Test(.refuses("R3"))
  func `a total that is given may differ from the lines, but not be below the captured`() {
    given(acme()).when(OrderTests.recording { $0.total = 2606 }).happens()
    given(acme()).when(OrderTests.recording { $0.total = 3000 }).happens()
    given(acme()).when(OrderTests.recording { $0.total = 2605 })
      .thenRejected(
        .capturedAboveTotal(captured: Money(2606, "GBP"), total: Money(2605, "GBP")))
  }

  @Test(.refuses("R2", "R3"))
  func `R2: a discount is at most the price, so that nothing costs less than nothing`() {
    given(acme()).when(OrderTests.recording { $0.lines[1].discount = 339 }).thenRejected(
      .capturedAboveTotal(captured: Money(2606, "GBP"), total: Money(2267, "GBP")))
    given(acme()).when(OrderTests.recording { $0.lines[1].discount = 340 })
      .thenRejected(
        .discountAbovePrice("2", discount: Money(340, "GBP"), price: Money(339, "GBP")))
  }

  @Test(.accepts("R2"), .refuses("R2"), arguments: [100, 2000, 3000])
  func `R2: what an order costs other than its parts is not forgotten`(total: Int) {
    let newer: Timestamp = "2026-01-06T00:00:00Z"
    let payment = Payment(paymentID: "pay_1", amount: min(total, 2100), capturedAt: placedAt)
    let story = given(acme()).when(
      OrderTests.recording { ($0.total, $0.payments) = (total, [payment]) }
    )
    .happens().when(.openCase(CaseTests.open)).happens()
    let dearer = OrderTests.changed(lantern) { $0.unitPrice = 439 }
    story.when(OrderTests.amending([holders, dearer])).thenRejected(
      OrderRejection.totalMissing(
        parts: Money(2706, "GBP"), recorded: Money(total, "GBP"), insteadOf: Money(2606, "GBP")))
    #expect(
      story.when(OrderTests.amending([holders, dearer], total: 2100)).happens().orders["536365"]?
        .total
        == 2100)
    // The same parts cost the same, also where the shipping is left out.
    for same in [
      OrderTests.amending([holders, lantern]),
      OrderTests.amending([holders, lantern], shipping: 399),
      OrderTests.recording {
        ($0.updatedAt, $0.total, $0.shipping, $0.payments) = (newer, nil, nil, nil)
      },
    ] {
      let after = story.when(same).happens()
      #expect(after.orders["536365"]?.total == total)
      let part = Command.requestRefund(requesting([("2", 1)], shipping: total < 399))
      #expect(
        after.when(part).happens().refunds["srf_1"]?.requestedAmount
          == story.when(part).happens().refunds["srf_1"]?.requestedAmount)
      let shipping = Command.requestRefund(requesting([], shipping: true))
      #expect(
        after.when(shipping).happens().refunds["srf_1"]?.requestedAmount
          == min(total, 399 + max(0, total - 2606)))
    }
  }

  /// A penny of rounding, a discount on all of it, one that leaves only a little; a tip, duties.
  @Test(.accepts("R2", "R3"), arguments: [2605, 2599, 2306, 500, 2607, 2700, 5000])
  func `R3: an order that costs other than its lines is refunded whole, to the penny`(total: Int) {
    let story = given(acme()).when(
      OrderTests.recording {
        $0.total = total
        $0.payments = [Payment(paymentID: "pay_1", amount: total, capturedAt: placedAt)]
        $0.deliveredAt = deliveredAt
      }
    ).happens().when(.openCase(CaseTests.open)).happens()
    let first = story.when(.requestRefund(requesting([("1", 2)]))).happens()
      .when(.requestRefund(requesting([("1", 3), ("2", 1)], as: "srf_2"))).happens()
      .when(.requestRefund(requesting([("1", 1)], as: "srf_3", shipping: true))).happens()
    #expect(first.orders["536365"]?.balance.reserved == total)
    #expect(first.orders["536365"]?.balance.refundable == 0)
  }

  /// One that leaves some tax, some shipping, or nothing but what pieces without a price cost.
  @Test(.accepts("R2", "R3"), arguments: [(255, 450), (255, 399), (255, 100), (0, 1000)])
  func `R3: nor does a whole refund depend on prices`(unitPrice: Int, total: Int) {
    let story = given(acme()).when(
      OrderTests.recording {
        $0.lines = [
          newLine(
            OrderTests.changed(holders) {
              $0.unitPrice = unitPrice
              $0.discount = 0
              $0.tax = 100
            })
        ]
        $0.total = total
        $0.payments = [Payment(paymentID: "pay_1", amount: total, capturedAt: placedAt)]
        $0.deliveredAt = deliveredAt
      }
    ).happens().when(.openCase(CaseTests.open)).happens()
      .when(.requestRefund(requesting([("1", 6)], shipping: true))).happens()
    #expect(story.orders["536365"]?.balance.reserved == total)
  }
}
