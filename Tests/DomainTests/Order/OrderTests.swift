// O1: orders as the shop records them, and records them again.

import Domain
import EventSourcing
import Events
import Testing

func newLine(_ line: OrderLine) -> NewOrderLine {
  NewOrderLine(
    lineID: line.lineID, productID: line.productID, title: line.title, quantity: line.quantity,
    unitPrice: line.unitPrice, discount: line.discount, tax: line.tax)
}

struct OrderTests {
  static let record = RecordOrder(
    orderID: "536365", customerID: "cus_5", source: .api, currency: "GBP", placedAt: placedAt,
    shipping: 399, lines: [newLine(holders), newLine(lantern)],
    payments: [Payment(paymentID: "pay_1", amount: 2606, capturedAt: placedAt)],
    marketplace: orderRecorded.marketplace)

  static func recording(_ change: (inout RecordOrder) -> Void) -> Command {
    var command = record
    change(&command)
    return .recordOrder(command)
  }

  static func amending(
    _ lines: [OrderLine], total: Int? = nil, shipping: Int? = nil,
    at updatedAt: Timestamp = "2026-01-06T00:00:00Z"
  ) -> Command {
    .amendOrder(
      AmendOrder(
        orderID: "536365", updatedAt: updatedAt, total: total, shipping: shipping,
        lines: lines.map(newLine)))
  }

  static func amended(_ lines: [OrderLine], total: Int, shipping: Int = 399) -> [Event] {
    [
      .orderAmended(
        OrderAmended(
          orderID: "536365", updatedAt: "2026-01-06T00:00:00Z", total: total, shipping: shipping,
          lines: lines))
    ]
  }

  static func changed(_ line: OrderLine, _ change: (inout OrderLine) -> Void) -> OrderLine {
    var line = line
    change(&line)
    return line
  }

  static func capture(_ id: PaymentID, _ amount: Int) -> Command {
    .capturePayment(
      CapturePayment(orderID: "536365", paymentID: id, amount: amount, capturedAt: placedAt))
  }

  // Recording

  @Test(.accepts("O1"))
  func `O1: an order is recorded with its payments, and its total is computed`() {
    given(acme()).when(.recordOrder(Self.record)).then(order)
  }

  @Test(.accepts("O1")) func `O1: a delivery that is known comes last`() {
    given(acme()).when(Self.recording { $0.deliveredAt = deliveredAt }).then(order + delivered())
  }

  @Test(.accepts("O1")) func `O1: discount, tax and shipping are nothing when absent`() {
    let tea = NewOrderLine(lineID: "1", title: "Tea", quantity: 3, unitPrice: 100)
    let command = RecordOrder(
      orderID: "1", customerID: "cus_5", source: .import, currency: "JPY", placedAt: placedAt,
      lines: [tea])
    given(acme()).when(.recordOrder(command)).then([
      .orderRecorded(
        OrderRecorded(
          orderID: "1", customerID: "cus_5", source: .import, currency: "JPY", placedAt: placedAt,
          updatedAt: placedAt, total: 300, shipping: 0,
          lines: [
            OrderLine(
              lineID: "1", title: "Tea", quantity: 3, unitPrice: 100, discount: 0, tax: 0)
          ]))
    ])
  }

  @Test func `an order with a currency that is none is refused`() {
    given(acme()).when(Self.recording { $0.currency = "XAU" })
      .thenRejected(OrderRejection.unknownCurrency("XAU"))
  }

  @Test(.refuses("O1")) func `each line of an order has a name of its own`() {
    given(acme()).when(Self.recording { $0.lines[1].lineID = "1" })
      .thenRejected(OrderRejection.lineNamedTwice("1"))
  }

  // Recorded again

  @Test(.accepts("O1")) func `O1: an order recorded again changes nothing unless it is newer`() {
    given(acme(), order).when(.recordOrder(Self.record)).thenUnchanged()
    given(acme(), order).when(Self.recording { $0.updatedAt = "2026-01-01T00:00:00Z" })
      .thenUnchanged()
  }

  @Test(.accepts("O1"))
  func `O1: a newer record amends, and adds what it knows of payments and delivery`() {
    let more = Self.changed(lantern) { $0.quantity = 2 }
    given(acme(), order)
      .when(
        Self.recording {
          $0.updatedAt = "2026-01-06T00:00:00Z"
          $0.lines[1].quantity = 2
          $0.deliveredAt = deliveredAt
          $0.payments?.append(
            Payment(paymentID: "pay_2", amount: 339, capturedAt: deliveredAt, provider: "stripe"))
        }
      )
      .then(
        Self.amended([holders, more], total: 2945) + [
          .paymentCaptured(
            PaymentCaptured(
              orderID: "536365", paymentID: "pay_2", amount: 339, capturedAt: deliveredAt,
              provider: "stripe"))
        ] + delivered())
  }

  @Test(.accepts("R2"), .refuses("O1"))
  func `R2: a marketplace may tell its fee later, before the first refund`() {
    let newer: Timestamp = "2026-01-06T00:00:00Z"
    func recording(_ fee: Int, _ tax: Int, at updatedAt: Timestamp? = nil) -> Command {
      Self.recording {
        $0.updatedAt = updatedAt
        $0.marketplace = Marketplace(legID: "leg_1", platformFee: fee, platformFeeTax: tax)
        $0.deliveredAt = deliveredAt
      }
    }
    let untold = given(acme()).when(recording(0, 0)).happens()
      .when(.openCase(CaseTests.open)).happens()
    let told = untold.when(recording(260, 52, at: newer)).happens()
    let refund = Command.requestRefund(requesting([("1", 2)]))
    told.when(refund, by: customer).then(request)
    told.when(recording(1, 0, at: "2026-01-07T00:00:00Z")).thenRejected(
      OrderRejection.otherPlatformFee(recorded: Money(312, "GBP"), given: Money(1, "GBP")))
    untold.when(refund).happens().when(recording(260, 52, at: newer)).thenRejected(
      OrderRejection.otherPlatformFee(recorded: Money(0, "GBP"), given: Money(312, "GBP")))
  }

  @Test(.refuses("O1"))
  func `O1: customer, currency and platform fee are recorded once and for all`() {
    let story = given(acme(), order)
    let newer: Timestamp = "2026-01-06T00:00:00Z"
    story.when(
      Self.recording {
        $0.updatedAt = newer
        $0.customerID = "cus_6"
      }
    ).thenRejected(OrderRejection.orderOfAnotherCustomer(recorded: "cus_5", given: "cus_6"))
    story.when(
      Self.recording {
        $0.updatedAt = newer
        $0.currency = "EUR"
      }
    ).thenRejected(.otherCurrency(recorded: "GBP", given: "EUR"))
    story.when(
      Self.recording {
        $0.updatedAt = newer
        $0.marketplace?.platformFee = 261
      }
    ).thenRejected(.otherPlatformFee(recorded: Money(312, "GBP"), given: Money(313, "GBP")))
  }
}
