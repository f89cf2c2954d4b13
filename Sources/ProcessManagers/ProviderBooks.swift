// The payment provider's records of the attempts to pay the legs of a refund. A request may arrive
// late and a reported failure may be wrong, so every leg that failed is looked up in every attempt
// before another payment (R7, R9), also when its outcome is recorded.

internal import Domain
internal import Events
internal import Gateways
internal import Projections

struct ProviderBooks: Sendable {
  /// The result of looking up several legs.
  enum Entry {
    case unpaid
    case paid(RefundToExecute.Leg, settlementReference: String)
    /// The books cannot be read, or say that one is not decided yet.
    case open
  }

  var gateway: any PaymentGateway

  func entry(of refund: RefundToExecute, among legs: [RefundToExecute.Leg]) async -> Entry {
    for leg in legs {
      switch await gateway.lookUp(PaymentInstruction(refund, leg)) {
      case .paid(let reference): return .paid(leg, settlementReference: reference)
      case .declined, .neverReceived: break
      case .accepted, .unavailable: return .open
      }
    }
    return .unpaid
  }

  /// The command that says what became of a leg of unknown outcome; `nil` while no lookup succeeds.
  func reconciliation(
    of refund: RefundToExecute, _ leg: RefundToExecute.Leg
  ) async -> RefundCommand? {
    var command = ReconcileRefund(
      refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID, outcome: .failed,
      settlementReference: nil, code: nil, reason: nil)
    switch await gateway.lookUp(PaymentInstruction(refund, leg)) {
    case .accepted(let reason):
      return .recordRefundAccepted(
        RecordRefundAccepted(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          reason: reason))
    case .paid(let reference):
      command.outcome = .executed
      command.settlementReference = reference
    case .declined(let reason):
      command.code = .declined
      command.reason = reason
    case .neverReceived:
      command.code = .notReceived
      command.reason = "The provider has no record of \(leg.idempotencyKey)."
    case .unavailable: return nil
    }
    return .reconcileRefund(command)
  }

  /// The command that says what became of a leg that the provider accepted; `nil` where it has not
  /// moved the money yet.
  func settlement(
    of refund: RefundToExecute, _ leg: RefundToExecute.Leg
  ) async -> RefundCommand? {
    switch await gateway.lookUp(PaymentInstruction(refund, leg)) {
    case .paid(let reference):
      .recordRefundExecuted(
        RecordRefundExecuted(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          settlementReference: reference))
    case .declined(let reason):
      .recordRefundFailed(
        RecordRefundFailed(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          code: .declined, reason: reason))
    // It was accepted, so books that do not have it are behind.
    case .accepted, .neverReceived, .unavailable: nil
    }
  }
}

extension PaymentInstruction {
  init(_ refund: RefundToExecute, _ leg: RefundToExecute.Leg) {
    self.init(
      tenant: refund.tenant, refundID: refund.refundID.rawValue,
      paymentID: leg.paymentID.rawValue, provider: leg.provider,
      idempotencyKey: leg.idempotencyKey, amount: leg.amount, currency: refund.currency)
  }
}
