// What the refund queue answers, each by one of its indexes.

public import EventSourcing
public import Events
public import SQLite

/// A refund as it stands.
public struct RefundRow: Sendable, Hashable {
  public var refundID: String
  public var position: Int
  public var caseID: String
  public var orderID: String
  public var customerID: String
  /// The return that it pays for.
  public var returnID: String?
  public var status: String
  public var currency: String
  /// Minor units of ``currency``.
  public var requestedAmount: Int
  public var approvedAmount: Int?
  public var amount: Int
  public var reason: String
  public var note: String?
  public var deliveryDate: CalendarDate?
  /// The day on which its return was requested.
  public var returnRequestedOn: CalendarDate?
  /// The last day on which it can be approved (R4); `nil` without a delivery, and where its return
  /// was requested in time.
  public var lastDay: CalendarDate?
  public var requestedAt: String
  public var requestedBy: String
  public var approvedAt: String?
  public var approvedBy: String?
  public var executedAt: String?
  public var attempt: Int
  public var settlementReference: String?
  public var updatedAt: String
}

/// How many refunds are in a status, and what they come to in one currency.
public struct RefundTotal: Sendable, Hashable {
  public var status: String
  public var currency: String
  public var count: Int
  /// Minor units of ``currency``.
  public var amount: Int
}

/// One thing that happened to a refund.
public struct TimelineEntry: Sendable, Hashable {
  public var position: Int
  public var time: String
  public var type: String
  public var actor: String
  public var amount: Int?
  public var note: String?
}

extension RefundQueue {
  private static let columns = """
    refund_id, position, case_id, order_id, customer_id, status, currency, requested_amount,
    approved_amount, amount, reason, note, delivery_date, requested_at, requested_by, approved_at,
    approved_by, executed_at, attempt, settlement_reference, updated_at,
    (SELECT return_window_days FROM tenants t WHERE t.tenant = refunds.tenant), return_id,
    return_requested_on
    """

  private static func read(_ row: Statement) -> RefundRow {
    let deliveryDate = row.optionalText(12).flatMap { CalendarDate($0) }
    let window = row.optionalInt(21)
    let requestedOn = row.optionalText(23).flatMap { CalendarDate($0) }
    let lastDay = deliveryDate.flatMap { day in window.map { day.advanced(byDays: $0) } }
    let isInTime = lastDay.map { last in requestedOn.map { $0 <= last } ?? false } ?? false
    return RefundRow(
      refundID: row.text(0), position: row.int(1), caseID: row.text(2), orderID: row.text(3),
      customerID: row.text(4), returnID: row.optionalText(22), status: row.text(5),
      currency: row.text(6),
      requestedAmount: row.int(7), approvedAmount: row.optionalInt(8), amount: row.int(9),
      reason: row.text(10), note: row.optionalText(11), deliveryDate: deliveryDate,
      returnRequestedOn: requestedOn, lastDay: isInTime ? nil : lastDay,
      requestedAt: row.text(13), requestedBy: row.text(14), approvedAt: row.optionalText(15),
      approvedBy: row.optionalText(16), executedAt: row.optionalText(17), attempt: row.int(18),
      settlementReference: row.optionalText(19), updatedAt: row.text(20))
  }

  public static func refund(
    _ id: RefundID, tenant: TenantID, in database: Database
  ) throws -> RefundRow? {
    try database.row(
      "SELECT \(columns) FROM refunds WHERE tenant = ? AND refund_id = ?", tenant.rawValue,
      id.rawValue, row: read)
  }

