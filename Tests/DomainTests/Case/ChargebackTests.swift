// B1: what a chargeback belongs to, and the evidence against it.

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

  @Test(.accepts("B1"), .refuses("B1"))
  func `a chargeback is represented with evidence that is on the case's record`() {
    let story = given(open + Self.opened(2606, covered: 2606, before: 2606))
    story.when(Self.represent).thenRejected(
      ChargebackRejection.evidenceNotAttached(Self.evidence[0], "sca_9"))
    story.when(EvidenceTests.attach).happens().when(Self.represent).then(Self.represented)
  }

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
