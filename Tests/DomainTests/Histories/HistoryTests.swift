// A history that no decision could have led to is damaged, and is not folded.

import Domain
import EventSourcing
import Events
import Testing

struct HistoryTests {
  static func refused(
    _ event: Event, after history: [Event], at location: SourceLocation = #_sourceLocation
  ) {
    refused(event, after: given(history), at: location)
  }

  static func refused(
    _ event: Event, after story: Story, at location: SourceLocation = #_sourceLocation
  ) {
    var story = story
    #expect(throws: InconsistentHistory.self, sourceLocation: location) { try story.fold(event) }
    Seen.current?.disbelieved()
  }

  static func reserving(_ change: (inout OrderBalanceReserved) -> Void) -> Event {
    var event = balanceReserved
    change(&event)
    return .orderBalanceReserved(event)
  }

  @Test func `nothing happens twice`() {
    Self.refused(acme()[0], after: acme())
    Self.refused(acme()[1], after: acme())
    Self.refused(order[0], after: order)
    Self.refused(order[1], after: order)
    Self.refused(delivered()[0], after: order + delivered())
    Self.refused(caseOpened[0], after: caseOpened)
    for event in request { Self.refused(event, after: pending) }
    Self.refused(approval[0], after: approved)
    Self.refused(started(1)[0], after: processing)
    for event in execution { Self.refused(event, after: refund(in: .executed)) }
    for event in cancellation { Self.refused(event, after: refund(in: .cancelled)) }
  }

  @Test func `nothing happens to what does not exist`() {
    let all = approval + started(1) + execution + failure() + outcomeUnknown + denial + cancellation
    for event in all { Self.refused(event, after: acme()) }
    Self.refused(order[1], after: acme())
    Self.refused(delivered()[0], after: acme())
    Self.refused(acme()[1], after: [])
    Self.refused(supportCase(in: .investigating)[1], after: acme())
  }

  @Test(arguments: Refund.Status.allCases)
  func `a refund's events follow its states`(status: Refund.Status) {
    let cancelled = cancellation[0]
    let executed = execution[0]
    let failed = failure()[0]
    let accepted = Event.refundLegAccepted(
      RefundLegAccepted(
        refundID: "srf_1", paymentID: "pay_1", attempt: 1, reason: "pending", status: .processing))
    // As it was recorded before legs were told apart.
    let old: [Event] = [
      .refundExecuted(
        RefundExecuted(
          refundID: "srf_1", attempt: 1, amount: 600, currency: "GBP",
          settlementReference: "sim_3f2a")),
      .refundFailed(
        RefundFailed(refundID: "srf_1", attempt: 1, code: .declined, reason: "closed")),
      .refundOutcomeUnknown(
        RefundOutcomeUnknown(refundID: "srf_1", attempt: 1, reason: "No answer")),
    ]
    let givenUp = Event.refundRestGivenUp(
      RefundRestGivenUp(refundID: "srf_1", amount: 200, givenUpBy: admin))
    let again = started(2, [leg("pay_2", 200, attempt: 2)])[0]
    let allowed: [Event] =
      switch status {
      case .pending: [approval[0], denial[0], cancelled]
      case .approved: [started(1)[0], cancelled]
      case .processing: [executed, failed, outcomeUnknown[0], accepted] + old
      case .outcomeUnknown: [executed, failed, accepted, old[0], old[1]]
      // R9: the books may say that it was paid after all.
      case .failed: [started(2)[0], cancelled, executed, old[0]]
      case .executed: [returned()[0]]
      case .partlyExecuted: [again, givenUp, returned("pay_1", 400)[0]]
      case .denied, .cancelled: []
      }
    let all: [Event] =
      [
        approval[0], denial[0], cancelled, started(1)[0], started(2)[0], executed, failed,
        outcomeUnknown[0], accepted, returned()[0], returned("pay_1", 400)[0], givenUp, again,
      ] + old
    for event in all {
      var story = given(refund(in: status))
      if allowed.contains(event) {
        #expect(throws: Never.self) { try story.fold(event) }
      } else {
        #expect(throws: InconsistentHistory.self) { try story.fold(event) }
      }
    }
  }

  @Test func `O2: no reservation holds more than there is`() {
    Self.refused(Self.reserving { $0.amount = 2607 }, after: open)
    Self.refused(Self.reserving { $0.amount = 599 }, after: open)
    Self.refused(Self.reserving { $0.lines[0].quantity = 7 }, after: open)
    Self.refused(Self.reserving { $0.lines[0].discount = 31 }, after: open)
    Self.refused(Self.reserving { $0.lines[0].tax = 301 }, after: open)
    Self.refused(Self.reserving { $0.lines[0].lineID = "3" }, after: open)
    Self.refused(Self.reserving { $0.shipping = 400 }, after: open)
    Self.refused(Self.reserving { $0.platformFee = 261 }, after: open)
    Self.refused(Self.reserving { $0.platformFeeTax = 53 }, after: open)
    Self.refused(Self.reserving { $0.payments[0].paymentID = "pay_2" }, after: open)
    Self.refused(Self.reserving { $0.payments = [] }, after: open)
  }

