// One entry of the to-do list of the process manager that pays: the read model of refunds writes
// it, the process manager reads it.

public import EventSourcing

/// A refund between its approval and its known outcome, for which there is something to do.
public struct RefundToExecute: Sendable, Hashable {
  public enum Stage: Sendable, Hashable {
    case approved
    /// The provider has no record of the last attempt, so another one is safe (R7).
    case failedUnreceived
    case processing
    case outcomeUnknown
  }

  public var tenant: TenantID
  public var refundID: RefundID
  public var stage: Stage
  /// The event that brought it there.
  public var position: Position
  /// The event since then that ended a suspension of its tenant (T2), or a chargeback's claim on
  /// the refund's money (B1). What was refused before is refused for good, so after it there is
  /// another command to submit.
  public var resumption: Position?
  public var attempt: Int
  /// Whether a person or another service started the attempt.
  public var isStartedByHand: Bool
  public var idempotencyKey: String
  /// Minor units of ``currency``.
  public var amount: Int
  public var currency: String
  /// By which payments the attempt gives the amount back.
  public var payments: [RefundedPayment]

  public init(
    tenant: TenantID, refundID: RefundID, stage: Stage, position: Position,
    resumption: Position? = nil, attempt: Int, isStartedByHand: Bool = false,
    idempotencyKey: String, amount: Int, currency: String, payments: [RefundedPayment] = []
  ) {
    self.tenant = tenant
    self.refundID = refundID
    self.stage = stage
    self.position = position
    self.resumption = resumption
    self.attempt = attempt
    self.isStartedByHand = isStartedByHand
    self.idempotencyKey = idempotencyKey
    self.amount = amount
    self.currency = currency
    self.payments = payments
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(tenant)
    hasher.combine(refundID)
    hasher.combine(position)
  }
}
