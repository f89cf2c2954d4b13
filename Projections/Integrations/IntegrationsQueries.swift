// What the integrations answer.

public import EventSourcing
public import SQLite

/// A tenant's shop as it stands.
public struct ShopRow: Sendable, Hashable {
  /// A run that brought orders over.
  public struct Sync: Sendable, Hashable {
    public var jobID: String
    public var type: String
    public var processed: Int
    public var failed: Int
    public var completedAt: String
  }

  public struct Endpoint: Sendable, Hashable {
    public var topic: String
    public var endpoint: String
    public var status: String
  }

  public var shopDomain: String
  public var status: String
  public var apiVersion: String
  public var installedAt: String
  public var disconnectedAt: String?
  public var reason: String?
  /// The one that ended last.
  public var lastSync: Sync?
  public var scopes: [String] = []
  /// By topic.
  public var webhookEndpoints: [Endpoint] = []

  public var isConnected: Bool { status == "connected" }
}

extension Integrations {
  /// - Returns: `nil` for a tenant that never had a shop.
  public static func shop(of tenant: TenantID, in database: Database) throws -> ShopRow? {
    let shop = try database.row(
      """
      SELECT shop_domain, status, api_version, installed_at, disconnected_at, reason, last_sync_at,
        last_sync_job, last_sync_type, processed, failed
      FROM shops WHERE tenant = ?
      """, tenant.rawValue,
      row: { row in
        ShopRow(
          shopDomain: row.text(0), status: row.text(1), apiVersion: row.text(2),
          installedAt: row.text(3), disconnectedAt: row.optionalText(4),
          reason: row.optionalText(5),
          lastSync: row.optionalText(6).map {
            ShopRow.Sync(
              jobID: row.text(7), type: row.text(8), processed: row.int(9), failed: row.int(10),
              completedAt: $0)
          })
      })
    guard var shop else { return nil }
    shop.scopes = try database.rows(
      "SELECT scope FROM scopes WHERE tenant = ? ORDER BY number", tenant.rawValue,
      row: { $0.text(0) })
    shop.webhookEndpoints = try database.rows(
      "SELECT topic, endpoint, status FROM webhook_endpoints WHERE tenant = ? ORDER BY topic",
      tenant.rawValue,
      row: { ShopRow.Endpoint(topic: $0.text(0), endpoint: $0.text(1), status: $0.text(2)) })
    return shop
  }
}