  /// Newest first.
  ///
  /// - Parameters:
  ///   - status: only those in this status; `nil` for all.
  ///   - before: only those requested before this position, to get the next page.
  public static func refunds(
    tenant: TenantID, status: String?, before: Int?, limit: Int, in database: Database
  ) throws -> [RefundRow] {
    let before = before ?? Int.max
    guard let status else {
      return try database.rows(
        """
        SELECT \(columns) FROM refunds WHERE tenant = ? AND position < ?
        ORDER BY position DESC LIMIT ?
        """, tenant.rawValue, before, limit, row: read)
    }
    return try database.rows(
      """
      SELECT \(columns) FROM refunds WHERE tenant = ? AND status = ? AND position < ?
      ORDER BY position DESC LIMIT ?
      """, tenant.rawValue, status, before, limit, row: read)
  }

  /// Pending refunds that can still be approved on a day, newest first (R4).
  public static func approvable(
    tenant: TenantID, today: CalendarDate, before: Int?, limit: Int, in database: Database
  ) throws -> [RefundRow] {
    try database.rows(
      """
      SELECT \(columns) FROM refunds WHERE tenant = ? AND status = 'pending' AND position < ?
        AND delivery_date >= date(coalesce(return_requested_on, ?), (
          SELECT '-' || return_window_days || ' days' FROM tenants WHERE tenant = ?))
      ORDER BY position DESC LIMIT ?
      """, tenant.rawValue, before ?? Int.max, today.description, tenant.rawValue, limit,
      row: read)
  }

  /// The refunds of a case, oldest first.
  public static func refunds(
    ofCase id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [RefundRow] {
    try database.rows(
      "SELECT \(columns) FROM refunds WHERE tenant = ? AND case_id = ? ORDER BY position",
      tenant.rawValue, id.rawValue, row: read)
  }

  /// By status and currency; statuses that no refund is in are left out.
  public static func totals(tenant: TenantID, in database: Database) throws -> [RefundTotal] {
    try database.rows(
      """
      SELECT status, currency, count, amount FROM refund_totals WHERE tenant = ? AND count > 0
      ORDER BY status, currency
      """, tenant.rawValue,
      row: {
        RefundTotal(
          status: $0.text(0), currency: $0.text(1), count: $0.int(2), amount: $0.int(3))
      })
  }

  /// What happened to a refund, oldest first.
  public static func timeline(
    of id: RefundID, tenant: TenantID, in database: Database
  ) throws -> [TimelineEntry] {
    try database.rows(
      """
      SELECT position, time, type, actor, amount, note FROM refund_timeline
      WHERE tenant = ? AND refund_id = ? ORDER BY position
      """, tenant.rawValue, id.rawValue,
      row: {
        TimelineEntry(
          position: $0.int(0), time: $0.text(1), type: $0.text(2), actor: $0.text(3),
          amount: $0.optionalInt(4), note: $0.optionalText(5))
      })
  }

  /// A tenant's name and time zone; `nil` where nobody registered it.
  public static func tenant(
    _ tenant: TenantID, in database: Database
  ) throws -> (name: String, timeZone: String)? {
    try database.row(
      "SELECT name, time_zone FROM tenants WHERE tenant = ?", tenant.rawValue,
      row: { ($0.text(0), $0.text(1)) })
  }

  /// What each tenant that is not simply at work is doing: `suspended` (T2), or `importing`, while
  /// nothing is paid.
  public static func pausedTenants(in database: Database) throws -> [TenantID: String] {
    let rows = try database.rows(
      "SELECT tenant, is_suspended FROM tenants WHERE is_suspended OR is_importing",
      row: { (TenantID(unchecked: $0.text(0)), $0.int(1) != 0 ? "suspended" : "importing") })
    return Dictionary(uniqueKeysWithValues: rows)
  }

  public static func isSuspended(_ tenant: TenantID, in database: Database) throws -> Bool {
    try database.row(
      "SELECT is_suspended FROM tenants WHERE tenant = ?", tenant.rawValue,
      row: { $0.int(0) != 0 }) ?? false
  }

  public static func tenants(in database: Database) throws -> [TenantID] {
    try database.rows(
      "SELECT tenant FROM tenants ORDER BY tenant", row: { TenantID(unchecked: $0.text(0)) })
  }
}
