// R1 to R3: asking for money back.

import Domain
import EventSourcing
import Events
import Testing

struct RefundRequestTests {
  @Test func `a request carries its derivation, reserves the money and is known to its case`() {
    given(open).when(.requestRefund(requesting([("1", 2)])), by: customer).then(request)
  }

  @Test func `a request for everything gives back exactly all of it`() {
    let story = given(open)
      .when(.requestRefund(requesting([("1", 6), ("2", 1)], shipping: true))).happens()
    let refund = story.refunds["srf_1"]
    let order = story.orders["536365"]
    #expect(refund?.requestedAmount == 2606)
    #expect(order?.balance.reserved == 2606)
    #expect(order?.balance.refundable == 0)
  }

  // R1

  @Test(.refuses("R1")) func `R1: a refund needs a case`() {
    given(acme(), order, delivered()).when(.requestRefund(requesting([("1", 1)])))
      .thenRejected(RefundRejection.noOpenCase(.unknownCase("sca_9")))
  }

  @Test(.refuses("R1")) func `R1: a refund needs a recorded order`() {
    let general: Event = .caseOpened(
      CaseOpened(
        caseID: "sca_9", customerID: "cus_5", title: "A question", type: .policy, severity: .low))
    given(acme(), [general]).when(.requestRefund(requesting([("1", 1)])))
      .thenRejected(RefundRejection.noOpenCase(.unknownOrder("536365")))
  }

  @Test(.refuses("R1")) func `R1: the case is about the refund's order`() {
    let general: Event = .caseOpened(
      CaseOpened(
        caseID: "sca_1", customerID: "cus_5", title: "A question", type: .policy, severity: .low))
    given(open, [general]).when(.requestRefund(requesting([("1", 1)], caseID: "sca_1")))
      .thenRejected(.noOpenCase(.caseOfAnotherOrder("sca_1", order: nil, given: "536365")))
  }

  @Test(.refuses("R1")) func `R1: a customer asks for refunds of their own orders only`() {
    given(open).when(.requestRefund(requesting([("1", 1)])), by: "customer/cus_6")
      .thenRejected(.belonging(.anotherCustomersOrder("536365")))
  }

  @Test(.refuses("C2")) func `C2: a customer hears nothing of another customer's case`() {
    let foreign: Event = .caseOpened(
      CaseOpened(
        caseID: "sca_1", customerID: "cus_6", title: "A question", type: .policy, severity: .low))
    given(open, [foreign])
      .when(.requestRefund(requesting([("1", 1)], caseID: "sca_1")), by: "customer/cus_5")
      .thenRejected(.noOpenCase(.anotherCustomersCase("sca_1")))
  }

  @Test(.accepts("R1")) func `R1: an agent, an admin and a service ask on a customer's behalf`() {
    for actor in [agent, admin, "service/uid-1000"] {
      given(open).when(.requestRefund(requesting([("1", 1)])), by: actor).happens()
    }
  }

  @Test(.accepts("R1"), .refuses("R1")) func `R1: the leg is the order's`() {
    var command = requesting([("1", 1)])
    command.legID = "leg_2"
    given(open).when(.requestRefund(command))
      .thenRejected(.belonging(.legOfAnotherOrder("leg_2", recorded: "leg_1")))
    command.legID = "leg_1"
    given(open).when(.requestRefund(command)).happens()
  }

  @Test(.accepts("R1"), .refuses("R1")) func `R1: all units that are left, and not one more`() {
    given(open).when(.requestRefund(requesting([("1", 6)]))).happens()
    given(open).when(.requestRefund(requesting([("1", 7)])))
      .thenRejected(
        .units(.moreUnitsThanLeft("1", asked: 7, left: 6, ordered: 6, inUse: UnitsInUse())))
  }

  @Test(.accepts("R1"), .refuses("R1"))
  func `R1: reserved and refunded units are not there to be refunded again`() {
    let held = UnitsInUse(refunds: ["srf_1": 2])
    for (history, inUse) in [
      (pending, held), (refund(in: .executed), UnitsInUse(refunded: 2)),
      (refund(in: .failed), held),
    ] {
      given(history).when(.requestRefund(requesting([("1", 4)], as: "srf_2"))).happens()
      given(history).when(.requestRefund(requesting([("1", 5)], as: "srf_2")))
        .thenRejected(
          .units(.moreUnitsThanLeft("1", asked: 5, left: 4, ordered: 6, inUse: inUse)))
    }
    for history in [refund(in: .denied), refund(in: .cancelled)] {
      given(history).when(.requestRefund(requesting([("1", 6)], as: "srf_2"))).happens()
    }
  }

