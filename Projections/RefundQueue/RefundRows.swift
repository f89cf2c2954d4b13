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
  /// The approved amount, otherwise the requested one.
  public var amount: Int
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
  public var settlementReference: String?
  public var updatedAt: String
  public var position: Int
  public var revision: Int
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

  /// The derivation of the amount, in order.
  static func derivation(
    of id: RefundID, tenant: TenantID, in database: Database
  ) throws -> [DerivationRow] {
    try database.rows(DerivationRow.self, tenant: tenant, "refund_id", id, by: "number")
  }
}
