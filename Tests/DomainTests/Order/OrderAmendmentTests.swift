// O1: the newest amendment wins, and what was given stays given.

import Domain
import EventSourcing
import Events
import Testing

struct OrderAmendmentTests {
  @Test(.accepts("O1")) func `O1: the newest wins, a late update changes nothing`() {
    let dearer = OrderTests.changed(lantern) { $0.unitPrice = 439 }
    let amend = OrderTests.amending([holders, dearer])
    let story = given(acme(), order).when(amend)
      .then(OrderTests.amended([holders, dearer], total: 2706))
    story.when(amend).thenUnchanged()
    story.when(OrderTests.amending([holders], at: "2026-01-05T23:59:59.999999Z")).thenUnchanged()
  }

  @Test func `an amendment keeps the shipping unless it names another`() {
    let dearer = OrderTests.changed(lantern) { $0.unitPrice = 439 }
    given(acme(), order).when(OrderTests.amending([holders, dearer], shipping: 499))
      .then(OrderTests.amended([holders, dearer], total: 2806, shipping: 499))
  }

  @Test(.accepts("R1"), .refuses("R1"))
  func `R1: a line keeps the units that refunds take, exactly and minus one`() {
    let free: [Event] = [.orderRecorded(orderRecorded)]
    var less = paid
    less.amount = 700
    let story = given(acme(), free, [.paymentCaptured(less)], delivered(), caseOpened)
      .when(.requestRefund(requesting([("1", 2)]))).happens()
    let reserved = UnitsInUse(refunds: ["srf_1": 2])
    func with(_ quantity: Int) -> Command {
      OrderTests.amending(
        [OrderTests.changed(holders) { $0.quantity = quantity }, lantern], total: 2606)
    }
    story.when(with(2)).happens().when(.requestRefund(requesting([("1", 1)], as: "srf_2")))
      .thenRejected(
        .units(.moreUnitsThanLeft("1", asked: 1, left: 0, ordered: 2, inUse: reserved)))
    story.when(with(1))
      .thenRejected(.unitsAlreadyTaken("1", taken: 2, given: 1, inUse: reserved))
    story.when(OrderTests.amending([lantern], total: 2606))
      .thenRejected(.unitsAlreadyTaken("1", taken: 2, given: 0, inUse: reserved))
  }

  @Test func `a line that no refund takes from may go`() {
    given(pending).when(OrderTests.amending([holders], total: 2606)).happens()
    given(refund(in: .cancelled)).when(OrderTests.amending([lantern], total: 2606)).happens()
  }

  @Test(.accepts("R3"), .refuses("R3")) func `R3: the total stays at least what was captured`() {
    given(acme(), order).when(OrderTests.amending([holders, lantern], total: 2606)).happens()
    given(acme(), order).when(OrderTests.amending([holders, lantern], total: 2605))
      .thenRejected(
        .capturedAboveTotal(captured: Money(2606, "GBP"), total: Money(2605, "GBP")))
  }

  @Test func `what was given stays given: a lower tax or shipping takes nothing back`() {
    let whole = given(open)
      .when(.requestRefund(requesting([("1", 5)], shipping: true))).happens()
    let untaxed = OrderTests.changed(holders) { $0.tax = 0 }
    let story = whole.when(OrderTests.amending([untaxed, lantern], total: 2606, shipping: 0))
      .happens()
    let last = story.when(.requestRefund(requesting([("1", 1)], as: "srf_2", shipping: true)))
      .happens()
    // One unit at its price less its discount, without tax; of the shipping, what the order costs
    // beyond its parts, less what was given.
    let beyond = 2606 - (6 * 255 - 30) - (339 + 68)
    #expect(last.refunds["srf_2"]?.requestedAmount == 250 + beyond - 399)
    #expect(last.orders["536365"]?.balance.reserved == 1500 + 399 + 250 + beyond - 399)
  }

  @Test func `a higher discount after a refund makes no unit cost less than nothing`() {
    let story = given(open).when(.requestRefund(requesting([("1", 5)]))).happens()
    let free = OrderTests.changed(holders) { $0.discount = 6 * 255 }
    let amended = story.when(OrderTests.amending([free, lantern], total: 2606)).happens()
    let last = amended.when(.requestRefund(requesting([("1", 1)], as: "srf_2"))).happens()
    #expect(last.refunds["srf_2"]?.requestedAmount == 50)
  }

  @Test func `a reservation is given back to an order that was amended since`() {
    let more = OrderTests.changed(holders) {
      $0.quantity = 8
      $0.tax = 400
    }
    let story = given(pending).when(OrderTests.amending([more, lantern], total: 4000)).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    let last = story.when(.requestRefund(requesting([("1", 8)], as: "srf_2"))).happens()
    #expect(last.refunds["srf_2"]?.requestedAmount == 8 * 255 - 30 + 400)
  }
}