  @Test(.refuses("R1")) func `R1: each line exists and is named once`() {
    given(open).when(.requestRefund(requesting([("3", 1)])))
      .thenRejected(.units(.unknownLine("3", order: "536365")))
    given(open).when(.requestRefund(requesting([("1", 1), ("1", 1)])))
      .thenRejected(RefundRejection.units(.lineNamedTwice("1")))
    given(open).when(.requestRefund(requesting([]))).thenRejected(.units(.nothingNamed))
    var command = requesting([("1", 1), ("2", 1)])
    command.items[1].refundItemID = "sri_1"
    given(open).when(.requestRefund(command)).thenRejected(.units(.itemNamedTwice("sri_1")))
  }

  @Test(.refuses("R1")) func `R1: a refund is requested once`() {
    given(pending).when(.requestRefund(requesting([("1", 1)])))
      .thenRejected(.alreadyRequested("srf_1"))
  }

  @Test(.accepts("C3"), .refuses("C3"), arguments: CaseStatus.allCases)
  func `C3: a new refund needs a case that is open or in progress`(status: CaseStatus) {
    let answer = given(acme(), order, delivered(), supportCase(in: status))
      .when(.requestRefund(requesting([("1", 1)])))
    switch status.stage {
    case .open, .inProgress: answer.happens()
    case .resolved, .closed: answer.thenRejected(.noOpenCase(.caseNotOpen("sca_9", status: status)))
    }
  }

  // R2

  @Test(.accepts("R2")) func `R2: shipping is refunded whole, once`() {
    let story = given(open)
      .when(.requestRefund(requesting([("2", 1)], shipping: true))).happens()
    #expect(story.refunds["srf_1"]?.requestedAmount == 407 + 399)
    let again = story.when(.requestRefund(requesting([("1", 2)], as: "srf_2", shipping: true)))
      .happens()
    #expect(again.refunds["srf_2"]?.requestedAmount == 600)
  }

  @Test(.accepts("R2"), .refuses("R2")) func `R2: the shipping can be all that is refunded, once`()
  {
    let story = given(open).when(.requestRefund(requesting([("1", 6), ("2", 1)]))).happens()
    let late = story.when(.requestRefund(requesting([], as: "srf_2", shipping: true))).happens()
    #expect(late.refunds["srf_2"]?.requestedAmount == 399)
    #expect(late.orders["536365"]?.balance.refundable == 0)
    let nothing = RefundRejection.amounts(
      .nothingToPay(
        items: Money(0, "GBP"), shipping: Money(0, "GBP"), keptBack: Money(0, "GBP"),
        requested: Money(0, "GBP")))
    late.when(.requestRefund(requesting([], as: "srf_3", shipping: true))).thenRejected(nothing)
    story.when(.requestRefund(requesting([], as: "srf_3"))).thenRejected(.units(.nothingNamed))
    // And what was asked for may become the shipping alone.
    let amended = given(pending).when(
      .amendRefund(AmendRefund(refundID: "srf_1", items: [], includeShipping: true))
    ).happens()
    #expect(amended.refunds["srf_1"]?.requestedAmount == 399)
    #expect(amended.orders["536365"]?.balance.reserved == 399)
  }

  @Test(.accepts("R2"))
  func `R2: fees kept back lower the request, and the platform's fee follows the basis`() {
    var requested = refundRequested
    requested.shipping = Share(of: 399, part: 1, whole: 1, share: 399)
    requested.restockingFees = [Fee(basisPoints: 1000, of: 600, amount: 60)]
    requested.shippingFee = 39
    requested.requestedAmount = 900
    requested.basis = 999
    requested.platformFee = Share(of: 260, part: 999, whole: 2606, share: 100)
    requested.platformFeeTax = Share(of: 52, part: 999, whole: 2606, share: 20)
    var reserved = balanceReserved
    reserved.amount = 900
    reserved.shipping = 399
    reserved.basis = 999
    reserved.platformFee = 100
    reserved.platformFeeTax = 20
    reserved.payments = [PaymentPart(paymentID: "pay_1", amount: 900)]
    given(open)
      .when(
        .requestRefund(
          requesting([("1", 2)], shipping: true, restocking: 1000, shippingFee: 39)), by: customer
      )
      .then([.refundRequested(requested), .orderBalanceReserved(reserved), request[2]])
  }

