// R7 to R10: attempts to pay follow each other, and each settlement is of a leg that an attempt
// asked for, with the reference of the settlement. What a refund held becomes paid with that
// settlement and in no other way, and is held again when that money comes back. The outcomes that
// were recorded before legs were told apart are of every leg at once.

import Domain
import EventSourcing
import Events

struct Settlements: Control {
  static let id = "settlements"
  static let statement = """
    Attempts to pay follow each other, every settlement is of a leg that one asked for, has its \
    reference and paid what was held, and every failure has a reason.
    """
  static let rules = ["R7", "R8", "R9", "R10"]

  private var refunds = SpillingDictionary<RefundID, AskedLegs>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    switch recorded.event {
    case .refund(.refundExecutionStarted(let event)):
      examination.begin()
      begin(event, position, &examination)
    case .refund(.refundLegSettled(let event)):
      examination.begin()
      settle(event, position, commit, &examination)
    case .refund(.refundExecuted(let event)):
      examination.begin()
      settle(event, position, commit, &examination)
    case .refund(.refundLegFailed(let event)):
      examination.begin()
      Self.requireReason(event.reason, event.refundID, position, &examination)
    case .refund(.refundFailed(let event)):
      examination.begin()
      Self.requireReason(event.reason, event.refundID, position, &examination)
    case .refund(.refundLegReturned(let event)):
      examination.begin()
      takeBack(event, position, &examination)
    case .order(.orderReservationSettled(let event)):
      examination.begin()
      Self.requireSettlement(of: event, position, commit, &examination)
    case .order(.orderReservationRestored(let event)):
      examination.begin()
      Self.requireReturn(of: event, position, commit, &examination)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      break
    }
  }

  mutating func spill(into file: SpillFile) throws { try refunds.spill(into: file) }

  private mutating func begin(
    _ event: RefundExecutionStarted, _ position: Position, _ examination: inout Examination
  ) {
    var refund = refunds[event.refundID] ?? AskedLegs()
    examination.require(
      event.attempt == refund.attempt + 1,
      "attempt \(event.attempt) of refund \(event.refundID) follows attempt \(refund.attempt)",
      at: position)
    refund.attempt = event.attempt
    for leg in event.legs { refund.attempts[leg.paymentID] = event.attempt }
    refunds.set(event.refundID, to: refund)
  }

  private mutating func settle(
    _ event: RefundLegSettled, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    let (id, payment) = (event.refundID, event.paymentID)
    var refund = refunds[id] ?? AskedLegs()
    examination.require(
      event.attempt <= refund.attempts[payment] ?? 0,
      """
      attempt \(event.attempt) of refund \(id) was settled by payment \(payment), and never \
      asked for it
      """, at: position)
    refund.settled[payment] = event.amount
    refunds.set(id, to: refund)
    examination.require(
      event.settlementReference.contains { !$0.isWhitespace },
      "the settlement of refund \(id) by payment \(payment) has no reference", at: position)
    let held = commit.before.refund(id).orderID.flatMap {
      commit.before.account($0).held[id]?[payment]
    }
    Self.requirePaid(
      Money(event.amount, event.currency), by: payment, of: id, held: held ?? 0, position, commit,
      &examination)
  }

  private mutating func settle(
    _ event: RefundExecuted, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    let id = event.refundID
    var refund = refunds[id] ?? AskedLegs()
    examination.require(
      event.attempt <= refund.attempt,
      "attempt \(event.attempt) of refund \(id) was settled and never begun", at: position)
    examination.require(
      event.settlementReference.contains { !$0.isWhitespace },
      "the settlement of refund \(id) has no reference", at: position)
    let order = commit.before.refund(id).orderID
    let held = order.flatMap { commit.before.account($0).held[id] } ?? [:]
    refund.settled = held
    refunds.set(id, to: refund)
    Self.requirePaid(
      Money(event.amount, event.currency), by: nil, of: id, held: held.values.reduce(0, +),
      position, commit, &examination)
  }

  /// - Parameter payment: that of a leg; `nil` for all of them.
  private static func requirePaid(
    _ amount: Money, by payment: PaymentID?, of refund: RefundID, held: Int, _ position: Position,
    _ commit: AuditedCommit, _ examination: inout Examination
  ) {
    let isPaid = commit.contains {
      guard case .order(.orderReservationSettled(let paid)) = $0 else { return false }
      return paid.refundID == refund && paid.paymentID == payment && paid.amount == amount.amount
    }
    examination.require(
      isPaid && amount.amount == held,
      """
      refund \(refund) was settled with \(amount)\(payment.map { " by payment \($0)" } ?? ""), and \
      its order held \(Money(held, amount.currency)) for \
      it\(isPaid ? "" : ", which did not become paid")
      """, at: position)
  }

  private static func requireReason(
    _ reason: String, _ refund: RefundID, _ position: Position, _ examination: inout Examination
  ) {
    examination.require(
      reason.contains { !$0.isWhitespace }, "a failure of refund \(refund) has no reason",
      at: position)
  }

  /// That a leg was paid at all is looked at with its states.
  private mutating func takeBack(
    _ event: RefundLegReturned, _ position: Position, _ examination: inout Examination
  ) {
    var refund = refunds[event.refundID] ?? AskedLegs()
    let settled = refund.settled.removeValue(forKey: event.paymentID) ?? event.amount
    refunds.set(event.refundID, to: refund)
    examination.require(
      event.amount == settled,
      """
      \(Money(event.amount, event.currency)) of refund \(event.refundID) came back by payment \
      \(event.paymentID), and \(Money(settled, event.currency)) was settled
      """, at: position)
  }

  private static func requireSettlement(
    of paid: OrderReservationSettled, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    examination.require(
      commit.contains { event in
        switch event {
        case .refund(.refundLegSettled(let event)):
          event.refundID == paid.refundID && event.paymentID == paid.paymentID
            && event.amount == paid.amount
        case .refund(.refundExecuted(let event)):
          event.refundID == paid.refundID && paid.paymentID == nil && event.amount == paid.amount
        case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
          .command:
          false
        }
      }, "what refund \(paid.refundID) held became paid, and no settlement says so", at: position)
  }

  private static func requireReturn(
    of restored: OrderReservationRestored, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    examination.require(
      commit.contains { event in
        guard case .refund(.refundLegReturned(let event)) = event else { return false }
        return event.refundID == restored.refundID && event.paymentID == restored.paymentID
          && event.amount == restored.amount
      },
      "what refund \(restored.refundID) had paid is held for it again, and no event says that it "
        + "came back",
      at: position)
  }
}

/// What the attempts of one refund asked for.
private struct AskedLegs: Codable {
  /// The last one that was begun.
  var attempt = 0
  /// By payment, the last attempt that asked for it.
  var attempts: [PaymentID: Int] = [:]
  /// By payment, what was settled.
  var settled: [PaymentID: Int] = [:]
}
