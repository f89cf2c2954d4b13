// The payment provider's records of the attempts to pay a refund. A request may arrive late and a
// reported failure may be wrong, so every earlier attempt is looked up before another payment (R7,
// R9), also when its outcome is recorded.

internal import Domain
internal import Events
internal import Gateways
internal import Projections

struct ProviderBooks: Sendable {
  /// The result of looking up several attempts.
  enum Entry {
    case unpaid
    case paid(attempt: Int, settlementReference: String)
    case unavailable
  }

  var gateway: any PaymentGateway

  func entry(of refund: RefundToExecute, throughAttempt last: Int) async -> Entry {
    for attempt in stride(from: 1, through: last, by: 1) {
      var earlier = refund
      earlier.attempt = attempt
      earlier.idempotencyKey = Refund.idempotencyKey(refund.refundID, attempt: attempt)
      switch await gateway.lookUp(PaymentInstruction(earlier)) {
      case .paid(let reference): return .paid(attempt: attempt, settlementReference: reference)
      case .declined, .neverReceived: break
      case .unavailable: return .unavailable
      }
    }
    return .unpaid
  }

  /// The command that settles an attempt of unknown outcome; `nil` while no lookup succeeds.
  func reconciliation(of refund: RefundToExecute) async -> ReconcileRefund? {
    var command = ReconcileRefund(
      refundID: refund.refundID, attempt: refund.attempt, outcome: .failed,
      settlementReference: nil, code: nil, reason: nil)
    switch await gateway.lookUp(PaymentInstruction(refund)) {
    case .paid(let reference):
      command.outcome = .executed
      command.settlementReference = reference
    case .declined(let reason):
      command.code = .declined
      command.reason = reason
    case .neverReceived:
      command.code = .notReceived
      command.reason = "The provider has no record of \(refund.idempotencyKey)."
    case .unavailable: return nil
    }
    return command
  }
}

extension PaymentInstruction {
  /// The refund's current attempt.
  init(_ refund: RefundToExecute) {
    self.init(
      tenant: refund.tenant, refundID: refund.refundID.rawValue,
      idempotencyKey: refund.idempotencyKey, amount: refund.amount, currency: refund.currency,
      parts: refund.payments.map {
        .init(paymentID: $0.paymentID.rawValue, provider: $0.provider, amount: $0.amount)
      })
  }
}