  @Test(.accepts("R2")) func `R2: the restocking fee is rounded half up`() {
    // 600 × 2.5 % is 15 exactly; 407 × 0.5 % is 2.035; 407 × 50 % is 203.5.
    for (line, units, points, kept) in [("1", 2, 250, 15), ("2", 1, 50, 2), ("2", 1, 5000, 204)] {
      let story = given(open)
        .when(
          .requestRefund(
            requesting([(LineID(unchecked: line), units)], restocking: points))
        ).happens()
      #expect(story.refunds["srf_1"]?.requestedAmount == (line == "1" ? 600 : 407) - kept)
    }
  }

  @Test(.accepts("R2"), .refuses("R2")) func `R2: a refund pays something`() {
    given(open).when(.requestRefund(requesting([("1", 2)], shippingFee: 599))).happens()
    given(open).when(.requestRefund(requesting([("1", 2)], shippingFee: 600)))
      .thenRejected(
        .amounts(
          .nothingToPay(
            items: Money(600, "GBP"), shipping: Money(0, "GBP"), keptBack: Money(600, "GBP"),
            requested: Money(0, "GBP"))))
    given(open).when(.requestRefund(requesting([("1", 2)], restocking: 10_000, shippingFee: 1)))
      .thenRejected(
        .amounts(
          .nothingToPay(
            items: Money(600, "GBP"), shipping: Money(0, "GBP"), keptBack: Money(601, "GBP"),
            requested: Money(-1, "GBP"))))
  }

  @Test(.accepts("R2")) func `R2: a request before the delivery carries no delivery date`() {
    var requested = refundRequested
    requested.deliveryDate = nil
    given(acme(), order, caseOpened).when(.requestRefund(requesting([("1", 2)])), by: customer)
      .then([.refundRequested(requested)] + request.dropFirst())
  }

  // R3

  @Test(.accepts("R3"), .refuses("R3"))
  func `R3: the whole refundable balance, and not a penny more`() {
    for (captured, isEnough) in [(600, true), (599, false)] {
      var less = paid
      less.amount = captured
      let answer = given(
        acme(), [.orderRecorded(orderRecorded), .paymentCaptured(less)], delivered(), caseOpened
      ).when(.requestRefund(requesting([("1", 2)])))
      if isEnough {
        let story = answer.happens()
        #expect(story.orders["536365"]?.balance.refundable == 0)
      } else {
        answer.thenRejected(
          .amounts(
            .aboveRefundableBalance(requested: Money(600, "GBP"), refundable: Money(599, "GBP"))))
      }
    }
  }

  @Test(.refuses("R3")) func `R3: without a captured payment nothing is refundable`() {
    given(acme(), [.orderRecorded(orderRecorded)], delivered(), caseOpened)
      .when(.requestRefund(requesting([("1", 2)])))
      .thenRejected(
        .amounts(.aboveRefundableBalance(requested: Money(600, "GBP"), refundable: Money(0, "GBP")))
      )
  }

  @Test(.accepts("O2"))
  func `O2: payments are reserved in order of capture, however late they were told`() {
    let second = PaymentCaptured(
      orderID: "536365", paymentID: "pay_2", amount: 500, capturedAt: "2026-01-03T00:00:00Z")
    let first = PaymentCaptured(
      orderID: "536365", paymentID: "pay_1", amount: 100, capturedAt: "2026-01-02T00:00:00Z")
    var reserved = balanceReserved
    reserved.payments = [
      PaymentPart(paymentID: "pay_1", amount: 100), PaymentPart(paymentID: "pay_2", amount: 500),
    ]
    var requested = refundRequested
    requested.balanceBefore = 600
    given(
      acme(),
      [.orderRecorded(orderRecorded), .paymentCaptured(second), .paymentCaptured(first)],
      delivered(), caseOpened
    )
    .when(.requestRefund(requesting([("1", 2)])), by: customer)
    .then([.refundRequested(requested), .orderBalanceReserved(reserved), request[2]])
  }
}
