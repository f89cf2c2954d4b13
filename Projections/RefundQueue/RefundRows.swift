// The rows of the refund queue and their queries; each query has an index.

public import EventSourcing
public import Events
public import Projecting
public import SQLite

/// The current state of a refund; amounts are minor units of its currency.
public struct RefundRow: Positioned, Hashable {
  public static let table = "refunds"
  public static let expressions = [
    // R4: a return that was requested in time sets no last day.
    "lastDay": """
    (SELECT iif(return_requested_on <= day, NULL, day) FROM (
      SELECT date(delivery_date, '+' || return_window_days || ' days') AS day
      FROM tenants t WHERE t.tenant = refunds.tenant))
    """
  ]

  public var refundID: String
  public var status: String
  public var caseID: String
  public var orderID: String
  public var customerID: String
  /// The return that the refund pays for.
  public var returnID: String?
  public var currency: String
  public var requestedAmount: Int
  public var approvedAmount: Int?
  /// What was paid, of a refund that is executed or partly executed; otherwise the approved amount,
  /// or the requested one.
  public var amount: Int
  /// What its settled legs come to.
  public var executedAmount: Int
  /// What those of its legs come to whose money came back (R10).
  public var returnedAmount: Int
  public var reason: String
  public var note: String?
  public var deliveryDate: String?
  public var returnRequestedOn: String?
  /// The last day on which it can be approved (R4).
  public var lastDay: String?
  public var requestedAt: String
  public var requestedBy: String
  public var approvedAt: String?
  public var approvedBy: String?
  public var executedAt: String?
  public var attempt: Int
  /// The reference of its settled legs, where they have the same.
  public var settlementReference: String?
  public var updatedAt: String
  public var position: Int
  public var revision: Int
}

/// What a refund gives back by one payment, as the last attempt for it left it.
public struct RefundLegRow: Row, Hashable {
  /// What the provider settled in another currency.
  public struct Settled: Codable, Hashable, Sendable {
    /// Minor units of ``currency``.
    public var amount: Int
    public var currency: String
    public var rate: String
  }

  public static let table = "legs"

  public var paymentID: String
  public var provider: String?
  /// Minor units of the refund's currency.
  public var amount: Int
  public var attempt: Int
  /// A state of the rule book's table of legs.
  public var state: String
  public var providerReference: String?
  public var settlementReference: String?
  public var settled: Settled?
  /// Why it failed.
  public var code: String?
  /// Why it is accepted only, failed, unknown, returned or given up.
  public var reason: String?
}

/// A line of the derivation of a refund's amount (R2).
public struct DerivationRow: Row, Hashable {
  public static let table = "derivations"

  public var what: String
  public var calculation: String
  public var rounding: String
  /// `nil` for a heading.
  public var amount: Int?
}

extension RefundQueue {
  public static func refund(
    _ id: RefundID, tenant: TenantID, in database: Database
  ) throws -> RefundRow? {
    try database.row(RefundRow.self, tenant: tenant, "refund_id", id)
  }

  /// Pending refunds that can still be approved on a day, newest first (R4).
  static func approvable(
    tenant: TenantID, today: CalendarDate, before: Int?, limit: Int, in database: Database
  ) throws -> RowSlice<RefundRow> {
    RowSlice(
      try database.rows(
        RefundRow.self,
        """
        WHERE tenant = ?1 AND status = 'pending' AND position < ?2
          AND delivery_date >= date(coalesce(return_requested_on, ?3), (
            SELECT '-' || return_window_days || ' days' FROM tenants WHERE tenant = ?1))
        ORDER BY position DESC LIMIT ?4
        """, tenant.rawValue, before ?? Int.max, today.description, limit + 1), limit: limit)
  }

  /// The refunds of a case, oldest first.
  static func refunds(
    ofCase id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [RefundRow] {
    try database.rows(RefundRow.self, tenant: tenant, "case_id", id, by: "position")
  }

  /// The legs of a refund, in the order of its first attempt; none before.
  public static func legs(
    of id: RefundID, tenant: TenantID, in database: Database
  ) throws -> [RefundLegRow] {
    try database.rows(RefundLegRow.self, tenant: tenant, "refund_id", id, by: "number")
  }

  /// The derivation of the amount, in order.
  static func derivation(
    of id: RefundID, tenant: TenantID, in database: Database
  ) throws -> [DerivationRow] {
    try database.rows(DerivationRow.self, tenant: tenant, "refund_id", id, by: "number")
  }
}
