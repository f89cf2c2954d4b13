// Amounts at the edge of what JSON can hold exactly: refused, never wrapped and never a crash.

import Domain
import EventSourcing
import Events
import Testing

struct OverflowTests {
  static let most = 9_007_199_254_740_991
  static let tooLarge = OrderRejection.amountTooLarge(currency: "GBP")

  static func line(
    _ quantity: Int, _ price: Int, discount: Int = 0, tax: Int = 0, id: LineID = "1"
  ) -> NewOrderLine {
    NewOrderLine(
      lineID: id, title: "Tea", quantity: quantity, unitPrice: price, discount: discount, tax: tax)
  }

  static func record(
    _ lines: [NewOrderLine], shipping: Int = 0, payments: [Payment] = []
  ) -> Command {
    .recordOrder(
      RecordOrder(
        orderID: "536365", customerID: "cus_5", source: .api, currency: "GBP", placedAt: placedAt,
        shipping: shipping, lines: lines, payments: payments))
  }

  @Test func `an order may cost the most that can be held`() {
    given(acme()).when(Self.record([Self.line(1, Self.most)])).happens()
  }

  @Test func `units times price may be too large`() {
    given(acme()).when(Self.record([Self.line(2, Self.most)])).thenRejected(Self.tooLarge)
    given(acme()).when(Self.record([Self.line(1_000_000_000, Self.most)]))
      .thenRejected(Self.tooLarge)
  }

  @Test func `price and tax, lines, and shipping may be too large together`() {
    given(acme()).when(Self.record([Self.line(1, Self.most, tax: 1)])).thenRejected(Self.tooLarge)
    given(acme())
      .when(Self.record([Self.line(1, Self.most), Self.line(1, 1, id: "2")]))
      .thenRejected(Self.tooLarge)
    given(acme()).when(Self.record([Self.line(1, Self.most)], shipping: 1))
      .thenRejected(Self.tooLarge)
    given(acme()).when(Self.record([Self.line(1, Self.most, discount: 1)], shipping: 1)).happens()
  }

  @Test func `payments may be too large together`() {
    given(acme())
      .when(
        Self.record(
          [Self.line(1, Self.most)],
          payments: [
            Payment(paymentID: "pay_1", amount: Self.most, capturedAt: placedAt),
            Payment(paymentID: "pay_2", amount: Self.most, capturedAt: placedAt),
          ])
      )
      .thenRejected(Self.tooLarge)
  }

  @Test func `the largest order is refunded whole, with every fee`() {
    var story = given(acme())
      .when(
        .recordOrder(
          RecordOrder(
            orderID: "536365", customerID: "cus_5", source: .api, currency: "GBP",
            placedAt: placedAt, deliveredAt: deliveredAt,
            lines: [Self.line(999_999_999, 9_000_000, discount: 999, tax: 998)],
            payments: [
              Payment(paymentID: "pay_1", amount: 8_999_999_990_999_999, capturedAt: placedAt)
            ],
            marketplace: Marketplace(platformFee: Self.most, platformFeeTax: Self.most)))
      ).happens()
    for event in caseOpened { #expect(throws: Never.self) { try story.fold(event) } }
    let first = story.when(.requestRefund(requesting([("1", 333_333_333)]))).happens()
    let second = first.when(.requestRefund(requesting([("1", 666_666_666)], as: "srf_2")))
      .happens()
    #expect(second.orders["536365"]?.balance.refundable == 0)
  }

  @Test(.refuses("R2")) func `what is kept back may be as large as it likes`() {
    given(open)
      .when(.requestRefund(requesting([("1", 1)], restocking: 10_000, shippingFee: Self.most)))
      .thenRejected(
        .amounts(
          .nothingToPay(
            items: Money(300, "GBP"), shipping: Money(0, "GBP"),
            keptBack: Money(Self.most + 300, "GBP"), requested: Money(-Self.most, "GBP"))))
  }

  @Test(.refuses("R2"))
  func `what refunds took before amendments counts towards the most that can be held`() {
    var story = given(acme()).when(Self.record([Self.line(1, Self.most)])).happens()
      .when(OrderTests.capture("pay_1", Self.most)).happens()
    for event in caseOpened { #expect(throws: Never.self) { try story.fold(event) } }
    let first = story.when(.requestRefund(requesting([("1", 1)], restocking: 9_999))).happens()
    let other = OrderLine(
      lineID: "2", title: "Tea", quantity: 1, unitPrice: Self.most, discount: 0, tax: 0)
    let free = OrderLine(
      lineID: "1", title: "Tea", quantity: 1, unitPrice: 0, discount: 0, tax: 0)
    first.when(OrderTests.amending([free, other])).happens()
      .when(.requestRefund(requesting([("2", 1)], as: "srf_2", restocking: 9_999)))
      .thenRejected(.amounts(.amountTooLarge(maximum: Money(Self.most, "GBP"))))
  }

  @Test(.refuses("R3")) func `approving more than there is money is refused`() {
    given(pending).when(RefundApprovalTests.approve(Self.most))
      .thenRejected(
        .amounts(.aboveRequested(approved: Money(Self.most, "GBP"), requested: Money(600, "GBP"))))
  }
}
