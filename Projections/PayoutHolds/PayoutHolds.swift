// What is kept back of payouts to sellers, until when, and because of which case.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every payout hold, and which are due.
public enum PayoutHolds: Projector {
  public static let name = "PayoutHolds"
  public static let version = 2
  public static let eventTypes = Suspensions.eventTypes.union([
    "PayoutHoldApplied", "PayoutHoldReleased", "PayoutHoldExpired",
  ])

  public static let schema =
    Suspensions.schema + """

      CREATE TABLE holds (
        tenant TEXT NOT NULL, hold_id TEXT NOT NULL, position INTEGER NOT NULL,
        status TEXT NOT NULL, case_id TEXT NOT NULL, order_id TEXT NOT NULL, leg_id TEXT,
        amount INTEGER NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL,
        applied_at TEXT NOT NULL, applied_by TEXT NOT NULL, expires_at TEXT NOT NULL, ended_at TEXT,
        PRIMARY KEY (tenant, hold_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX holds_due ON holds (status, expires_at);
      CREATE INDEX holds_of_tenant_due ON holds (tenant, status, expires_at);
      CREATE INDEX holds_of_case ON holds (tenant, case_id);
      """

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let tenant = recorded.tenant.rawValue
    let position = Int(recorded.position.value)
    func end(_ id: HoldID, _ status: String) throws {
      try database.run(
        "UPDATE holds SET status = ?, ended_at = ? WHERE tenant = ? AND hold_id = ?", status,
        recorded.time.description, tenant, id.rawValue)
    }
    switch recorded.event {
    case .hold(.payoutHoldApplied(let event)):
      try database.run(
        "INSERT INTO holds VALUES (?, ?, ?, 'applied', ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", tenant,
        event.holdID.rawValue, position, event.caseID.rawValue, event.orderID.rawValue,
        event.legID?.rawValue, event.amount, event.currency.rawValue, event.reason,
        recorded.time.description, event.appliedBy.description, event.expiresAt.description)
    case .hold(.payoutHoldReleased(let event)): try end(event.holdID, "released")
    case .hold(.payoutHoldExpired(let event)): try end(event.holdID, "expired")
    default: try Suspensions.apply(recorded, to: database)
    }
  }
}
