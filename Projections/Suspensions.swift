// What read models for process managers know of suspended tenants: whatever is due waits for them (T2),
// and goes on under another command's id when the suspension has ended.

import EventSourcing
import Events
import SQLite

/// The table of tenants of a read model that says what is due.
enum Suspensions {
  static let eventTypes: Set<String> = ["TenantRegistered", "TenantSuspended", "TenantReinstated"]

  static let schema = """
    -- a suspended tenant's work waits (T2); the event that ended its last suspension, or registered it
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, is_suspended INTEGER NOT NULL DEFAULT 0,
      active_since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let tenant = recorded.tenant.rawValue
    let position = Int(recorded.position.value)
    switch recorded.event {
    case .tenantRegistered:
      try database.run(
        "INSERT INTO tenants (tenant, active_since) VALUES (?, ?)", tenant, position)
    case .tenantSuspended:
      try database.run("UPDATE tenants SET is_suspended = 1 WHERE tenant = ?", tenant)
    case .tenantReinstated:
      try database.run("UPDATE tenants SET is_suspended = 0 WHERE tenant = ?", tenant)
      try goOn(after: recorded, in: database)
    default: break
    }
  }

  /// Lets everything be tried again that was refused before an event of the tenant.
  static func goOn(after recorded: RecordedEvent, in database: Database) throws {
    try database.run(
      "UPDATE tenants SET active_since = ? WHERE tenant = ?", Int(recorded.position.value),
      recorded.tenant.rawValue)
  }

  /// SQL: the last event since the one at a position that ended a suspension, or that another column names
  /// because it may let happen what was refused before; NULL if there was none.
  static func resumption(since position: String, or changes: String...) -> String {
    let events = (["active_since"] + changes).map { "iif(\($0) > \(position), \($0), 0)" }
    return "nullif(max(\(events.joined(separator: ", ")), 0), 0)"
  }
}
