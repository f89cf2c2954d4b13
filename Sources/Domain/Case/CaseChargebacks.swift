// The chargebacks of a case: opening, contesting and ending them (B1).

import EventSourcing
public import Events

extension SupportCase {
  mutating func open(_ event: ChargebackOpened) throws(InconsistentHistory) {
    try require(
      chargebacks[event.chargebackID] == nil && status != .closed && orderID == event.orderID,
      "chargeback \(event.chargebackID) opened in a case that cannot take it")
    chargebacks[event.chargebackID] = Chargeback(
      orderID: event.orderID, paymentID: event.paymentID, amount: event.amount)
  }

  mutating func represent(_ event: ChargebackRepresented) throws(InconsistentHistory) {
    try require(
      chargebacks[event.chargebackID]?.status == .opened,
      "chargeback \(event.chargebackID) represented that was not open")
    chargebacks[event.chargebackID]?.status = .represented
  }

  mutating func end(_ event: ChargebackEnded) throws(InconsistentHistory) {
    let chargeback = try unwrap(
      chargebacks[event.chargebackID], "an unknown chargeback \(event.chargebackID)")
    try require(
      chargeback.status.outcomes.contains(event.outcome),
      "chargeback \(event.chargebackID) ended otherwise than it can")
    chargebacks[event.chargebackID]?.status = event.outcome.status
  }
}

extension SupportCase {
  /// Records that the bank wants a payment back; what is still refundable of it becomes disputed,
  /// and for the rest refunds of this payment wait (B1, O2).
  ///
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func openChargeback(
    _ command: OpenChargeback, case supportCase: SupportCase, order: Order, facts: Facts
  ) throws(ChargebackRejection) -> Decision {
    let id = assigned(command.chargebackID)
    try supportCase.checkBelonging(command)
    guard let header = order.header else { throw .unknownOrder(command.orderID) }
    if let recorded = supportCase.chargebacks[id] {
      guard recorded.paymentID == command.paymentID, recorded.amount == command.amount else {
        throw .alreadyOpened(id)
      }
      return .unchanged(reason: "The chargeback is opened already.")
    }
    guard !order.hasSeen(id) else { throw .alreadyOpened(id) }
    guard let payment = order.payments.first(where: { $0.paymentID == command.paymentID }) else {
      throw .unknownPayment(command.paymentID, order: command.orderID)
    }
    let covered = try order.disputed(command.amount, of: payment, header)
    return .events([
      .chargebackOpened(
        ChargebackOpened(
          caseID: command.caseID, chargebackID: id, orderID: command.orderID,
          paymentID: command.paymentID, amount: command.amount, currency: header.currency,
          covered: covered, captured: payment.balance.captured,
          balanceBefore: payment.balance.refundable, reason: command.reason,
          networkReference: command.networkReference, openedBy: facts.actor)),
      .orderBalanceDisputed(
        OrderBalanceDisputed(
          orderID: command.orderID, chargebackID: id, paymentID: command.paymentID,
          amount: command.amount, covered: covered)),
    ])
  }

  private func checkBelonging(_ command: OpenChargeback) throws(ChargebackRejection) {
    guard let header else { throw .unknownCase(command.caseID) }
    guard status != .closed else { throw .caseClosed(command.caseID) }
    guard header.orderID == command.orderID else {
      throw .caseOfAnotherOrder(command.caseID, order: header.orderID, given: command.orderID)
    }
  }

  /// Contests a chargeback with evidence (B1).
  public static func representChargeback(
    _ command: RepresentChargeback, case supportCase: SupportCase, facts: Facts
  ) throws(ChargebackRejection) -> Decision {
    let chargeback = try supportCase.chargeback(command.chargebackID, in: command.caseID)
    guard chargeback.status != .represented else {
      return .unchanged(reason: "The chargeback is represented already.")
    }
    guard chargeback.status == .opened else {
      throw .notPossible("represented", status: chargeback.status)
    }
    let attached = Set(supportCase.evidence.values.map(\.sha256))
    if let missing = command.evidence.first(where: { !attached.contains($0) }) {
      throw .evidenceNotAttached(missing, command.caseID)
    }
    return .events([
      .chargebackRepresented(
        ChargebackRepresented(
          caseID: command.caseID, chargebackID: command.chargebackID, evidence: command.evidence,
          note: command.note, representedBy: facts.actor))
    ])
  }

  /// Records who keeps the money: the disputed amount is refundable again, or executed (B1).
  public static func recordChargebackOutcome(
    _ command: RecordChargebackOutcome, case supportCase: SupportCase, order: Order, facts: Facts
  ) throws(ChargebackRejection) -> Decision {
    let chargeback = try supportCase.chargeback(command.chargebackID, in: command.caseID)
    guard chargeback.status != command.outcome.status else {
      return .unchanged(reason: "The chargeback is \(command.outcome.rawValue) already.")
    }
    guard chargeback.status.outcomes.contains(command.outcome) else {
      throw .notPossible(command.outcome.rawValue, status: chargeback.status)
    }
    guard let dispute = order.disputes[command.chargebackID] else {
      preconditionFailure("an open chargeback that claims nothing")
    }
    let money: Event =
      command.outcome.takesMoney
      ? .orderDisputeSettled(
        OrderDisputeSettled(
          orderID: chargeback.orderID, chargebackID: command.chargebackID,
          paymentID: chargeback.paymentID, amount: dispute.covered,
          uncovered: dispute.uncovered))
      : .orderDisputeReleased(
        OrderDisputeReleased(
          orderID: chargeback.orderID, chargebackID: command.chargebackID,
          paymentID: chargeback.paymentID, amount: dispute.covered))
    let freed = PaymentPart(paymentID: chargeback.paymentID, amount: dispute.covered)
    let covering =
      command.outcome.takesMoney
      ? [] : order.covering(with: [freed], butNot: command.chargebackID)
    return .events(
      [
        .chargebackEnded(
          ChargebackEnded(
            caseID: command.caseID, chargebackID: command.chargebackID, outcome: command.outcome,
            reference: command.reference)),
        money,
      ] + covering)
  }

  private func chargeback(
    _ id: ChargebackID, in caseID: CaseID
  ) throws(ChargebackRejection) -> Chargeback {
    guard isOpened else { throw .unknownCase(caseID) }
    guard let chargeback = chargebacks[id] else { throw .unknownChargeback(id, case: caseID) }
    return chargeback
  }
}
