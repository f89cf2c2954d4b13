// What the payout holds answer.

public import EventSourcing
public import Events
public import SQLite

/// A payout hold as it stands.
public struct PayoutHoldRow: Sendable, Hashable {
  public var holdID: String
  public var status: String
  public var caseID: String
  public var orderID: String
  public var legID: String?
  /// Minor units of ``currency``.
  public var amount: Int
  public var currency: String
  public var reason: String
  public var appliedAt: String
  public var appliedBy: String
  public var expiresAt: String
  public var endedAt: String?
}

extension PayoutHolds {
  private static let columns = """
    hold_id, status, case_id, order_id, leg_id, amount, currency, reason, applied_at, applied_by,
    expires_at, ended_at
    """

  private static func row(_ row: Statement) -> PayoutHoldRow {
    PayoutHoldRow(
      holdID: row.text(0), status: row.text(1), caseID: row.text(2), orderID: row.text(3),
      legID: row.optionalText(4), amount: row.int(5), currency: row.text(6), reason: row.text(7),
      appliedAt: row.text(8), appliedBy: row.text(9), expiresAt: row.text(10),
      endedAt: row.optionalText(11))
  }

  public static func hold(
    _ id: HoldID, tenant: TenantID, in database: Database
  ) throws -> PayoutHoldRow? {
    try database.row(
      "SELECT \(columns) FROM holds WHERE tenant = ? AND hold_id = ?", tenant.rawValue,
      id.rawValue, row: row)
  }

  /// The ones that still keep something back, the next to expire first.
  public static func applied(
    tenant: TenantID, limit: Int, in database: Database
  ) throws -> [PayoutHoldRow] {
    try database.rows(
      """
      SELECT \(columns) FROM holds WHERE tenant = ? AND status = 'applied'
      ORDER BY expires_at, hold_id LIMIT ?
      """, tenant.rawValue, limit, row: row)
  }
}
