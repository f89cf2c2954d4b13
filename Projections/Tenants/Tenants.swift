// The tenants: names, time zones and states. Requests look up their tenant here, and pages show
// from here whether it is suspended.

public import EventSourcing
import Events
public import Projecting
public import Routing
public import SQLite

/// The current state of every tenant.
public enum Tenants: ReadModel {
  public static let name = "Tenants"
  public static let version = 1

  public static let tables = """
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL, currency TEXT NOT NULL,
      return_window_days INTEGER NOT NULL, is_suspended INTEGER NOT NULL DEFAULT 0,
      is_importing INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    """

  public static let streams = [StreamTable("tenant", table: "tenants")]

  public static let handlers = Handlers {
    on(TenantRegistered.self) { event, row in
      try row.database.run(
        """
        INSERT INTO tenants (tenant, name, time_zone, currency, return_window_days)
        VALUES (?, ?, ?, ?, ?)
        """, row.tenant, event.name, event.settings.timeZone, event.settings.currency.rawValue,
        event.settings.returnWindowDays)
    }
    on(TenantSettingsChanged.self) { event, row in
      try row.database.run(
        """
        UPDATE tenants SET time_zone = ?, currency = ?, return_window_days = ? WHERE tenant = ?
        """, event.settings.timeZone, event.settings.currency.rawValue,
        event.settings.returnWindowDays, row.tenant)
    }
    on(TenantSuspended.self) { _, row in try set("is_suspended = 1", row) }
    on(TenantReinstated.self) { _, row in try set("is_suspended = 0", row) }
    on(ImportBegun.self) { _, row in try set("is_importing = 1", row) }
    on(ImportEnded.self) { _, row in try set("is_importing = 0", row) }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    TenantRoutes(models: models).all
  }

  private static func set(_ assignment: String, _ row: PlainWriter) throws {
    try row.database.run("UPDATE tenants SET \(assignment) WHERE tenant = ?", row.tenant)
  }
}

/// The current state of a tenant.
public struct TenantRow: Row, Hashable {
  public static let table = "tenants"
  public static let expressions = [
    "state": "iif(is_suspended, 'suspended', iif(is_importing, 'importing', 'active'))"
  ]

  public var tenant: String
  public var name: String
  /// `active`, `suspended` (T2) or `importing`.
  public var state: String
  public var timeZone: String
  public var currency: String
  public var returnWindowDays: Int
  public var revision: Int

  public var id: TenantID { TenantID(unchecked: tenant) }
}

extension Tenants {
  /// - Returns: `nil` for a tenant that is not registered.
  public static func tenant(_ id: TenantID, in database: Database) throws -> TenantRow? {
    try database.row(TenantRow.self, "WHERE tenant = ?", id.rawValue)
  }

  /// By name.
  public static func all(in database: Database) throws -> [TenantRow] {
    try database.rows(TenantRow.self, "ORDER BY tenant")
  }
}
