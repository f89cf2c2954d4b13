// An entry of refund execution, with the fields that an attempt to pay needs.

public import EventSourcing
public import Events
import Projecting
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

/// A refund that has an entry in a status in which none is due.
public struct UnexpectedRefundStatus: Error, CustomStringConvertible {
  public var tenant: TenantID
  public var refundID: RefundID
  public var status: String

  public var description: String {
    "the refund \(refundID) of \(tenant) is \(status), and the due work has an entry of it"
  }
}

extension DueWork {
  private struct RefundRow: Row {
    static let table = "work JOIN tenants USING (tenant) JOIN refunds USING (tenant)"
    static let expressions = ["currency": "refunds.currency"]

    var status: String
    var sequence: Int
    var cause: Int
    var resumption: Int?
    var attempt: Int
    var isStartedByHand: Bool
    var idempotencyKey: String
    var amount: Int
    var currency: String
  }

  private struct PaymentRow: Row {
    static let table = "refund_payments"

    var paymentID: String
    var provider: String?
    var amount: Int
  }

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
  /// - Throws: ``UnexpectedRefundStatus``: no payment may follow from a state that is not known.
  public static func refundToExecute(
    _ id: RefundID, tenant: TenantID, in database: Database
  ) throws -> RefundToExecute? {
    let found = try database.row(
      RefundRow.self,
      """
      WHERE tenant = ?1 AND subject = 'refund/' || ?2 AND manager = ?3 AND refund_id = ?2
        AND \(isAtWork)
      """, tenant.rawValue, id.rawValue, Manager.refundExecution.rawValue)
    guard let row = found else { return nil }
    guard let stage = RefundToExecute.Stage(rawValue: row.status) else {
      throw UnexpectedRefundStatus(tenant: tenant, refundID: id, status: row.status)
    }
    return RefundToExecute(
      tenant: tenant, refundID: id, stage: stage, sequence: row.sequence,
      position: Position(UInt64(row.cause)),
      resumption: row.resumption.map { Position(UInt64($0)) }, attempt: row.attempt,
      isStartedByHand: row.isStartedByHand, idempotencyKey: row.idempotencyKey,
      amount: row.amount, currency: row.currency,
      payments: row.attempt > 0 ? try payments(of: id, tenant, in: database) : [])
  }

  private static func payments(
    of id: RefundID, _ tenant: TenantID, in database: Database
  ) throws -> [RefundedPayment] {
    try database.rows(PaymentRow.self, tenant: tenant, "refund_id", id, by: "number").map { row in
      RefundedPayment(
        paymentID: PaymentID(unchecked: row.paymentID), provider: row.provider, amount: row.amount)
    }
  }
}
