// The legs of a refund as the audit reckons them, in histories that the refund's own fold refuses,
// so that no forged log can show that the controls find them.

import EventSourcing
import Events
import Testing

@testable import Audit

struct `The legs that the audit reckons` {
  /// The events of one refund of two payments, and what is found of them.
  struct Course: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// A part of the only finding; nothing is found if `nil`.
    var says: String?
    var rules = 2
    var events: [RefundEvent]
  }

  private static let refund = RefundID(unchecked: "r")
  private static let gbp = CurrencyCode(unchecked: "GBP")
  private static let (p, q) = (PaymentID(unchecked: "p"), PaymentID(unchecked: "q"))

  /// - Parameter key: that of all legs; each has its own if `nil`.
  private static func start(
    _ attempt: Int = 1, of payments: [PaymentID] = [p, q], key: String? = nil
  ) -> RefundEvent {
    .refundExecutionStarted(
      RefundExecutionStarted(
        refundID: refund, attempt: attempt, amount: 100 * payments.count, currency: gbp,
        orderID: OrderID(unchecked: "o"),
        legs: payments.map {
          RefundLeg(paymentID: $0, amount: 100, idempotencyKey: key ?? "r.\($0).\(attempt)")
        }))
  }

  /// What becomes of a leg, and of the refund.
  private static func leg(
    _ payment: PaymentID, _ state: ReckonedLegs.State, _ status: RefundProgress, attempt: Int = 1
  ) -> RefundEvent {
    switch state {
    case .requested: start(attempt, of: [payment])
    case .accepted:
      .refundLegAccepted(
        RefundLegAccepted(
          refundID: refund, paymentID: payment, attempt: attempt, reason: "slow", status: status))
    case .settled:
      .refundLegSettled(
        RefundLegSettled(
          refundID: refund, paymentID: payment, attempt: attempt, amount: 100, currency: gbp,
          settlementReference: "s", status: status))
    case .failed:
      .refundLegFailed(
        RefundLegFailed(
          refundID: refund, paymentID: payment, attempt: attempt, code: .declined, reason: "no",
          status: status))
    case .unknown:
      .refundLegOutcomeUnknown(
        RefundLegOutcomeUnknown(
          refundID: refund, paymentID: payment, attempt: attempt, reason: "silence",
          status: status))
    case .returned:
      .refundLegReturned(
        RefundLegReturned(
          refundID: refund, paymentID: payment, attempt: attempt, amount: 100, currency: gbp,
          reason: "closed", status: status))
    case .givenUp: gaveUp(100)
    }
  }

  private static func gaveUp(_ amount: Int) -> RefundEvent {
    .refundRestGivenUp(
      RefundRestGivenUp(refundID: refund, amount: amount, givenUpBy: Actor(.agent, "kim")))
  }

  private static let cancelled = RefundEvent.refundCancelled(
    RefundCancelled(refundID: refund, cancelledBy: Actor(.agent, "kim")))

  // All legs at once, as it was recorded under the first rules.
  private static let executed = RefundEvent.refundExecuted(
    RefundExecuted(
      refundID: refund, attempt: 1, amount: 200, currency: gbp, settlementReference: "s"))
  private static let failed = RefundEvent.refundFailed(
    RefundFailed(refundID: refund, attempt: 1, code: .declined, reason: "no"))
  private static let unknown = RefundEvent.refundOutcomeUnknown(
    RefundOutcomeUnknown(refundID: refund, attempt: 1, reason: "silence"))

  static let courses: [Course] = [
    Course(
      testDescription: "both are paid",
      events: [start(), leg(p, .settled, .processing), leg(q, .settled, .executed)]),
    Course(
      testDescription: "the books say what was unknown",
      events: [
        start(), leg(p, .accepted, .processing), leg(q, .accepted, .processing),
        leg(q, .unknown, .outcomeUnknown), leg(p, .settled, .outcomeUnknown),
        leg(q, .accepted, .processing), leg(q, .settled, .executed),
      ]),
    Course(
      testDescription: "what failed is tried again",
      events: [
        start(), leg(p, .settled, .processing), leg(q, .failed, .partlyExecuted),
        leg(q, .requested, .processing, attempt: 2), leg(q, .settled, .executed, attempt: 2),
      ]),
    Course(
      testDescription: "the rest is given up, and what was paid comes back",
      events: [
        start(), leg(p, .settled, .processing), leg(q, .failed, .partlyExecuted), gaveUp(100),
        leg(p, .returned, .failed), cancelled,
      ]),
    Course(
      testDescription: "a failed leg was paid after all",
      events: [
        start(), leg(p, .failed, .processing), leg(q, .failed, .failed),
        leg(p, .settled, .partlyExecuted),
      ]),
    Course(
      testDescription: "both at once, by the first rules", rules: 1,
      events: [start(key: "r.1"), failed, start(2, key: "r.2"), executed]),
    Course(
      testDescription: "a status that does not follow", says: "by its legs it is processing",
      events: [start(), leg(p, .settled, .executed)]),
    Course(
      testDescription: "a failed leg that is under way", says: "is failed and becomes accepted",
      events: [start(), leg(p, .failed, .processing), leg(p, .accepted, .processing)]),
    Course(
      testDescription: "money that was not paid comes back",
      says: "is requested and becomes returned",
      events: [start(), leg(p, .returned, .processing)]),
    Course(
      testDescription: "all legs at once, one of which came back",
      says: "is returned and becomes settled",
      events: [start(), leg(p, .settled, .processing), leg(p, .returned, .processing), executed]),
    Course(
      testDescription: "all legs at once, one of which was settled",
      says: "is settled and becomes unknown",
      events: [start(), leg(p, .settled, .processing), unknown]),
    Course(
      testDescription: "the outcome of another attempt",
      says: "is of attempt 1 and becomes failed in attempt 2",
      events: [start(), leg(p, .failed, .processing, attempt: 2)]),
    Course(
      testDescription: "a payment that no attempt asked for", says: "has no leg of payment q",
      events: [start(of: [p]), leg(q, .settled, .processing)]),
    Course(
      testDescription: "another attempt for what was paid",
      says: "asks in attempt 2 for payment p, which is settled",
      events: [
        start(), leg(p, .settled, .processing), leg(q, .failed, .partlyExecuted), start(2),
      ]),
    Course(
      testDescription: "another attempt for another payment", says: "which is none of its legs",
      events: [start(of: [p]), leg(p, .failed, .failed), start(2, of: [q])]),
    Course(
      testDescription: "another attempt while one is under way",
      says: "began attempt 2, and by its legs it is processing",
      events: [start(), leg(p, .failed, .processing), start(2, of: [p])]),
    Course(
      testDescription: "two legs of one payment", says: "payment p, which is requested",
      events: [start(of: [p, p])]),
    Course(
      testDescription: "one key for an attempt", says: "which should be r.p.1",
      events: [start(of: [p], key: "r.1")]),
    Course(
      testDescription: "a key of a leg's own by the first rules", says: "which should be r.1",
      rules: 1, events: [start(of: [p])]),
    Course(
      testDescription: "a rest given up of what is under way", says: "gave up its rest",
      events: [start(), gaveUp(0)]),
    Course(
      testDescription: "another amount given up", says: "gave up 99 minor units, and 100",
      events: [
        start(), leg(p, .settled, .processing), leg(q, .failed, .partlyExecuted), gaveUp(99),
      ]),
    Course(
      testDescription: "a cancellation of what was paid",
      says: "was cancelled, and by its legs it is executed",
      events: [start(of: [p]), leg(p, .settled, .executed), cancelled]),
  ]

  @Test(arguments: courses) func `follow the rule book`(_ course: Course) {
    var legs = ReckonedLegs()
    let found = course.events.flatMap { legs.take($0, rules: course.rules) ?? [] }
    #expect(found.count == (course.says == nil ? 0 : 1), "\(found)")
    if let says = course.says { #expect(found.first?.contains(says) == true, "\(found)") }
  }

  @Test func `are paid once, unless the money came back`() {
    var legs = PaidLegs()
    legs.ask([Self.p, Self.q].map { RefundLeg(paymentID: $0, amount: 100, idempotencyKey: "k") })
    #expect(legs.pay(by: Self.p, at: Position(1)) == nil && legs.paidAmount == 100)
    #expect(legs.pay(by: Self.q, at: Position(2)) == nil && legs.paidAmount == 200)
    #expect(legs.pay(by: Self.p, at: Position(3)) == Position(1), "a leg is settled twice")
    legs.takeBack(of: Self.q)
    #expect(legs.paidAmount == 100)
    #expect(legs.pay(by: Self.q, at: Position(4)) == nil)
  }
}
