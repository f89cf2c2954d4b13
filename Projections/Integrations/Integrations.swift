// The connection of each tenant with its shop: its state, its terms and the last synchronization.

import EventSourcing
import Events
public import Projecting
public import Routing
import SQLite

/// The shop of every tenant.
public enum Integrations: ReadModel {
  public static let name = "Integrations"
  public static let version = 1

  public static let tables = """
    CREATE TABLE shops (
      tenant TEXT PRIMARY KEY, shop_domain TEXT NOT NULL, status TEXT NOT NULL,
      api_version TEXT NOT NULL, installed_at TEXT NOT NULL, disconnected_at TEXT, reason TEXT,
      last_sync_at TEXT, last_sync_job TEXT, last_sync_type TEXT, processed INTEGER, failed INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scopes (
      tenant TEXT NOT NULL, number INTEGER NOT NULL, scope TEXT NOT NULL,
      PRIMARY KEY (tenant, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE webhook_endpoints (
      tenant TEXT NOT NULL, topic TEXT NOT NULL, endpoint TEXT NOT NULL, status TEXT NOT NULL,
      PRIMARY KEY (tenant, topic)
    ) STRICT, WITHOUT ROWID;
    """

  public static let handlers = Handlers {
    on(ShopConnected.self) { event, row in try connect(event, row.tenant, row.database) }
    on(ShopSynced.self) { event, row in
      // Runs may be reported out of order; the one with the latest end counts.
      try row.database.run(
        """
        UPDATE shops SET last_sync_at = ?, last_sync_job = ?, last_sync_type = ?, processed = ?,
          failed = ? WHERE tenant = ? AND (last_sync_at IS NULL OR last_sync_at <= ?1)
        """, event.completedAt.description, event.jobID.rawValue, event.type.rawValue,
        event.processed, event.failed, row.tenant)
    }
    on(ShopDisconnected.self) { event, row in
      try row.database.run(
        """
        UPDATE shops SET status = 'disconnected', disconnected_at = ?, reason = ?
        WHERE tenant = ?
        """, row.time, event.reason, row.tenant)
    }
  }

  private static func connect(
    _ event: ShopConnected, _ tenant: String, _ database: Database
  ) throws {
    // A newly connected shop has no runs yet.
    try database.run(
      "DELETE FROM shops WHERE tenant = ? AND shop_domain <> ?", tenant,
      event.shopDomain.rawValue)
    try database.run(
      """
      INSERT INTO shops (tenant, shop_domain, status, api_version, installed_at)
      VALUES (?, ?, 'connected', ?, ?)
      ON CONFLICT (tenant) DO UPDATE SET status = 'connected', api_version = excluded.api_version,
        installed_at = excluded.installed_at, disconnected_at = NULL, reason = NULL
      """, tenant, event.shopDomain.rawValue, event.apiVersion, event.installedAt.description)
    try database.run("DELETE FROM scopes WHERE tenant = ?", tenant)
    for (number, scope) in event.scopes.enumerated() {
      try database.run("INSERT INTO scopes VALUES (?, ?, ?)", tenant, number, scope)
    }
    try database.run("DELETE FROM webhook_endpoints WHERE tenant = ?", tenant)
    for endpoint in event.webhookEndpoints {
      try database.run(
        "INSERT INTO webhook_endpoints VALUES (?, ?, ?, ?)", tenant, endpoint.topic,
        endpoint.endpoint, endpoint.status.rawValue)
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    IntegrationRoutes(models: models).all
  }
}
