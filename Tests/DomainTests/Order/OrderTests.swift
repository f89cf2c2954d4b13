// O1 and O2: orders as the shop tells them, late, twice and out of order.

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

  @Test(.refuses("R3"))
  func `a total that is given may differ from the lines, but not be below the captured`() {
    given(acme()).when(Self.recording { $0.total = 2606 }).happens()
    given(acme()).when(Self.recording { $0.total = 3000 }).happens()
    given(acme()).when(Self.recording { $0.total = 2605 })
      .thenRejected(
        .capturedAboveTotal(captured: Money(2606, "GBP"), total: Money(2605, "GBP")))
  }

  @Test func `an order with a currency that is none is refused`() {
    given(acme()).when(Self.recording { $0.currency = "XAU" })
      .thenRejected(OrderRejection.unknownCurrency("XAU"))
  }

  @Test(.refuses("O1")) func `each line of an order has a name of its own`() {
    given(acme()).when(Self.recording { $0.lines[1].lineID = "1" })
      .thenRejected(OrderRejection.lineNamedTwice("1"))
  }

  @Test(.refuses("R2", "R3"))
  func `R2: a discount is at most the price, so that nothing costs less than nothing`() {
    given(acme()).when(Self.recording { $0.lines[1].discount = 339 }).thenRejected(
      .capturedAboveTotal(captured: Money(2606, "GBP"), total: Money(2267, "GBP")))
    given(acme()).when(Self.recording { $0.lines[1].discount = 340 })
      .thenRejected(
        .discountAbovePrice("2", discount: Money(340, "GBP"), price: Money(339, "GBP")))
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

  // Payments

  static func capture(_ id: PaymentID, _ amount: Int) -> Command {
    .capturePayment(
      CapturePayment(orderID: "536365", paymentID: id, amount: amount, capturedAt: placedAt))
  }

  @Test(.accepts("O1"), .refuses("O1"))
  func `O1: a payment told twice changes nothing, with another amount it is refused`() {
    given(acme(), order).when(Self.capture("pay_1", 2606)).thenUnchanged()
    given(acme(), order).when(Self.capture("pay_1", 2605))
      .thenRejected(
        .paymentOfAnotherAmount(
          "pay_1", recorded: Money(2606, "GBP"), given: Money(2605, "GBP")))
  }

  @Test(.accepts("R3"), .refuses("R3"))
  func `R3: captured is at most the total, exactly and plus one`() {
    let unpaid: [Event] = [.orderRecorded(orderRecorded)]
    given(acme(), unpaid).when(Self.capture("pay_1", 2606)).then([.paymentCaptured(paid)])
    given(acme(), unpaid).when(Self.capture("pay_1", 2607))
      .thenRejected(
        .capturedAboveTotal(captured: Money(2607, "GBP"), total: Money(2606, "GBP")))
    given(acme(), order).when(Self.capture("pay_2", 1))
      .thenRejected(
        .capturedAboveTotal(captured: Money(2607, "GBP"), total: Money(2606, "GBP")))
  }

  @Test func `a payment named twice in one record counts once`() {
    let payment = Payment(paymentID: "pay_1", amount: 2606, capturedAt: placedAt)
    let paidTwice = [payment, payment]
    given(acme()).when(Self.recording { $0.payments = paidTwice }).then(order)
  }

  // Delivery and cancellation

  @Test(.accepts("O1")) func `O1: a delivery told twice changes nothing, a correction is recorded`()
  {
    let story = given(acme(), order)
    let deliver = RecordDelivery(orderID: "536365", deliveredAt: deliveredAt)
    story.when(.recordDelivery(deliver)).then(delivered()).when(.recordDelivery(deliver))
      .thenUnchanged()
    let later: Timestamp = "2026-01-07T10:00:00Z"
    given(acme(), order, delivered())
      .when(.recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: later)))
      .then(delivered(later))
  }

  @Test(.accepts("O1")) func `O1: what was corrected since and comes late corrects nothing`() {
    func delivering(_ time: Timestamp) -> Command {
      .recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: time))
    }
    let later: Timestamp = "2026-01-07T10:00:00Z"
    let corrected = given(acme(), order, delivered()).when(delivering(later)).happens()
    corrected.when(delivering(deliveredAt)).thenUnchanged()
    corrected.when(delivering(later)).thenUnchanged()
    // The shop itself may change its mind again.
    let back = Self.recording {
      $0.updatedAt = "2026-01-08T10:00:00Z"
      $0.deliveredAt = deliveredAt
    }
    #expect(corrected.when(back).happens().orders["536365"]?.deliveredAt == deliveredAt)
  }

  @Test(.accepts("R2"), .refuses("R2"), arguments: [100, 2000, 3000])
  func `R2: what an order costs other than its parts is not forgotten`(total: Int) {
    let newer: Timestamp = "2026-01-06T00:00:00Z"
    let payment = Payment(paymentID: "pay_1", amount: min(total, 2100), capturedAt: placedAt)
    let story = given(acme()).when(Self.recording { ($0.total, $0.payments) = (total, [payment]) })
      .happens().when(.openCase(CaseTests.open)).happens()
    let dearer = Self.changed(lantern) { $0.unitPrice = 439 }
    story.when(Self.amending([holders, dearer])).thenRejected(
      OrderRejection.totalMissing(
        parts: Money(2706, "GBP"), recorded: Money(total, "GBP"), insteadOf: Money(2606, "GBP")))
    #expect(
      story.when(Self.amending([holders, dearer], total: 2100)).happens().orders["536365"]?.total
        == 2100)
    // The same parts cost the same, also where the shipping is left out.
    for same in [
      Self.amending([holders, lantern]), Self.amending([holders, lantern], shipping: 399),
      Self.recording {
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

  @Test(.accepts("O1")) func `O1: an order cancelled twice is cancelled once`() {
    let cancel = Command.cancelOrder(
      CancelOrder(orderID: "536365", cancelledAt: noon, reason: "Out of stock"))
    given(acme(), order).when(cancel)
      .then([
        .orderCancelled(
          OrderCancelled(orderID: "536365", cancelledAt: noon, reason: "Out of stock"))
      ])
      .when(cancel).thenUnchanged()
  }

  @Test(.refuses("O1")) func `what is told of an order that is not recorded is refused`() {
    for command in [
      Self.amending([holders, lantern]), Self.capture("pay_1", 1),
      .recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: noon)),
      .cancelOrder(CancelOrder(orderID: "536365", cancelledAt: noon)),
    ] {
      given(acme()).when(command).thenRejected(OrderRejection.unknownOrder("536365"))
    }
  }

  @Test(.accepts("O1"))
  func `O1: news that comes late may still tell of a payment and of the delivery`() {
    let story = given(acme()).when(
      Self.recording {
        $0.payments = nil
        $0.deliveredAt = nil
      }
    ).happens()
    let late = Self.recording {
      $0.payments = [Payment(paymentID: "pay_1", amount: 2606, capturedAt: placedAt)]
      $0.deliveredAt = deliveredAt
    }
    let told = story.when(late).then([.paymentCaptured(paid)] + delivered())
    told.when(late).thenUnchanged()
    // What is known of the delivery is not overwritten by it.
    told.when(Self.recording { $0.deliveredAt = noon }).thenUnchanged()
  }

  /// A penny of rounding, a discount on all of it, one that leaves only a little; a tip, duties.
  @Test(.accepts("R2", "R3"), arguments: [2605, 2599, 2306, 500, 2607, 2700, 5000])
  func `R3: an order that costs other than its lines is refunded whole, to the penny`(total: Int) {
    let story = given(acme()).when(
      Self.recording {
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
      Self.recording {
        $0.lines = [
          newLine(
            Self.changed(holders) {
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
