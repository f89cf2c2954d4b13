// What read models for process managers know of tenants at rest: suspended ones (T2), and ones
// whose history is imported. What is due waits, and goes on under another command's id afterwards.

import EventSourcing
import Events
import Projecting
import SQLite

/// The table of tenants of a read model that says what is due.
enum Suspensions {
  /// SQL: the tenant does what is due.
  static let isAtWork = "NOT is_suspended AND NOT is_importing"

  static let table = """
    -- active_since: the event that ended the last suspension or import, or registered the tenant
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, is_suspended INTEGER NOT NULL DEFAULT 0,
      is_importing INTEGER NOT NULL DEFAULT 0, active_since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  static func handlers<Writer: RowWriter>() -> [Handler<Writer>] {
    [
      on(TenantRegistered.self) { _, row in
        try row.database.run(
          "INSERT INTO tenants (tenant, active_since) VALUES (?, ?)", row.tenant, row.position)
      }
    ] + pauses()
  }

  /// For a read model that keeps more than this of a tenant.
  static func pauses<Writer: RowWriter>() -> [Handler<Writer>] {
    [
      on(TenantSuspended.self) { _, row in try set("is_suspended = 1", row) },
      on(TenantReinstated.self) { _, row in
        try set("is_suspended = 0", row)
        try goOn(row)
      },
      on(ImportBegun.self) { _, row in try set("is_importing = 1", row) },
      on(ImportEnded.self) { _, row in
        try set("is_importing = 0", row)
        try goOn(row)
      },
    ]
  }

  private static func set(_ assignment: String, _ row: some RowWriter) throws {
    try row.database.run("UPDATE tenants SET \(assignment) WHERE tenant = ?", row.tenant)
  }

  /// Lets everything be tried again that was refused before an event of the tenant.
  static func goOn(_ row: some RowWriter) throws {
    try row.database.run(
      "UPDATE tenants SET active_since = ? WHERE tenant = ?", row.position, row.tenant)
  }

  /// SQL: the last event since the one at a position that ended a suspension, or that another
  /// column names because it may let happen what was refused before; NULL if there was none.
  static func resumption(since position: String, or changes: String...) -> String {
    let events = (["active_since"] + changes).map { "iif(\($0) > \(position), \($0), 0)" }
    return "nullif(max(\(events.joined(separator: ", ")), 0), 0)"
  }
}
