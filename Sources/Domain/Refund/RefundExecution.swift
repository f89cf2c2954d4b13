// Paying a refund (R7–R10): each attempt asks the providers once for each leg, only a known
// failure or returned money starts another, and an unknown outcome is reconciled, never tried
// again.

import EventSourcing
public import Events

extension Refund {
  /// Starts an attempt to pay: all legs at first, then those that failed or came back (R7).
  ///
  /// - Parameter returnState: the return that the refund is for, if it is for one.
  public static func execute(
    _ command: ExecuteRefund, refund: Refund, order: Order, return returnState: Return?,
    facts: Facts
  ) throws(RefundRejection) -> Decision {
    // R7: from approved, from a known failure, or for what came back.
    let header = try refund.checkPossible(.execute, command.refundID)
    // An imported attempt was made by another system: its actors are people or services.
    let isImported = facts.tenant.isImporting
    guard !isImported || facts.actor.kind != .system else {
      throw .execution(.nothingPaidInImports)
    }
    try order.checkUnclaimed(command.refundID)
    let held = order.held(command.refundID)
    // The items may have been inspected since the approval; what came back was due when it was
    // paid.
    if let returnState, !refund.legs.contains(where: { $0.state == .returned }) {
      try returnState.requireStillDue(held.lines)
    }
    let attempt = refund.attempt + 1
    return .events([
      .refundExecutionStarted(
        RefundExecutionStarted(
          refundID: command.refundID, attempt: attempt, amount: held.amount,
          currency: header.currency, orderID: header.orderID,
          legs: order.legs(held.payments, of: command.refundID, attempt: attempt),
          told: isImported ? true : nil))
    ])
  }

  /// Records that the provider took the request, and has not paid yet.
  public static func recordAccepted(
    _ command: RecordRefundAccepted, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    try refund.record(
      .recordAccepted, command.refundID, command.paymentID, command.attempt, facts,
      from: [.requested, .unknown], to: .accepted
    ) { leg, status in
      [
        .refundLegAccepted(
          RefundLegAccepted(
            refundID: command.refundID, paymentID: leg.paymentID, attempt: command.attempt,
            reason: command.reason, providerReference: command.providerReference, status: status))
      ]
    }
  }

  /// Records that the provider paid (R8).
  public static func recordExecuted(
    _ command: RecordRefundExecuted, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let outcome = Outcome.executed(settlementReference: command.settlementReference)
    return try refund.settle(
      .recordExecuted, command.refundID, command.paymentID, command.attempt, outcome, facts,
      command.settled)
  }

  /// Records that the provider did not pay; the reservation stays (R8).
  public static func recordFailed(
    _ command: RecordRefundFailed, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let outcome = Outcome.failed(command.code, reason: command.reason)
    return try refund.settle(
      .recordFailed, command.refundID, command.paymentID, command.attempt, outcome, facts)
  }

  /// Records that it is unknown whether the provider paid (R7, R9).
  public static func recordOutcomeUnknown(
    _ command: RecordRefundOutcomeUnknown, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    try refund.record(
      .recordOutcomeUnknown, command.refundID, command.paymentID, command.attempt, facts,
      from: [.requested, .accepted], to: .unknown
    ) { leg, status in
      [
        .refundLegOutcomeUnknown(
          RefundLegOutcomeUnknown(
            refundID: command.refundID, paymentID: leg.paymentID, attempt: command.attempt,
            reason: command.reason, status: status))
      ]
    }
  }

  /// Settles an unknown outcome by what the provider's books say (R9).
  public static func reconcile(
    _ command: ReconcileRefund, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    guard refund.header != nil else { throw .unknownRefund(command.refundID) }
    let outcome = try outcome(of: command)
    return try refund.settle(
      .reconcile, command.refundID, command.paymentID, command.attempt, outcome, facts)
  }

  /// Records that money which was paid came back: it is held for the refund again (R10).
  public static func recordReturned(
    _ command: RecordRefundReturned, refund: Refund, facts: Facts
  ) throws(RefundRejection) -> Decision {
    guard let header = refund.header else { throw .unknownRefund(command.refundID) }
    guard let index = try refund.named(command.paymentID, .recordReturned).first else {
      preconditionFailure("a payment was named")
    }
    let leg = refund.legs[index]
    if (1...leg.attempt).contains(command.attempt), !leg.attempts.contains(command.attempt) {
      let attempt = command.attempt
      return .unchanged(reason: "That no money of attempt \(attempt) stayed is recorded already.")
    }
    try requireSettled(leg)
    guard command.attempt == leg.attempt else {
      throw .execution(.notTheCurrentAttempt(given: command.attempt, current: leg.attempt))
    }
    try requireMayReport(leg, facts)
    var after = refund.legs
    after[index].state = .returned
    return .events([
      .refundLegReturned(
        RefundLegReturned(
          refundID: command.refundID, paymentID: leg.paymentID, attempt: leg.attempt,
          amount: leg.amount, currency: header.currency, reason: command.reason,
          returnedAt: command.returnedAt, status: after.progress)),
      .orderReservationRestored(
        OrderReservationRestored(
          orderID: header.orderID, refundID: command.refundID, paymentID: leg.paymentID,
          amount: leg.amount)),
    ])
  }

