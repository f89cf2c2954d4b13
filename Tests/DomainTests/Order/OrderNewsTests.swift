// O1: what is told of a recorded order, late, twice and out of order.

import Domain
import EventSourcing
import Events
import Testing

struct OrderNewsTests {
  @Test(.accepts("O1"), .refuses("O1"))
  func `O1: a payment told twice changes nothing, with another amount it is refused`() {
    given(acme(), order).when(OrderTests.capture("pay_1", 2606)).thenUnchanged()
    given(acme(), order).when(OrderTests.capture("pay_1", 2605))
      .thenRejected(
        .paymentOfAnotherAmount(
          "pay_1", recorded: Money(2606, "GBP"), given: Money(2605, "GBP")))
  }

  @Test(.accepts("R3"), .refuses("R3"))
  func `R3: captured is at most the total, exactly and plus one`() {
    let unpaid: [Event] = [.orderRecorded(orderRecorded)]
    given(acme(), unpaid).when(OrderTests.capture("pay_1", 2606)).then([.paymentCaptured(paid)])
    given(acme(), unpaid).when(OrderTests.capture("pay_1", 2607))
      .thenRejected(
        .capturedAboveTotal(captured: Money(2607, "GBP"), total: Money(2606, "GBP")))
    given(acme(), order).when(OrderTests.capture("pay_2", 1))
      .thenRejected(
        .capturedAboveTotal(captured: Money(2607, "GBP"), total: Money(2606, "GBP")))
  }

  @Test func `a payment named twice in one record counts once`() {
    let payment = Payment(paymentID: "pay_1", amount: 2606, capturedAt: placedAt)
    let paidTwice = [payment, payment]
    given(acme()).when(OrderTests.recording { $0.payments = paidTwice }).then(order)
  }

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
    let back = OrderTests.recording {
      $0.updatedAt = "2026-01-08T10:00:00Z"
      $0.deliveredAt = deliveredAt
    }
    #expect(corrected.when(back).happens().orders["536365"]?.deliveredAt == deliveredAt)
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
      OrderTests.amending([holders, lantern]), OrderTests.capture("pay_1", 1),
      .recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: noon)),
      .cancelOrder(CancelOrder(orderID: "536365", cancelledAt: noon)),
    ] {
      given(acme()).when(command).thenRejected(OrderRejection.unknownOrder("536365"))
    }
  }

  @Test(.accepts("O1"))
  func `O1: news that comes late may still tell of a payment and of the delivery`() {
    let story = given(acme()).when(
      OrderTests.recording {
        $0.payments = nil
        $0.deliveredAt = nil
      }
    ).happens()
    let late = OrderTests.recording {
      $0.payments = [Payment(paymentID: "pay_1", amount: 2606, capturedAt: placedAt)]
      $0.deliveredAt = deliveredAt
    }
    let told = story.when(late).then([.paymentCaptured(paid)] + delivered())
    told.when(late).thenUnchanged()
    // What is known of the delivery is not overwritten by it.
    told.when(OrderTests.recording { $0.deliveredAt = noon }).thenUnchanged()
  }
}
