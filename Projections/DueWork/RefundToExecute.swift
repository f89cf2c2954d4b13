// An entry of refund execution, with the fields that an attempt to pay needs.

public import EventSourcing
public import Events
public import SQLite

/// A refund between its approval and its known outcome.
public struct RefundToExecute: Sendable, Equatable {
  public enum Stage: String, Sendable, Hashable {
    case approved
    case processing
    case outcomeUnknown = "outcome_unknown"
    /// The provider has no record of the last attempt, so another one is safe (R7).
    case failedUnreceived = "failed"
  }

  public var tenant: TenantID
  public var refundID: RefundID
  public var stage: Stage
  /// The entry's sequence number in the due work, new after each change.
  public var sequence: Int
  /// The event that led to this stage.
  public var position: Position
  /// The event since then that ended a suspension of its tenant (T2), or a chargeback's claim on
  /// the refund's money (B1). Refusals are final, so another command is submitted after it.
  public var resumption: Position?
  public var attempt: Int
  /// Whether a person or another service started the attempt.
  public var isStartedByHand: Bool
  public var idempotencyKey: String
  /// Minor units of ``currency``.
  public var amount: Int
  public var currency: String
  /// The payments that the attempt refunds, with their amounts.
  public var payments: [RefundedPayment]

  public init(
    tenant: TenantID, refundID: RefundID, stage: Stage, sequence: Int = 1, position: Position,
    resumption: Position? = nil, attempt: Int, isStartedByHand: Bool = false,
    idempotencyKey: String, amount: Int, currency: String, payments: [RefundedPayment] = []
  ) {
    self.tenant = tenant
    self.refundID = refundID
    self.stage = stage
    self.sequence = sequence
    self.position = position
    self.resumption = resumption
    self.attempt = attempt
    self.isStartedByHand = isStartedByHand
    self.idempotencyKey = idempotencyKey
    self.amount = amount
    self.currency = currency
    self.payments = payments
  }
}

extension DueWork {
  /// Refunds whose entries are new or changed, as ``due(_:after:at:limit:in:)`` says.
  public static func refundsToExecute(
    after cursor: inout Cursor, at now: Timestamp, limit: Int, in database: Database
  ) throws -> [RefundToExecute] {
    try due(.refundExecution, after: &cursor, at: now, limit: limit, in: database)
      .compactMap {
        try refundToExecute(RefundID(unchecked: $0.subject), tenant: $0.tenant, in: database)
      }
  }

  /// - Returns: `nil` if the refund has no entry.
  public static func refundToExecute(
    _ id: RefundID, tenant: TenantID, in database: Database
  ) throws -> RefundToExecute? {
    let found = try database.row(
      """
      SELECT status, sequence, cause, resumption, attempt, is_started_by_hand, idempotency_key,
        amount, refunds.currency
      FROM work JOIN tenants USING (tenant) JOIN refunds USING (tenant)
      WHERE tenant = ?1 AND subject = 'refund/' || ?2 AND manager = ?3 AND refund_id = ?2
        AND \(isAtWork)
      """, tenant.rawValue, id.rawValue, Manager.refundExecution.rawValue,
      row: {
        RefundToExecute(
          tenant: tenant, refundID: id, stage: .init(rawValue: $0.text(0)) ?? .outcomeUnknown,
          sequence: $0.int(1), position: Position(UInt64($0.int(2))),
          resumption: $0.optionalInt(3).map { Position(UInt64($0)) }, attempt: $0.int(4),
          isStartedByHand: $0.int(5) != 0, idempotencyKey: $0.text(6), amount: $0.int(7),
          currency: $0.text(8))
      })
    guard var refund = found else { return nil }
    if refund.attempt > 0 { refund.payments = try payments(of: id, tenant, in: database) }
    return refund
  }

  private static func payments(
    of id: RefundID, _ tenant: TenantID, in database: Database
  ) throws -> [RefundedPayment] {
    try database.rows(
      """
      SELECT payment_id, provider, amount FROM refund_payments WHERE tenant = ? AND refund_id = ?
      ORDER BY number
      """, tenant.rawValue, id.rawValue,
      row: {
        RefundedPayment(
          paymentID: PaymentID(unchecked: $0.text(0)), provider: $0.optionalText(1),
          amount: $0.int(2))
      })
  }
}
