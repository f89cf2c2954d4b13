// The row of a tenant's shop and its query.

public import EventSourcing
import JSON
public import Projecting
public import Routing
public import SQLite

/// The current state of a tenant's shop.
public struct ShopRow: Row, Hashable {
  /// A synchronization of orders.
  public struct Sync: Codable, Sendable, Hashable {
    public var jobID: String
    public var type: String
    public var processed: Int
    public var failed: Int
    public var completedAt: String
  }

  public static let table = "shops"
  public static let expressions = [
    "lastSync.jobID": "last_sync_job", "lastSync.type": "last_sync_type",
    "lastSync.processed": "processed", "lastSync.failed": "failed",
    "lastSync.completedAt": "last_sync_at",
    "scopes": """
    (SELECT json_group_array(scope) FROM (
      SELECT scope FROM scopes s WHERE s.tenant = shops.tenant ORDER BY number))
    """,
    "webhookEndpoints": """
    (SELECT json_group_array(
        json_object('topic', topic, 'endpoint', endpoint, 'status', status)) FROM (
      SELECT topic, endpoint, e.status FROM webhook_endpoints e
      WHERE e.tenant = shops.tenant ORDER BY topic))
    """,
  ]

  public static let shapes: [String: JSONShape] = [
    "scopes": .list(.text), "webhookEndpoints": .list(.type("WebhookEndpoint")),
  ]

  public var shopDomain: String
  public var status: String
  public var scopes: JSONText
  public var apiVersion: String
  public var installedAt: String
  public var disconnectedAt: String?
  public var reason: String?
  /// The one that ended last.
  public var lastSync: Sync?
  /// By topic.
  public var webhookEndpoints: JSONText

  public var isConnected: Bool { status == "connected" }
}

extension Integrations {
  /// - Returns: `nil` for a tenant that never had a shop.
  public static func shop(of tenant: TenantID, in database: Database) throws -> ShopRow? {
    try database.row(ShopRow.self, "WHERE tenant = ?", tenant.rawValue)
  }
}
