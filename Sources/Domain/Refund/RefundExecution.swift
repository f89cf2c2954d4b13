// Paying a refund (R7–R9): each attempt asks the provider once, only a known failure starts
// another, and an unknown outcome is reconciled, never tried again.

import EventSourcing
public import Events

extension Refund {
  /// Starts an attempt to pay, the first or after a known failure (R7).
  ///
  /// - Parameter returnState: the return that the refund is for, if it is for one.
  public static func execute(
    _ command: ExecuteRefund, refund: Refund, order: Order, return returnState: Return?,
    facts: Facts
  ) throws(RefundRejection) -> Decision {
    // R7: from approved, or from a known failure.
    let header = try refund.checkPossible(.execute, command.refundID)
    // An imported attempt was made by another system: its actors are people or services.
    let isImported = facts.tenant.isImporting
    guard !isImported || facts.actor.kind != .system else {
      throw .execution(.nothingPaidInImports)
    }
    try order.checkUnclaimed(command.refundID)
    let held = order.held(command.refundID)
    // The items may have been inspected since the approval.
    if let returnState { try returnState.requireStillDue(held.lines) }
    let attempt = refund.attempt + 1
    return .events([
      .refundExecutionStarted(
        RefundExecutionStarted(
          refundID: command.refundID, attempt: attempt,
          idempotencyKey: idempotencyKey(command.refundID, attempt: attempt),
          amount: held.amount, currency: header.currency, orderID: header.orderID,
          payments: order.refunded(held.payments), told: isImported ? true : nil))
    ])
  }

  /// Records that the provider paid (R8).
  public static func recordExecuted(
    _ command: RecordRefundExecuted, refund: Refund, order: Order, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let outcome = Outcome.executed(settlementReference: command.settlementReference)
    return try refund.settle(
      .recordExecuted, command.refundID, attempt: command.attempt, outcome, order, facts)
  }

  /// Records that the provider did not pay; the reservation stays (R8).
  public static func recordFailed(
    _ command: RecordRefundFailed, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let outcome = Outcome.failed(command.code, reason: command.reason)
    return try refund.settle(
      .recordFailed, command.refundID, attempt: command.attempt, outcome, nil, facts)
  }

  /// Records that it is unknown whether the provider paid (R7, R9).
  public static func recordOutcomeUnknown(
    _ command: RecordRefundOutcomeUnknown, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    guard let status = refund.status else { throw .unknownRefund(command.refundID) }
    if status == .outcomeUnknown {
      try refund.checkCurrent(command.attempt)
      return .unchanged(reason: "That the outcome is unknown is recorded already.")
    }
    _ = try refund.checkPossible(.recordOutcomeUnknown, command.refundID)
    try refund.checkCurrent(command.attempt)
    try refund.requireMayReport(command.attempt, facts)
    return .events([
      .refundOutcomeUnknown(
        RefundOutcomeUnknown(
          refundID: command.refundID, attempt: command.attempt, reason: command.reason))
    ])
  }

  /// Settles an unknown outcome by what the provider's books say (R9).
  public static func reconcile(
    _ command: ReconcileRefund, refund: Refund, order: Order, facts: Facts
  ) throws(RefundRejection) -> Decision {
    guard refund.header != nil else { throw .unknownRefund(command.refundID) }
    let outcome = try outcome(of: command)
    return try refund.settle(
      .reconcile, command.refundID, attempt: command.attempt, outcome, order, facts)
  }

  /// Records how the current attempt ended, once.
  private func settle(
    _ command: RefundRejection.Command, _ refundID: RefundID, attempt: Int, _ outcome: Outcome,
    _ order: Order?, _ facts: Facts
  ) throws(RefundRejection) -> Decision {
    guard let status else { throw .unknownRefund(refundID) }
    // R9: a refund that was recorded as failed was paid after all, in one of its attempts.
    let isPaidAfterAll = status == .failed && command == .reconcile && outcome.isExecuted
    if isPaidAfterAll {
      guard (1...self.attempt).contains(attempt) else {
        throw .execution(.notTheCurrentAttempt(given: attempt, current: self.attempt))
      }
    } else if status == .executed || status == .failed, let recorded = self.outcome {
      try checkCurrent(attempt)
      guard recorded == outcome else {
        throw .execution(.anotherOutcomeKnown(recorded, attempt: attempt))
      }
      return .unchanged(reason: "The outcome of attempt \(attempt) is recorded already.")
    }
    try requireKnown(command)
    let header = try checkPossible(command, refundID)
    if !isPaidAfterAll { try checkCurrent(attempt) }
    try requireMayReport(attempt, facts)
    switch outcome {
    case .executed(let reference):
      guard let order else { preconditionFailure("a refund executed without its order") }
      let amount = order.held(refundID).amount
      return .events([
        .refundExecuted(
          RefundExecuted(
            refundID: refundID, attempt: attempt, amount: amount, currency: header.currency,
            settlementReference: reference)),
        .orderReservationSettled(
          OrderReservationSettled(orderID: header.orderID, refundID: refundID, amount: amount)),
      ])
    case .failed(let code, let reason):
      return .events([
        .refundFailed(
          RefundFailed(refundID: refundID, attempt: attempt, code: code, reason: reason))
      ])
    }
  }
}
