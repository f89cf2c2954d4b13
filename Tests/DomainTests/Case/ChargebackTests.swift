// B1: a chargeback's states, its money, and that no money is paid twice.

import Domain
import EventSourcing
import Events
import Testing

struct ChargebackTests {
  static let evidence: [ContentDigest] = [
    ContentDigest(unchecked: String(repeating: "9f", count: 32))
  ]

  static func opening(
    _ amount: Int, as id: ChargebackID = "chg_1", payment: PaymentID = "pay_1"
  ) -> Command {
    .openChargeback(
      OpenChargeback(
        chargebackID: id, caseID: "sca_9", orderID: "536365", paymentID: payment, amount: amount,
        reason: "product_not_received"))
  }

  static func opened(_ amount: Int, covered: Int, before: Int) -> [Event] {
    [
      .chargebackOpened(
        ChargebackOpened(
          caseID: "sca_9", chargebackID: "chg_1", orderID: "536365", paymentID: "pay_1",
          amount: amount, currency: "GBP", covered: covered, captured: 2606,
          balanceBefore: before, reason: "product_not_received", openedBy: admin)),
      .orderBalanceDisputed(
        OrderBalanceDisputed(
          orderID: "536365", chargebackID: "chg_1", paymentID: "pay_1", amount: amount,
          covered: covered)),
    ]
  }

  static let represent: Command = .representChargeback(
    RepresentChargeback(caseID: "sca_9", chargebackID: "chg_1", evidence: evidence))

  static let represented: [Event] = [
    .chargebackRepresented(
      ChargebackRepresented(
        caseID: "sca_9", chargebackID: "chg_1", evidence: evidence, representedBy: admin))
  ]

  static func outcome(_ outcome: ChargebackOutcome) -> Command {
    .recordChargebackOutcome(
      RecordChargebackOutcome(caseID: "sca_9", chargebackID: "chg_1", outcome: outcome))
  }

  static func ended(_ outcome: ChargebackOutcome, covered: Int, uncovered: Int = 0) -> [Event] {
    let takesMoney = outcome == .lost || outcome == .accepted
    return [
      .chargebackEnded(
        ChargebackEnded(caseID: "sca_9", chargebackID: "chg_1", outcome: outcome)),
      takesMoney
        ? .orderDisputeSettled(
          OrderDisputeSettled(
            orderID: "536365", chargebackID: "chg_1", paymentID: "pay_1", amount: covered,
            uncovered: uncovered))
        : .orderDisputeReleased(
          OrderDisputeReleased(
            orderID: "536365", chargebackID: "chg_1", paymentID: "pay_1", amount: covered)),
    ]
  }

  static func covered(_ amount: Int, isLost: Bool = false) -> Event {
    .orderDisputeCovered(
      OrderDisputeCovered(
        orderID: "536365", chargebackID: "chg_1", paymentID: "pay_1", amount: amount,
        isLost: isLost))
  }

  static let disputed: [Event] =
    open + EvidenceTests.attached + opened(2606, covered: 2606, before: 2606)

  func balance(_ story: Story) -> [Int] {
    guard let balance = story.orders["536365"]?.balance else { return [] }
    return [balance.executed, balance.reserved, balance.disputed, balance.refundable]
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a chargeback is represented with evidence that is on the case's record`() {
    let story = given(open + Self.opened(2606, covered: 2606, before: 2606))
    story.when(Self.represent).thenRejected(
      ChargebackRejection.evidenceNotAttached(Self.evidence[0], "sca_9"))
    story.when(EvidenceTests.attach).happens().when(Self.represent).then(Self.represented)
  }

