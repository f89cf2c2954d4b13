// C3, H1 and H2: what may be kept back of a seller's payout, and until when.

import Domain
import EventSourcing
import Events
import Testing

struct PayoutHoldTests {
  static let end: Timestamp = "2026-02-01T00:00:00Z"
  static let secondBeforeEnd: Timestamp = "2026-01-31T23:59:59Z"

  static func applying(
    _ amount: Int, as id: HoldID = "sph_1", leg: LegID? = nil, until: Timestamp = end,
    order: OrderID = "536365"
  ) -> Command {
    .applyPayoutHold(
      ApplyPayoutHold(
        holdID: id, caseID: "sca_9", orderID: order, legID: leg, amount: amount,
        expiresAt: until, reason: "Claimed as broken"))
  }

  static let release: Command = .releasePayoutHold(ReleasePayoutHold(holdID: "sph_1"))
  static let expire: Command = .expirePayoutHold(ExpirePayoutHold(holdID: "sph_1"))

  /// GBP 26.06 less GBP 2.60 fee and GBP 0.52 fee tax.
  static func applied(_ amount: Int = 600, held: Int = 0, as id: HoldID = "sph_1") -> [Event] {
    [
      .payoutHoldApplied(
        PayoutHoldApplied(
          holdID: id, caseID: "sca_9", orderID: "536365", legID: "leg_1", amount: amount,
          currency: "GBP", expiresAt: end, reason: "Claimed as broken",
          payable: Payable(
            refundable: 2606, platformFee: 260, platformFeeTax: 52, held: held,
            payable: 2294 - held),
          appliedBy: admin)),
      .orderPayoutHeld(OrderPayoutHeld(orderID: "536365", holdID: id, amount: amount)),
      .caseHoldApplied(CaseHoldApplied(caseID: "sca_9", holdID: id)),
    ]
  }

  static func ending(isExpired: Bool) -> [Event] {
    [
      isExpired
        ? .payoutHoldExpired(PayoutHoldExpired(holdID: "sph_1", expiresAt: end))
        : .payoutHoldReleased(PayoutHoldReleased(holdID: "sph_1", releasedBy: admin)),
      .orderPayoutFreed(OrderPayoutFreed(orderID: "536365", holdID: "sph_1", amount: 600)),
      .caseHoldEnded(CaseHoldEnded(caseID: "sca_9", holdID: "sph_1", isExpired: isExpired)),
    ]
  }

  static func history(_ status: PayoutHold.Status) -> [Event] {
    switch status {
    case .applied: open + applied()
    case .released: open + applied() + ending(isExpired: false)
    case .expired: open + applied() + ending(isExpired: true)
    }
  }

  @Test(.refuses("H1"), arguments: PayoutHold.Status.allCases)
  func `each state ends as the table says and not otherwise`(status: PayoutHold.Status) {
    let story = given(Self.history(status))
    #expect(story.holds["sph_1"]?.status == status)
    let release = story.when(Self.release)
    let expire = story.when(Self.expire, at: Self.end)
    switch status {
    case .applied:
      release.then(Self.ending(isExpired: false))
      expire.then(Self.ending(isExpired: true))
    case .released:
      release.thenUnchanged()
      expire.thenUnchanged()
    case .expired:
      release.thenRejected(PayoutHoldRejection.expired("sph_1", at: Self.end))
      expire.thenUnchanged()
    }
    story.when(Self.applying(1)).thenRejected(PayoutHoldRejection.alreadyApplied("sph_1"))
  }

