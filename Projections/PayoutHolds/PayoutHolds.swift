// The amounts that are withheld from payouts to sellers, with their expiry and case.

import EventSourcing
import Events
public import Projecting
public import Routing
import SQLite

/// The current state of every payout hold.
public enum PayoutHolds: ReadModel {
  public static let name = "PayoutHolds"
  public static let version = 3

  public static let tables = """
    CREATE TABLE holds (
      tenant TEXT NOT NULL, hold_id TEXT NOT NULL, position INTEGER NOT NULL,
      status TEXT NOT NULL, case_id TEXT NOT NULL, order_id TEXT NOT NULL, leg_id TEXT,
      amount INTEGER NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL,
      applied_at TEXT NOT NULL, applied_by TEXT NOT NULL, expires_at TEXT NOT NULL, ended_at TEXT,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, hold_id)
    ) STRICT, WITHOUT ROWID;
    """

  public static let indexes = """
    CREATE INDEX holds_of_tenant_due ON holds (tenant, status, expires_at, hold_id);
    """

  public static let streams = [StreamTable("hold", table: "holds", id: "hold_id")]

  public static let handlers = Handlers {
    on(PayoutHoldApplied.self) { event, row in
      try row.database.run(
        """
        INSERT INTO holds (tenant, hold_id, position, status, case_id, order_id, leg_id, amount,
          currency, reason, applied_at, applied_by, expires_at)
        VALUES (?, ?, ?, 'applied', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, row.tenant, event.holdID.rawValue, row.position, event.caseID.rawValue,
        event.orderID.rawValue, event.legID?.rawValue, event.amount, event.currency.rawValue,
        event.reason, row.time, event.appliedBy.description, event.expiresAt.description)
    }
    on(PayoutHoldReleased.self) { event, row in try end(event.holdID, "released", row) }
    on(PayoutHoldExpired.self) { event, row in try end(event.holdID, "expired", row) }
  }

  private static func end(_ id: HoldID, _ status: String, _ row: PlainWriter) throws {
    try row.database.run(
      "UPDATE holds SET status = ?, ended_at = ? WHERE tenant = ? AND hold_id = ?", status,
      row.time, row.tenant, id.rawValue)
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    PayoutHoldRoutes(models: models).all
  }
}