  @Test(.accepts("B1"))
  func `what the end of one chargeback frees goes to another that found nothing left`() {
    let refunded = given(open).when(.requestRefund(requesting([("1", 2)]))).happens()
      .when(RefundApprovalTests.approve).happens().when(RefundExecutionTests.execute).happens()
      .when(RefundExecutionTests.executed()).happens()
    let both = refunded.when(Self.opening(1303)).happens()
      .when(Self.opening(1303, as: "chg_2")).happens()
    #expect(balance(both) == [600, 0, 2006, 0])
    // The second claims 1303 and found 703.
    let freed = both.when(Self.outcome(.prevented)).happens()
    #expect(balance(freed) == [600, 0, 1303, 703])
    let lost = freed.when(
      .recordChargebackOutcome(
        RecordChargebackOutcome(caseID: "sca_9", chargebackID: "chg_2", outcome: .lost))
    ).happens()
    #expect(balance(lost) == [1903, 0, 0, 703])
  }

  @Test(.refuses("B1")) func `neither money nor store credit is due for what the bank took back`() {
    let story = aReturn(in: .inspected).when(Self.opening(2606)).happens()
    let amount = Money(501, "GBP")
    for before in [story, story.when(Self.outcome(.lost)).happens()] {
      for resolution in [ReturnResolution.storeCredit, .refund] {
        before.when(complete(resolution)).thenRejected(
          ReturnRejection.amounts(.dueAboveBalance(amount, refundable: Money(0, "GBP"))))
      }
      before.when(complete(.nothing)).happens().when(CaseTests.become(.investigating)).happens()
        .when(CaseTests.resolve()).happens()
    }
    // Where the bank came between the completion and its refund, the case waits for what the bank
    // decides, and not for ever.
    let late = aReturn(in: .completed).when(CaseTests.become(.investigating)).happens()
    late.when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
    let claimed = late.when(Self.opening(2606)).happens()
    claimed.when(CaseTests.resolve())
      .thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: .completed)))
    claimed.when(Self.outcome(.lost)).happens().when(CaseTests.resolve()).happens()
    story.when(Self.outcome(.prevented)).happens().when(complete(.storeCredit)).happens()
  }

  // MARK: States

  /// A case with a chargeback in each of its states.
  static func history(_ status: Chargeback.Status) -> [Event] {
    switch status {
    case .opened: disputed
    case .represented: disputed + represented
    case .won: disputed + represented + ended(.won, covered: 2606)
    case .lost: disputed + ended(.lost, covered: 2606)
    case .accepted: disputed + ended(.accepted, covered: 2606)
    case .prevented: disputed + ended(.prevented, covered: 2606)
    }
  }

  @Test(.accepts("B1"), arguments: Chargeback.Status.allCases, ChargebackOutcome.allCases)
  func `each state ends as the table says and not otherwise`(
    status: Chargeback.Status, outcome: ChargebackOutcome
  ) {
    let table: [Chargeback.Status: Set<ChargebackOutcome>] = [
      .opened: [.lost, .accepted, .prevented], .represented: [.won, .lost, .accepted],
    ]
    let answer = given(Self.history(status)).when(Self.outcome(outcome))
    if table[status, default: []].contains(outcome) {
      answer.then(Self.ended(outcome, covered: 2606))
    } else if status.rawValue == outcome.rawValue {
      answer.thenUnchanged()
    } else {
      answer.thenRejected(ChargebackRejection.notPossible(outcome.rawValue, status: status))
    }
  }

  @Test(.accepts("B1"), arguments: Chargeback.Status.allCases)
  func `only an opened chargeback is represented`(status: Chargeback.Status) {
    let answer = given(Self.history(status)).when(Self.represent)
    switch status {
    case .opened: answer.then(Self.represented)
    case .represented: answer.thenUnchanged()
    default:
      answer.thenRejected(ChargebackRejection.notPossible("represented", status: status))
    }
  }

  @Test(.accepts("B1"), .refuses("B1"), arguments: Chargeback.Status.allCases)
  func `the same chargeback told twice changes nothing, another under its id is refused`(
    status: Chargeback.Status
  ) {
    let story = given(Self.history(status))
    story.when(Self.opening(2606)).thenUnchanged()
    story.when(Self.opening(2605)).thenRejected(ChargebackRejection.alreadyOpened("chg_1"))
  }

  // MARK: Money

  @Test(.accepts("B1"), .refuses("R3")) func `an open chargeback is disputed, not refundable`() {
    let story = given(open)
    let after = story.when(Self.opening(600)).then(Self.opened(600, covered: 600, before: 2606))
    #expect(balance(after) == [0, 0, 600, 2006])
    after.when(.requestRefund(requesting([("1", 6), ("2", 1)], shipping: true))).thenRejected(
      RefundRejection.amounts(
        .aboveRefundableBalance(
          requested: Money(2606, "GBP"), refundable: Money(2006, "GBP"))))
  }

  @Test func `a lost or accepted chargeback is executed, a won or prevented one refundable again`()
  {
    #expect(balance(given(Self.history(.lost))) == [2606, 0, 0, 0])
    #expect(balance(given(Self.history(.accepted))) == [2606, 0, 0, 0])
    #expect(balance(given(Self.history(.won))) == [0, 0, 0, 2606])
    #expect(balance(given(Self.history(.prevented))) == [0, 0, 0, 2606])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a refund and a chargeback for the same money are not both paid`() {
    let claimed = approved + Self.opened(2606, covered: 2006, before: 2006)
    let story = given(claimed)
    #expect(balance(story) == [0, 600, 2006, 0])
    let refusal = RefundRejection.approval(
      .claimedByChargeback(
        "chg_1", "pay_1", claimed: Money(2606, "GBP"), uncovered: Money(600, "GBP")))
    story.when(RefundExecutionTests.execute).thenRejected(refusal)
    given(pending, Self.opened(2606, covered: 2006, before: 2006))
      .when(.approveRefund(ApproveRefund(refundID: "srf_1"))).thenRejected(refusal)
    story.when(.amendRefund(RefundAmendmentTests.toOneHolder)).thenRejected(refusal)
    given(processing + failure(), Self.opened(2606, covered: 2006, before: 2006))
      .when(RefundExecutionTests.execute).thenRejected(refusal)
    // Won, the refund goes on.
    given(claimed + Self.represented + Self.ended(.won, covered: 2006))
      .when(RefundExecutionTests.execute).then(started(1))
  }

  @Test(.accepts("B1")) func `what a refund gives back goes to the chargeback that claims it`() {
    let claimed = given(approved, Self.opened(2606, covered: 2006, before: 2006))
    let cancelled = claimed.when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer)
      .then(cancellation + [Self.covered(600)])
    #expect(balance(cancelled) == [0, 0, 2606, 0])
    let denied = given(pending, Self.opened(2606, covered: 2006, before: 2006))
      .when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "worn"))).then(
        denial + [Self.covered(600)])
    #expect(balance(denied) == [0, 0, 2606, 0])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a lost chargeback takes what a refund gives back later`() {
    let lost = given(
      approved, Self.opened(2606, covered: 2006, before: 2006),
      Self.ended(.lost, covered: 2006, uncovered: 600))
    #expect(balance(lost) == [2006, 600, 0, 0])
    lost.when(RefundExecutionTests.execute).thenRejected(
      RefundRejection.approval(
        .claimedByChargeback(
          "chg_1", "pay_1", claimed: Money(2606, "GBP"), uncovered: Money(600, "GBP"))))
    let after = lost.when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer)
      .then(cancellation + [Self.covered(600, isLost: true)])
    #expect(balance(after) == [2606, 0, 0, 0])
  }

  @Test(.accepts("B1"))
  func `a chargeback for what was refunded already finds nothing left to dispute`() {
    let story = given(refund(in: .executed))
    let after = story.when(Self.opening(2606)).then(
      Self.opened(2606, covered: 2006, before: 2006))
    #expect(balance(after) == [600, 0, 2006, 0])
  }

  /// The bank wants what a refund paid already, and nothing of that payment is left.
  @Test(.accepts("B1"), .refuses("B1"), .refuses("R3"))
  func `a bank that takes what was refunded leaves no more for other refunds`() {
    let halves = OrderTests.recording {
      $0.lines = [
        newLine(
          OrderTests.changed(holders) {
            ($0.quantity, $0.unitPrice, $0.discount, $0.tax) = (2, 1000, 0, 0)
          })
      ]
      ($0.total, $0.shipping) = (2000, 0)
      $0.payments = [
        Payment(paymentID: "pay_1", amount: 1000, capturedAt: placedAt),
        Payment(paymentID: "pay_2", amount: 1000, capturedAt: noon),
      ]
      $0.deliveredAt = deliveredAt
    }
    func approving(_ id: RefundID) -> Command { .approveRefund(ApproveRefund(refundID: id)) }
    func executing(_ id: RefundID) -> Command { .executeRefund(ExecuteRefund(refundID: id)) }
    let first = given(acme()).when(halves).happens().when(.openCase(CaseTests.open)).happens()
      .when(.requestRefund(requesting([("1", 1)]))).happens().when(approving("srf_1")).happens()
      .when(executing("srf_1")).happens().when(RefundExecutionTests.executed(), by: provider)
      .happens()
    let claimed = first.when(Self.opening(1000)).happens()
    let lost = claimed.when(Self.outcome(.lost)).happens()
    let second = Command.requestRefund(requesting([("1", 1)], as: "srf_2"))
    for story in [claimed, lost] {
      story.when(second).thenRejected(
        RefundRejection.amounts(
          .aboveRefundableBalance(
            requested: Money(1000, "GBP"), refundable: Money(0, "GBP"))))
    }
    // Also where it was asked for, or approved, before.
    let refusal = RefundRejection.approval(
      .claimedByChargeback(
        "chg_1", "pay_1", claimed: Money(1000, "GBP"), uncovered: Money(1000, "GBP")))
    let asked = first.when(second).happens()
    asked.when(Self.opening(1000)).happens().when(approving("srf_2")).thenRejected(refusal)
    let approved = asked.when(approving("srf_2")).happens().when(Self.opening(1000)).happens()
    approved.when(executing("srf_2")).thenRejected(refusal)
    // Once the bank wants it no more, the refund goes on.
    _ = approved.when(Self.outcome(.prevented)).happens().when(executing("srf_2")).happens()
  }

  @Test(.accepts("B1"))
  func `a payment under way when the bank claims its money is still recorded as it was`() {
    let story = given(processing, Self.opened(2606, covered: 2006, before: 2006))
    let paid = story.when(RefundExecutionTests.executed(), by: provider).then(execution)
    #expect(balance(paid) == [600, 0, 2006, 0])
  }

  @Test(.accepts("B1"), .refuses("B1"))
  func `a bank takes back at most what was captured, over all chargebacks`() {
    func refusal(_ claimed: Int, _ claimable: Int) -> ChargebackRejection {
      .moreThanCaptured(
        claimed: Money(claimed, "GBP"), captured: Money(2606, "GBP"),
        claimable: Money(claimable, "GBP"))
    }
    given(open).when(Self.opening(2607)).thenRejected(refusal(2607, 2606))
    given(open).when(Self.opening(0)).thenRejected(refusal(0, 2606))
    let disputed = given(open, Self.opened(2000, covered: 2000, before: 2606))
    disputed.when(Self.opening(607, as: "chg_2")).thenRejected(refusal(607, 606))
    _ = disputed.when(Self.opening(606, as: "chg_2")).happens()
    let lost = given(
      open, Self.opened(2000, covered: 2000, before: 2606), Self.ended(.lost, covered: 2000))
    lost.when(Self.opening(607, as: "chg_2")).thenRejected(refusal(607, 606))
    given(Self.history(.lost)).when(Self.opening(1, as: "chg_2")).thenRejected(refusal(1, 0))
    // Won, the bank may ask again.
    _ = given(Self.history(.won)).when(Self.opening(2606, as: "chg_2")).happens()
  }

  // MARK: What belongs together

  @Test(.refuses("C1", "B1"))
  func `a chargeback belongs to a case of its order and to one of its payments`() {
    given(acme(), order).when(Self.opening(600)).thenRejected(
      ChargebackRejection.unknownCase("sca_9"))
    given(acme(), caseOpened).when(Self.opening(600)).thenRejected(
      ChargebackRejection.unknownOrder("536365"))
    given(open).when(Self.opening(600, payment: "pay_2")).thenRejected(
      ChargebackRejection.unknownPayment("pay_2", order: "536365"))
    given(open).when(Self.represent).thenRejected(
      ChargebackRejection.unknownChargeback("chg_1", case: "sca_9"))
    given(acme()).when(Self.outcome(.won)).thenRejected(ChargebackRejection.unknownCase("sca_9"))
    var other = caseOpened
    if case .supportCase(.caseOpened(var event)) = other[0] {
      event.orderID = nil
      other[0] = .caseOpened(event)
    }
    given(acme(), order, other).when(Self.opening(600)).thenRejected(
      ChargebackRejection.caseOfAnotherOrder("sca_9", order: nil, given: "536365"))
    given(acme(), order, supportCase(in: .closed)).when(Self.opening(600)).thenRejected(
      ChargebackRejection.caseClosed("sca_9"))
  }

  @Test(.refuses("B1")) func `the same chargeback is opened in one case of its order only`() {
    let other = OpenCase(
      caseID: "sca_10", customerID: "cus_5", orderID: "536365", title: "Once more", type: .product)
    guard case .supportCase(.openChargeback(var again)) = Self.opening(600) else { return }
    again.caseID = "sca_10"
    let opened = given(open).when(Self.opening(600)).happens()
      .when(.openCase(other), by: customer).happens()
    // Also when it is over, however it ended.
    for story in [
      opened, opened.when(Self.outcome(.lost)).happens(),
      opened.when(Self.outcome(.prevented)).happens(),
    ] {
      story.when(.openChargeback(again)).thenRejected(ChargebackRejection.alreadyOpened("chg_1"))
    }
  }

  @Test(.accepts("B1")) func `an outcome is recorded also when the case is closed`() {
    let investigating = Array(supportCase(in: .closed).dropFirst())
    given(Self.disputed, investigating).when(Self.outcome(.lost)).then(
      Self.ended(.lost, covered: 2606))
  }

  @Test func `a history in which chargebacks contradict themselves is not believed`() {
    for event in Self.disputed.suffix(2) { HistoryTests.refused(event, after: Self.disputed) }
    HistoryTests.refused(Self.opened(2606, covered: 2605, before: 2606)[1], after: open)
    HistoryTests.refused(Self.opened(2607, covered: 2606, before: 2606)[1], after: open)
    HistoryTests.refused(Self.covered(1), after: Self.disputed)
    for event in Self.ended(.won, covered: 2606) {
      HistoryTests.refused(event, after: open)
      HistoryTests.refused(event, after: Self.history(.won))
    }
    for event in Self.ended(.lost, covered: 2605) + Self.ended(.won, covered: 2605) {
      if case .supportCase(.chargebackEnded) = event { continue }
      HistoryTests.refused(event, after: Self.disputed)
    }
    HistoryTests.refused(Self.represented[0], after: Self.history(.represented))
  }

  @Test(.refuses("B1")) func `no case is closed over the head of a chargeback under way`() {
    let story = given(Self.disputed).when(CaseTests.become(.investigating)).happens()
      .when(CaseTests.resolve()).happens()
    let close = Command.closeCase(CloseCase(caseID: "sca_9"))
    story.when(close).thenRejected(
      CaseRejection.end(.chargebackUnderWay("chg_1", status: .opened)))
    let represented = story.when(Self.represent).happens()
    represented.when(close).thenRejected(
      CaseRejection.end(.chargebackUnderWay("chg_1", status: .represented)))
    represented.when(Self.outcome(.won)).happens().when(close).happens()
  }
}
