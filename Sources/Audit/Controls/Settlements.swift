// R7 to R9: every attempt to pay has one idempotency key, which derives from the refund and the
// attempt's number, and is settled at most once, with the reference of the settlement. What a
// refund held becomes paid with that settlement and in no other way.

import Domain
import EventSourcing
import Events

struct Settlements: Control {
  static let id = "settlements"
  static let statement = """
    Every attempt to pay has its own idempotency key and at most one settlement, with its reference.
    """
  static let rules = ["R7", "R8", "R9"]

  /// The last attempt of each refund that was begun.
  private var attempts = SpillingDictionary<RefundID, Int>()
  /// Where each refund was settled.
  private var settled = SpillingDictionary<RefundID, Position>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    if case .refund(.refundExecutionStarted(let event)) = recorded.event {
      examination.begin()
      begin(event, position, &examination)
    }
    if case .refund(.refundExecuted(let event)) = recorded.event {
      examination.begin()
      settle(event, position, commit, &examination)
    }
    if case .order(.orderReservationSettled(let paid)) = recorded.event {
      examination.begin()
      examination.require(
        commit.contains { event in
          guard case .refund(.refundExecuted(let event)) = event else { return false }
          return event.refundID == paid.refundID && event.amount == paid.amount
        }, "what refund \(paid.refundID) held became paid, and no settlement says so",
        at: position)
    }
  }

  mutating func spill(into file: SpillFile) throws {
    try attempts.spill(into: file)
    try settled.spill(into: file)
  }

  private mutating func begin(
    _ event: RefundExecutionStarted, _ position: Position, _ examination: inout Examination
  ) {
    let key = "\(event.refundID).\(event.attempt)"
    examination.require(
      event.idempotencyKey == key,
      """
      attempt \(event.attempt) of refund \(event.refundID) has the idempotency key \
      \(event.idempotencyKey), which should be \(key)
      """, at: position)
    let last = attempts[event.refundID] ?? 0
    examination.require(
      event.attempt == last + 1,
      "attempt \(event.attempt) of refund \(event.refundID) follows attempt \(last)", at: position)
    attempts.set(event.refundID, to: event.attempt)
  }

  private mutating func settle(
    _ event: RefundExecuted, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    let refund = event.refundID
    if let first = settled[refund] {
      examination.find("refund \(refund) was settled twice", at: first, position)
    }
    settled.set(refund, to: position)
    let begun = attempts[refund] ?? 0
    examination.require(
      event.attempt <= begun,
      "attempt \(event.attempt) of refund \(refund) was settled and never begun", at: position)
    examination.require(
      event.settlementReference.contains { !$0.isWhitespace },
      "the settlement of refund \(refund) has no reference", at: position)
    let order = commit.before.refund(refund).orderID
    let held = order.map { commit.before.account($0).held(by: refund) } ?? 0
    let isPaid = commit.contains {
      guard case .order(.orderReservationSettled(let paid)) = $0 else { return false }
      return paid.refundID == refund && paid.amount == event.amount
    }
    examination.require(
      isPaid && event.amount == held,
      """
      refund \(refund) was settled with \(Money(event.amount, event.currency)), and its order \
      held \(Money(held, event.currency)) for it\(isPaid ? "" : ", which did not become paid")
      """, at: position)
  }
}