  /// Records how legs of an attempt ended, each once.
  ///
  /// - Parameter settled: what the provider settled in another currency.
  private func settle(
    _ command: RefundRejection.Command, _ refundID: RefundID, _ paymentID: PaymentID?,
    _ attempt: Int, _ outcome: Outcome, _ facts: Facts, _ settled: SettledAmount? = nil
  ) throws(RefundRejection) -> Decision {
    guard let header else { throw .unknownRefund(refundID) }
    let states =
      command == .reconcile
      ? try reconcilable(paymentID, outcome) : [.requested, .accepted]
    guard settled == nil || paymentID != nil || legs.count == 1 else {
      throw .execution(.paymentNotNamed(known: legs.map(\.paymentID)))
    }
    return try record(
      command, refundID, paymentID, attempt, facts, outcome, from: states,
      to: outcome.isExecuted ? .settled : .failed
    ) { leg, status in
      switch outcome {
      case .executed(let reference):
        [
          .refundLegSettled(
            RefundLegSettled(
              refundID: refundID, paymentID: leg.paymentID, attempt: attempt, amount: leg.amount,
              currency: header.currency, settlementReference: reference, settled: settled,
              status: status)),
          .orderReservationSettled(
            OrderReservationSettled(
              orderID: header.orderID, refundID: refundID, paymentID: leg.paymentID,
              amount: leg.amount)),
        ]
      case .failed(let code, let reason):
        [
          .refundLegFailed(
            RefundLegFailed(
              refundID: refundID, paymentID: leg.paymentID, attempt: attempt, code: code,
              reason: reason, status: status))
        ]
      }
    }
  }

  /// The states of the legs that the provider's books may be about: what is unknown before what is
  /// accepted, and that before what failed and was paid after all (R9), unless a leg is named.
  private func reconcilable(
    _ paymentID: PaymentID?, _ outcome: Outcome
  ) throws(RefundRejection) -> Set<Leg.State> {
    let failed: Set<Leg.State> = outcome.isExecuted ? [.failed] : []
    if paymentID != nil { return failed.union([.unknown, .accepted]) }
    for state in [Leg.State.unknown, .accepted] where legs.contains(where: { $0.state == state }) {
      return [state]
    }
    let failedCount = legs.count { $0.state == .failed }
    guard failed.isEmpty || failedCount <= 1 || failedCount == legs.count else {
      throw .execution(.paymentNotNamed(known: legs.map(\.paymentID)))
    }
    return failed.union([.unknown])
  }

  /// Records what became of the leg that is named, or of each leg of the attempt that it can be
  /// recorded for.
  ///
  /// - Parameters:
  ///   - outcome: how the legs ended; `nil` where they have not.
  ///   - states: of the legs that it can be recorded for.
  ///   - events: of a leg, with the refund's status after it.
  private func record(
    _ command: RefundRejection.Command, _ refundID: RefundID, _ paymentID: PaymentID?,
    _ attempt: Int, _ facts: Facts, _ outcome: Outcome? = nil, from states: Set<Leg.State>,
    to state: Leg.State, events: (Leg, RefundProgress) -> [Event]
  ) throws(RefundRejection) -> Decision {
    guard header != nil, let status else { throw .unknownRefund(refundID) }
    let named = try named(paymentID, command)
    let open = named.filter { states.contains(legs[$0].state) && legs[$0].isOf(attempt) }
    guard !open.isEmpty else {
      return try repeated(command, attempt, outcome, state, status, of: named.map { legs[$0] })
    }
    for index in open { try Self.requireMayReport(legs[index], facts) }
    var after = legs
    var recorded: [Event] = []
    for index in open {
      after[index].state = state
      recorded += events(legs[index], after.progress)
    }
    return .events(recorded)
  }

  /// The command again, or the reason why it cannot be recorded for any leg.
  private func repeated(
    _ command: RefundRejection.Command, _ attempt: Int, _ outcome: Outcome?, _ state: Leg.State,
    _ status: Status, of legs: [Leg]
  ) throws(RefundRejection) -> Decision {
    let isOpen = legs.contains { $0.state.isUnderWay || $0.state == .unknown }
    if let outcome, !isOpen, legs.contains(where: { $0.outcome != nil }) {
      let ended = try ofAttempt(attempt, legs)
      if ended.allSatisfy({ $0.outcome == outcome }) {
        return .unchanged(reason: "The outcome of attempt \(attempt) is recorded already.")
      }
      if let recorded = ended.lazy.compactMap(\.outcome).first(where: { $0 != outcome }) {
        throw .execution(.anotherOutcomeKnown(recorded, attempt: attempt))
      }
    }
    if outcome == nil, legs.contains(where: { $0.state == state }) {
      _ = try ofAttempt(attempt, legs)
      return .unchanged(reason: "That attempt \(attempt) is \(state) is recorded already.")
    }
    if outcome != nil { try Self.requireKnown(legs, command) }
    guard command.statuses.contains(status) else { throw .notPossible(command, status: status) }
    let leg = try ofAttempt(attempt, legs)[0]
    throw .execution(.legEnded(leg.paymentID, leg.state))
  }

  /// R7: it is about the current attempt.
  private func ofAttempt(_ attempt: Int, _ legs: [Leg]) throws(RefundRejection) -> [Leg] {
    let named = legs.filter { $0.attempt == attempt }
    guard !named.isEmpty else {
      throw .execution(.notTheCurrentAttempt(given: attempt, current: self.attempt))
    }
    return named
  }

  /// The places of the leg that is named, or of all.
  private func named(
    _ paymentID: PaymentID?, _ command: RefundRejection.Command
  ) throws(RefundRejection) -> [Int] {
    if let status, legs.isEmpty { throw .notPossible(command, status: status) }
    guard let paymentID else { return Array(legs.indices) }
    guard let index = legs.index(of: paymentID) else {
      throw .execution(.unknownLeg(paymentID, known: legs.map(\.paymentID)))
    }
    return [index]
  }
}
