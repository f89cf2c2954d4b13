// What the process manager that ends payout holds has to do.

public import EventSourcing
public import Events
public import SQLite

extension PayoutHolds {
  /// The holds whose time is over, with those that are so longest first (H2).
  public static func due(
    at now: Timestamp, limit: Int, in database: Database
  ) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT tenant, hold_id, position, \(Suspensions.resumption(since: "position"))
      FROM holds JOIN tenants USING (tenant)
      WHERE status = 'applied' AND expires_at <= ? AND \(Suspensions.isAtWork)
      ORDER BY expires_at LIMIT ?
      """, now.description, limit,
      row: {
        DueCommand(
          tenant: TenantID(unchecked: $0.text(0)), cause: Position(UInt64($0.int(2))),
          resumption: $0.optionalInt(3).map { Position(UInt64($0)) },
          command: .expirePayoutHold(ExpirePayoutHold(holdID: HoldID(unchecked: $0.text(1)))))
      })
  }
}
