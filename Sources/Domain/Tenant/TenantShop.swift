// The rules of integrations (rule book, Integrations): a tenant mirrors one shop at a time. Its
// access token is a secret and never part of the history.

import EventSourcing
public import Events

/// The shop that a tenant mirrors, and by which terms.
struct ConnectedShop: Codable, Equatable {
  var shopDomain: ShopDomain
  var scopes: [String]
  var apiVersion: String
  var installedAt: Timestamp
  var webhookEndpoints: [WebhookEndpoint]
  /// The run that was recorded last.
  var lastSyncID: ShopSyncID?

  fileprivate init(_ event: ShopConnected, after lastSyncID: ShopSyncID?) {
    shopDomain = event.shopDomain
    scopes = event.scopes
    apiVersion = event.apiVersion
    installedAt = event.installedAt
    webhookEndpoints = event.webhookEndpoints
    self.lastSyncID = lastSyncID
  }
}

extension Tenant {
  /// Connects the tenant's shop, or changes the terms of the one that is connected.
  public static func connectShop(
    _ command: ConnectShop, tenant: Tenant, facts: Facts
  ) throws(IntegrationRejection) -> Decision {
    if let shop = tenant.shop, shop.shopDomain != command.shopDomain {
      throw .otherShopConnected(command.shopDomain, connected: shop.shopDomain)
    }
    var topics: Set<String> = []
    for endpoint in command.webhookEndpoints where !topics.insert(endpoint.topic).inserted {
      throw .topicNamedTwice(endpoint.topic)
    }
    let event = ShopConnected(
      shopDomain: command.shopDomain, scopes: command.scopes, apiVersion: command.apiVersion,
      installedAt: command.installedAt ?? tenant.shop?.installedAt ?? facts.now,
      webhookEndpoints: command.webhookEndpoints)
    guard ConnectedShop(event, after: tenant.shop?.lastSyncID) != tenant.shop else {
      return .unchanged(reason: "The shop is connected so already.")
    }
    return .events([.shopConnected(event)])
  }

  /// Records a finished run that imported orders.
  public static func recordShopSync(
    _ command: RecordShopSync, tenant: Tenant, facts: Facts
  ) throws(IntegrationRejection) -> Decision {
    let shop = try tenant.connectedShop(command.shopDomain)
    guard shop.lastSyncID != command.jobID else {
      return .unchanged(reason: "The run \(command.jobID) is on record already.")
    }
    return .events([
      .shopSynced(
        ShopSynced(
          shopDomain: command.shopDomain, jobID: command.jobID, type: command.type,
          processed: command.processed, failed: command.failed, completedAt: command.completedAt))
    ])
  }

  /// Disconnects the tenant's shop.
  public static func disconnectShop(
    _ command: DisconnectShop, tenant: Tenant, facts: Facts
  ) throws(IntegrationRejection) -> Decision {
    _ = try tenant.connectedShop(command.shopDomain)
    return .events([
      .shopDisconnected(
        ShopDisconnected(shopDomain: command.shopDomain, reason: command.reason))
    ])
  }

  private func connectedShop(
    _ shopDomain: ShopDomain
  ) throws(IntegrationRejection) -> ConnectedShop {
    guard let shop, shop.shopDomain == shopDomain else {
      throw .notConnected(shopDomain, connected: shop?.shopDomain)
    }
    return shop
  }

  mutating func connect(_ event: ShopConnected) throws(InconsistentHistory) {
    try require(
      shop.map { $0.shopDomain == event.shopDomain } ?? true, "a second shop of one tenant")
    let connected = ConnectedShop(event, after: shop?.lastSyncID)
    try require(connected != shop, "a shop connected as it was")
    shop = connected
  }

  mutating func recordSync(_ event: ShopSynced) throws(InconsistentHistory) {
    try require(shop?.shopDomain == event.shopDomain, "a run with a shop that is not connected")
    try require(shop?.lastSyncID != event.jobID, "a run recorded twice")
    shop?.lastSyncID = event.jobID
  }

  mutating func disconnect(_ event: ShopDisconnected) throws(InconsistentHistory) {
    try require(shop?.shopDomain == event.shopDomain, "a shop disconnected that was not connected")
    shop = nil
  }
}
