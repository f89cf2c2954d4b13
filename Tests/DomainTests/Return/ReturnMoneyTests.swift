// V3 and V4: what a return comes to, and the refund it becomes.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnMoneyTests {
  /// The restocking rates of two lines, and two shipping fees.
  static let rates = PolicyTests.define([
    PolicyTests.rule(
      "worn", [PolicyTests.text(.reasonCode, .eq, "size")],
      PolicyAction(eligible: true, restockingFee: 2500, shippingFee: 100)),
    PolicyTests.rule("faulty", [PolicyTests.text(.reasonCode, .eq, "defective")]),
  ])

  static func mixed(_ first: String, _ second: String) -> Command {
    .requestReturn(
      RequestReturn(
        returnID: "ret_1", caseID: "sca_9", orderID: "536365",
        lines: [
          RequestedReturnLine(lineID: "1", quantity: 2, reason: GivenReason(code: first)),
          RequestedReturnLine(lineID: "2", quantity: 1, reason: GivenReason(code: second)),
        ]))
  }

  @Test(.accepts("V3"))
  func `V3: one restocking fee for each rate and one shipping fee for the return`() {
    let story = given(open).when(Self.rates).happens()
    // 6.00 at 25 % and 4.07 at 10 %; the higher of 1.00 and 0.39.
    let both = story.when(Self.mixed("size", "changed_mind")).happens().requested["ret_1"]
    #expect(
      both?.estimatedRefund.restockingFees == [
        Fee(basisPoints: 1000, of: 407, amount: 41), Fee(basisPoints: 2500, of: 600, amount: 150),
      ])
    #expect(both?.estimatedRefund.shippingFee == 100)
    #expect(both?.estimatedRefund.amount == 1007 - 41 - 150 - 100)
    // The same rate is one fee, rounded once: 10 % of 10.07.
    let same = story.when(Self.mixed("other", "changed_mind")).happens().requested["ret_1"]
    #expect(
      same?.estimatedRefund.restockingFees == [Fee(basisPoints: 1000, of: 1007, amount: 101)])
    // A line whose rule has no fee bears none.
    let faulty = story.when(Self.mixed("size", "defective")).happens().requested["ret_1"]
    #expect(
      faulty?.estimatedRefund.restockingFees == [Fee(basisPoints: 2500, of: 600, amount: 150)])
  }

  @Test(.accepts("V3"), .refuses("V3")) func `V3: fees never make a return cost money`() {
    let dear = PolicyTests.define([
      PolicyTests.rule(
        "dear", [PolicyTests.number(.amount, .gte, 0)],
        PolicyAction(eligible: true, restockingFee: 10_000, shippingFee: 500))
    ])
    let story = given(open).when(dear).happens().when(returning([("1", 2)])).happens()
    #expect(story.requested["ret_1"]?.estimatedRefund.amount == 0)
    let inspected = story.when(approveReturn()).happens().when(receiving(came("1"))).happens()
      .when(inspecting(found("1"))).happens()
    for resolution in [ReturnResolution.refund, .storeCredit] {
      inspected.when(complete(resolution)).thenRejected(ReturnRejection.amounts(.nothingDue))
    }
    #expect(inspected.when(complete()).happens().completed["ret_1"]?.resolution == .nothing)
  }

  @Test(.accepts("V3")) func `V3: the final refund is about what was accepted`() {
    let story = aReturn(in: .received).when(inspecting(found("1", .accepted, 1))).happens()
    // One of six holders: 2.55 − 0.05 + 0.50, less 10 % and 0.39.
    let done = story.when(complete()).happens().completed["ret_1"]
    #expect(done?.finalRefund.itemsAmount == 300)
    #expect(done?.finalRefund.amount == 300 - 30 - 39)
    #expect(done?.resolution == .refund)
  }

  @Test(.accepts("V3"))
  func `V3: a completed return becomes a refund of the same amount, in one commit`() {
    let story = aReturn(in: .completed)
    let answer = story.when(refunding([("1", 2)]), by: "system/return-refund")
    var requested = refundRequested
    requested.returnID = "ret_1"
    requested.restockingFees = ReturnRequestTests.amount.restockingFees
    requested.shippingFee = 39
    requested.requestedAmount = 501
    requested.requestedBy = "system/return-refund"
    var reserved = balanceReserved
    reserved.amount = 501
    reserved.payments = [PaymentPart(paymentID: "pay_1", amount: 501)]
    answer.then([
      .refundRequested(requested),
      .orderUnitsFreed(
        OrderUnitsFreed(
          orderID: "536365", returnID: "ret_1", lines: ReturnRequestTests.held.lines,
          returnable: true)),
      .orderBalanceReserved(reserved),
      .caseRefundRequested(CaseRefundRequested(caseID: "sca_9", refundID: "srf_1")),
      .returnRefundRequested(
        ReturnRefundRequested(returnID: "ret_1", refundID: "srf_1", amount: 501, currency: "GBP")),
    ])
  }

  /// A return whose order has this payment only; the rest was a gift card that was not imported.
  private func partlyPaid(_ amount: Int) -> Story {
    let payment = PaymentCaptured(
      orderID: "536365", paymentID: "pay_1", amount: amount, capturedAt: placedAt)
    return given(
      acme(), [.orderRecorded(orderRecorded), .paymentCaptured(payment)], delivered(), caseOpened,
      [PolicyTests.defined()]
    ).when(returning([("1", 2)]), by: customer).happens().when(approveReturn()).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
  }

  @Test(.accepts("V3", "R3"))
  func `V3: a return is worth no more than what was paid, and that it gets`() throws {
    let completed = partlyPaid(400).when(complete()).happens()
    #expect(completed.completed["ret_1"]?.finalRefund.amount == 501)
    let answer = completed.when(refunding([("1", 2)]), by: "system/return-refund")
    let story = answer.happens()
    #expect(story.refunds["srf_1"]?.requestedAmount == 400)
    #expect(story.orders["536365"]?.balance.reserved == 400)
    #expect(story.orders["536365"]?.balance.refundable == 0)
    guard case .success(.events(let events)) = answer.outcome,
      case .refund(.refundRequested(let requested))? = events.first
    else { return }
    #expect(requested.uncovered == 101)
    let table = Derivation(of: requested).table.split(separator: "\n").map(String.init)
    let rows = table.suffix(4).prefix(2)
    #expect(rows.first?.hasPrefix("not covered by what was paid") == true)
    #expect(rows.last?.contains("6.00 − 0.60 − 0.39 − 1.01") == true)
    #expect(rows.last?.hasSuffix("4.00") == true)
    // Store credit instead is worth no more.
    let credit = partlyPaid(400).when(complete(.storeCredit)).happens()
    #expect(credit.orders["536365"]?.storeCredit == 400)
    var altered = requested
    altered.uncovered = 100
    HistoryTests.refused(.refundRequested(altered), after: completed)
  }

  @Test(.accepts("V3"), .refuses("B1")) func `V3: money that another refund holds is waited for`() {
    // Of 600 paid, 200 and more are asked for already.
    let story = partlyPaid(600).when(.requestRefund(requesting([("2", 1)], as: "srf_0"))).happens()
    story.when(complete()).thenRejected(
      ReturnRejection.amounts(
        .dueAboveBalance(Money(501, "GBP"), refundable: Money(600 - 407, "GBP"))))
    story.when(.denyRefund(DenyRefund(refundID: "srf_0", reason: "No"))).happens()
      .when(complete()).happens().when(refunding([("1", 2)])).happens()
  }

  @Test(.refuses("C5")) func `C5: a case waits for its return's refund, also behind another one`() {
    let completed = partlyPaid(600).when(complete()).happens()
    // The rest of what was paid is asked for first.
    let behind = completed.when(.requestRefund(requesting([("2", 1)], as: "srf_0"))).happens()
    behind.when(refunding([("1", 2)])).thenRejected(
      .amounts(
        .aboveRefundableBalance(
          requested: Money(501, "GBP"), refundable: Money(600 - 407, "GBP"))))
    behind.when(CaseTests.become(.investigating)).happens().when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
  }

  @Test(.refuses("C5")) func `C5: a case waits for the bank where a refund was withdrawn for it`() {
    let story = aReturn(in: .completed).when(refunding([("1", 2)])).happens()
      .when(ChargebackTests.opening(2606)).happens()
      .when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "The bank has it"))).happens()
      .when(CaseTests.become(.investigating)).happens()
    story.when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
    let over = story.when(ChargebackTests.outcome(.prevented)).happens()
    over.when(refunding([("1", 2)], as: "srf_2")).happens()
    over.when(CaseTests.resolve()).happens()
    story.when(ChargebackTests.outcome(.lost)).happens().when(CaseTests.resolve()).happens()
  }

  @Test(.refuses("V3")) func `V3: a return of which nothing is due is no way to the shipping`() {
    let story = aReturn(in: .received).when(inspecting(found("1", .rejected))).happens()
    var command = requesting([], shipping: true)
    command.returnID = "ret_1"
    story.when(.requestRefund(command)).thenRejected(.returns(.feesComeFromReturn("ret_1")))
    command.includeShipping = nil
    story.when(.requestRefund(command)).thenRejected(.returns(.returnWorthNothing("ret_1")))
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `V3: the refund is about exactly what is due, with the policy's fees`() {
    let story = aReturn(in: .completed)
    let due = [LineUnits(lineID: "1", quantity: 2)]
    for units in [[("1", 1)], [("1", 3)], [("1", 2), ("2", 1)], [("2", 1)]] as [[(LineID, Int)]] {
      story.when(refunding(units)).thenRejected(.returns(.itemsOfReturnDiffer("ret_1", due: due)))
    }
    story.when(refunding([("1", 2)], restocking: 0)).thenRejected(
      .returns(.feesComeFromReturn("ret_1")))
    story.when(refunding([("1", 2)], shippingFee: 0)).thenRejected(
      .returns(.feesComeFromReturn("ret_1")))
    story.when(refunding([("1", 2)], of: "ret_2")).thenRejected(.returns(.unknownReturn("ret_2")))
    // Nor is the shipping added to it.
    var shipping = requesting([("1", 2)], shipping: true)
    shipping.returnID = "ret_1"
    story.when(.requestRefund(shipping), by: customer)
      .thenRejected(.returns(.feesComeFromReturn("ret_1")))
  }

  @Test(.accepts("V3"))
  func `V3: a refund for a return is paid in another case of the order, once its own is closed`() {
    let done = aReturn(in: .inspected).when(complete(.nothing)).happens()
      .when(.assignCase(AssignCase(caseID: "sca_9", owner: "usr_17"))).happens()
      .when(.resolveCase(ResolveCase(caseID: "sca_9", resolution: .denied))).happens()
      .when(.closeCase(CloseCase(caseID: "sca_9"))).happens()
    var again = requesting([("1", 2)], caseID: "sca_10")
    again.returnID = "ret_1"
    var opening = CaseTests.open
    opening.caseID = "sca_10"
    _ = done.when(.openCase(opening)).happens().when(.requestRefund(again)).happens()
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `V3: a refund for a return belongs to its order, and is not amended`() {
    var other = orderRecorded
    other.orderID = "2"
    var otherCase = CaseOpened(
      caseID: "sca_8", customerID: "cus_5", orderID: "2", title: "x", type: .product,
      severity: .normal)
    otherCase.orderID = "2"
    var story = aReturn(in: .completed)
    do {
      try story.fold(.orderRecorded(other))
      try story.fold(.caseOpened(otherCase))
    } catch { Issue.record("\(error)") }
    var command = requesting([("1", 2)], caseID: "sca_8")
    command.orderID = "2"
    command.returnID = "ret_1"
    story.when(.requestRefund(command))
      .thenRejected(.returns(.returnOfAnother("ret_1", case: "sca_9", order: "536365")))
    aReturn(in: .completed).when(refunding([("1", 2)])).happens()
      .when(.amendRefund(RefundAmendmentTests.toOneHolder)).thenRejected(
        .returns(.refundOfReturn("ret_1")))
  }

  @Test(.accepts("V4"))
  func `V4: a return is completed without a refund, which may still come later`() {
    let done = aReturn(in: .inspected).when(complete(.nothing)).happens()
    #expect(done.returns["ret_1"]?.money == .notDue)
    done.when(refunding([("1", 2)])).happens()
  }

  @Test(.accepts("V4"), .refuses("V4"))
  func `V4: items that the customer keeps are refunded without coming back`() {
    let kept = given(returning).when(returning([("1", 2)], method: .keepItem)).happens()
      .when(approveReturn()).happens()
    for command in [shipped, receiving(came("1")), expireReturn] {
      kept.when(command, at: "2027-01-01T00:00:00Z")
        .thenRejected(ReturnRejection.sending(.itemsAreKept("ret_1")))
    }
    let done = kept.when(complete()).happens()
    #expect(done.completed["ret_1"]?.finalRefund == ReturnRequestTests.amount)
    done.when(refunding([("1", 2)])).happens()
    aReturn(in: .approved).when(complete())
      .thenRejected(ReturnRejection.notPossible(.complete, status: .approved))
  }
}
