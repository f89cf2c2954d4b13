// An entry of refund execution, with the fields that an attempt to pay needs.

public import EventSourcing
public import Events
import Projecting
public import SQLite

/// A refund between its approval and its known outcome.
public struct RefundToExecute: Sendable, Equatable {
  public enum Stage: Sendable, Hashable {
    case approved, processing, outcomeUnknown
    /// The provider has no record of what failed, so another attempt is safe (R7).
    case unreceived
  }

  /// What an attempt asks for by one payment.
  public struct Leg: Sendable, Equatable {
    public enum State: String, Sendable, Hashable {
      case requested, accepted, settled, failed, unknown, returned
    }

    public var paymentID: PaymentID
    public var attempt: Int
    public var provider: String?
    /// Minor units of the refund's currency.
    public var amount: Int
    public var idempotencyKey: String
    public var state: State

    public init(
      paymentID: PaymentID, attempt: Int, provider: String? = nil, amount: Int,
      idempotencyKey: String, state: State = .requested
    ) {
      self.paymentID = paymentID
      self.attempt = attempt
      self.provider = provider
      self.amount = amount
      self.idempotencyKey = idempotencyKey
      self.state = state
    }
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
  /// The event that started the attempt; the first position before there is one.
  public var attemptPosition: Position
  /// Whether a person or another service started the attempt.
  public var isStartedByHand: Bool
  public var currency: String
  /// Of all attempts, in the order of payments and attempts.
  public var legs: [Leg]

  public init(
    tenant: TenantID, refundID: RefundID, stage: Stage, sequence: Int = 1, position: Position,
    resumption: Position? = nil, attempt: Int, attemptPosition: Position = .first,
    isStartedByHand: Bool = false, currency: String, legs: [Leg] = []
  ) {
    self.tenant = tenant
    self.refundID = refundID
    self.stage = stage
    self.sequence = sequence
    self.position = position
    self.resumption = resumption
    self.attempt = attempt
    self.attemptPosition = attemptPosition
    self.isStartedByHand = isStartedByHand
    self.currency = currency
    self.legs = legs
  }

  /// Those of the last attempt that are in a state.
  public func legs(_ state: Leg.State) -> [Leg] {
    legs.filter { $0.attempt == attempt && $0.state == state }
  }

  /// What of it has failed, in any attempt, and may have been paid nevertheless (R9).
  public var failedLegs: [Leg] {
    let paid = Set(legs.filter { $0.state == .settled }.map(\.paymentID))
    return legs.filter { $0.state == .failed && !paid.contains($0.paymentID) }
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
    var attemptPosition: Int
    var isStartedByHand: Bool
    var currency: String
  }

  private struct LegRow: Row {
    static let table = "refund_legs"

    var paymentID: String
    var attempt: Int
    var provider: String?
    var amount: Int
    var idempotencyKey: String
    var state: String
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
    guard let stage = RefundToExecute.Stage(status: row.status) else {
      throw UnexpectedRefundStatus(tenant: tenant, refundID: id, status: row.status)
    }
    return RefundToExecute(
      tenant: tenant, refundID: id, stage: stage, sequence: row.sequence,
      position: Position(UInt64(row.cause)),
      resumption: row.resumption.map { Position(UInt64($0)) }, attempt: row.attempt,
      attemptPosition: Position(UInt64(row.attemptPosition)),
      isStartedByHand: row.isStartedByHand, currency: row.currency,
      legs: row.attempt > 0 ? try legs(of: id, tenant, in: database) : [])
  }

  private static func legs(
    of id: RefundID, _ tenant: TenantID, in database: Database
  ) throws -> [RefundToExecute.Leg] {
    let rows = try database.rows(
      LegRow.self, "WHERE tenant = ? AND refund_id = ? ORDER BY number, payment_id, attempt",
      tenant.rawValue, id.rawValue)
    return try rows.map { row in
      guard let state = RefundToExecute.Leg.State(rawValue: row.state) else {
        throw UnexpectedRefundStatus(tenant: tenant, refundID: id, status: row.state)
      }
      return RefundToExecute.Leg(
        paymentID: PaymentID(unchecked: row.paymentID), attempt: row.attempt,
        provider: row.provider, amount: row.amount, idempotencyKey: row.idempotencyKey,
        state: state)
    }
  }
}

extension RefundToExecute.Stage {
  fileprivate init?(status: String) {
    switch status {
    case "approved": self = .approved
    case "processing": self = .processing
    case "outcome_unknown": self = .outcomeUnknown
    case "failed", "partly_executed": self = .unreceived
    default: return nil
    }
  }
}