  @Test func `O2: no reservation gives back or pays anything but what it holds`() {
    for amount in [599, 601] {
      Self.refused(
        .orderReservationReleased(
          OrderReservationReleased(orderID: "536365", refundID: "srf_1", amount: amount)),
        after: pending)
      for payment in [nil, "pay_1"] as [PaymentID?] {
        Self.refused(
          .orderReservationSettled(
            OrderReservationSettled(
              orderID: "536365", refundID: "srf_1", paymentID: payment, amount: amount)),
          after: processing)
      }
      Self.refused(
        .orderReservationRestored(
          OrderReservationRestored(
            orderID: "536365", refundID: "srf_1", paymentID: "pay_1", amount: amount)),
        after: processing + execution)
    }
    func reduced(_ amount: Int, _ payment: PaymentID = "pay_1") -> Event {
      .orderReservationReduced(
        OrderReservationReduced(
          orderID: "536365", refundID: "srf_1", amount: amount,
          payments: [PaymentPart(paymentID: payment, amount: amount)]))
    }
    Self.refused(reduced(600), after: pending)
    Self.refused(reduced(0), after: pending)
    Self.refused(reduced(1, "pay_2"), after: pending)
  }

  @Test func `R3: no capture and no amendment makes more captured than the total`() {
    let more = PaymentCaptured(
      orderID: "536365", paymentID: "pay_2", amount: 1, capturedAt: placedAt)
    Self.refused(.paymentCaptured(more), after: order)
    Self.refused(OrderTests.amended([holders, lantern], total: 2605)[0], after: order)
    Self.refused(OrderTests.amended([lantern], total: 2606)[0], after: pending)
  }

  @Test func `amounts are those that were approved`() {
    Self.refused(
      .refundApproved(
        RefundApproved(
          refundID: "srf_1", approvedAmount: 601, currency: "GBP", approvedBy: admin,
          facts: approvalFacts)), after: pending)
    Self.refused(
      .refundLegSettled(
        RefundLegSettled(
          refundID: "srf_1", paymentID: "pay_1", attempt: 1, amount: 599, currency: "GBP",
          settlementReference: "sim", status: .executed)), after: processing)
    Self.refused(
      .refundExecuted(
        RefundExecuted(
          refundID: "srf_1", attempt: 1, amount: 599, currency: "GBP",
          settlementReference: "sim")), after: processing)
    Self.refused(
      .refundApprovalReset(RefundApprovalReset(refundID: "srf_1", approvedAmount: 599)),
      after: approved)
  }

  @Test(arguments: CaseStatus.allCases)
  func `a case's events follow its stages`(status: CaseStatus) {
    let stage = status.stage
    let cases: [(Event, [CaseStage])] = [
      (.caseReopened(CaseReopened(caseID: "sca_9")), [.resolved]),
      (.caseClosed(CaseClosed(caseID: "sca_9")), [.resolved]),
      (
        .caseResolved(CaseResolved(caseID: "sca_9", resolution: .denied, resolvedAt: noon)),
        [.inProgress]
      ),
      (request[2], [.open, .inProgress]),
      (
        .caseAssigned(CaseAssigned(caseID: "sca_9", owner: "usr_17")),
        [.open, .inProgress, .resolved]
      ),
    ]
    for (event, stages) in cases {
      var story = given(supportCase(in: status))
      if stages.contains(stage) {
        #expect(throws: Never.self) { try story.fold(event) }
      } else {
        #expect(throws: InconsistentHistory.self) { try story.fold(event) }
      }
    }
  }

  @Test func `an event of another aggregate is refused`() {
    var order = Order()
    #expect(throws: InconsistentHistory.self) { try order.fold(caseOpened[0]) }
    var supportCase = SupportCase()
    #expect(throws: InconsistentHistory.self) { try supportCase.fold(delivered()[0]) }
    var refund = Refund()
    #expect(throws: InconsistentHistory.self) { try refund.fold(delivered()[0]) }
    var tenant = given(acme()).tenant
    #expect(throws: InconsistentHistory.self) { try tenant.fold(delivered()[0]) }
    var customer = Customer()
    #expect(throws: InconsistentHistory.self) { try customer.fold(delivered()[0]) }
  }
}
