// The rows of the payout holds and their queries.

public import EventSourcing
public import Events
public import Projecting
public import SQLite

/// The current state of a payout hold.
public struct PayoutHoldRow: Row, Hashable {
  public static let table = "holds"

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
  public var revision: Int
}

extension PayoutHolds {
  public static func hold(
    _ id: HoldID, tenant: TenantID, in database: Database
  ) throws -> PayoutHoldRow? {
    try database.row(PayoutHoldRow.self, tenant: tenant, "hold_id", id)
  }

  /// The active holds, the next to expire first.
  static func applied(
    tenant: TenantID, limit: Int, in database: Database
  ) throws -> [PayoutHoldRow] {
    try database.rows(
      PayoutHoldRow.self,
      "WHERE tenant = ? AND status = 'applied' ORDER BY expires_at, hold_id LIMIT ?",
      tenant.rawValue, limit)
  }
}
