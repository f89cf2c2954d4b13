// What read models for process managers know of tenants that do nothing for a while, because they
// are suspended (T2) or a history is told: whatever is due waits, and goes on under another
// command's id afterwards.

import EventSourcing
import Events
import SQLite

/// The table of tenants of a read model that says what is due.
enum Suspensions {
  static let eventTypes: Set<String> = [
    "TenantRegistered", "TenantSuspended", "TenantReinstated", "ImportBegun", "ImportEnded",
  ]

  /// SQL: the tenant does what is due.
  static let isAtWork = "NOT is_suspended AND NOT is_importing"

  static let schema = """
    -- a suspended tenant's work waits (T2), and so does one's whose history is told; the event that ended
    -- the last of these, or registered it
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, is_suspended INTEGER NOT NULL DEFAULT 0,
      is_importing INTEGER NOT NULL DEFAULT 0, active_since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let tenant = recorded.tenant.rawValue
    let position = Int(recorded.position.value)
    switch recorded.event {
    case .tenant(.tenantRegistered):
      try database.run(
        "INSERT INTO tenants (tenant, active_since) VALUES (?, ?)", tenant, position)
    case .tenant(.tenantSuspended):
      try database.run("UPDATE tenants SET is_suspended = 1 WHERE tenant = ?", tenant)
    case .tenant(.tenantReinstated):
      try database.run("UPDATE tenants SET is_suspended = 0 WHERE tenant = ?", tenant)
      try goOn(after: recorded, in: database)
    case .tenant(.importBegun):
      try database.run("UPDATE tenants SET is_importing = 1 WHERE tenant = ?", tenant)
    case .tenant(.importEnded):
      try database.run("UPDATE tenants SET is_importing = 0 WHERE tenant = ?", tenant)
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

  /// SQL: the last event since the one at a position that ended a suspension, or that another
  /// column names because it may let happen what was refused before; NULL if there was none.
  static func resumption(since position: String, or changes: String...) -> String {
    let events = (["active_since"] + changes).map { "iif(\($0) > \(position), \($0), 0)" }
    return "nullif(max(\(events.joined(separator: ", ")), 0), 0)"
  }
}