  @Test(.accepts("H1"), .refuses("H1"))
  func `H1: a hold keeps back at most what is payable to the seller`() {
    func refusal(_ asked: Int, _ payable: Int) -> PayoutHoldRejection {
      .morePayableThanLeft(asked: Money(asked, "GBP"), payable: Money(payable, "GBP"))
    }
    given(open).when(Self.applying(2294)).then(Self.applied(2294))
    given(open).when(Self.applying(2295)).thenRejected(refusal(2295, 2294))
    given(open).when(Self.applying(0)).thenRejected(refusal(0, 2294))
    let held = given(open, Self.applied())
    held.when(Self.applying(1694, as: "sph_2")).then(Self.applied(1694, held: 600, as: "sph_2"))
    held.when(Self.applying(1695, as: "sph_2")).thenRejected(refusal(1695, 1694))
    // What ends is payable again.
    given(Self.history(.released)).when(Self.applying(2294, as: "sph_2")).happens()
    given(Self.history(.expired)).when(Self.applying(2294, as: "sph_2")).happens()
  }

  @Test(.accepts("H1"), .refuses("H1"))
  func `H1: what refunds and chargebacks hold is not payable`() {
    // The refund holds 6.00, and 0.60 and 0.12 of the fees with it.
    given(pending).when(Self.applying(1767)).thenRejected(
      PayoutHoldRejection.morePayableThanLeft(
        asked: Money(1767, "GBP"), payable: Money(1766, "GBP")))
    given(pending).when(Self.applying(1766)).happens()
    given(ChargebackTests.disputed).when(Self.applying(1)).thenRejected(
      PayoutHoldRejection.morePayableThanLeft(asked: Money(1, "GBP"), payable: Money(0, "GBP")))
  }

  @Test(.accepts("H2"), .refuses("H2"))
  func `H2: a hold expires when its time is over and not before`() {
    let story = given(Self.history(.applied))
    story.when(Self.expire, at: Self.secondBeforeEnd).thenRejected(
      PayoutHoldRejection.notExpiredYet("sph_1", expiresAt: Self.end, now: Self.secondBeforeEnd))
    story.when(Self.expire, at: Self.end).then(Self.ending(isExpired: true))
    given(open).when(Self.applying(600, until: noon)).thenRejected(
      PayoutHoldRejection.expiresInThePast(noon, now: noon))
  }

  @Test(.accepts("C3"), .refuses("C3"), arguments: CaseStatus.allCases)
  func `C3: a hold needs a case that is open or in progress`(status: CaseStatus) {
    let answer = given(acme(), order, supportCase(in: status)).when(Self.applying(600))
    if status == .open || CaseStatesTests.inProgress.contains(status) {
      answer.then(Self.applied())
    } else {
      answer.thenRejected(PayoutHoldRejection.noOpenCase(.caseNotOpen("sca_9", status: status)))
    }
  }

  @Test(.refuses("H1")) func `a hold belongs to a case of its order, and to its leg`() {
    given(acme(), order).when(Self.applying(600)).thenRejected(
      PayoutHoldRejection.noOpenCase(.unknownCase("sca_9")))
    given(acme(), caseOpened).when(Self.applying(600)).thenRejected(
      PayoutHoldRejection.noOpenCase(.unknownOrder("536365")))
    given(open).when(Self.applying(600, leg: "leg_2")).thenRejected(
      PayoutHoldRejection.legOfAnotherOrder("leg_2", recorded: "leg_1"))
    given(open).when(Self.applying(600, leg: "leg_1")).then(Self.applied())
    given(open).when(Self.release).thenRejected(PayoutHoldRejection.unknownHold("sph_1"))
    given(open).when(Self.expire).thenRejected(PayoutHoldRejection.unknownHold("sph_1"))
    var other = caseOpened
    if case .supportCase(.caseOpened(var event)) = other[0] {
      event.orderID = nil
      other[0] = .caseOpened(event)
    }
    given(acme(), order, other).when(Self.applying(600)).thenRejected(
      PayoutHoldRejection.noOpenCase(.caseOfAnotherOrder("sca_9", order: nil, given: "536365")))
  }

  @Test func `a history in which holds contradict themselves is not believed`() {
    for event in Self.applied() { HistoryTests.refused(event, after: Self.history(.applied)) }
    for event in Self.ending(isExpired: true) {
      HistoryTests.refused(event, after: open)
      HistoryTests.refused(event, after: Self.history(.released))
    }
    HistoryTests.refused(Self.applied(2295)[1], after: open)
  }
}
