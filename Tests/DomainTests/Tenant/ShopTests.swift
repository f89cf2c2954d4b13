// A tenant's shop (rule book, Integrations): one at a time, connected, synced, disconnected.

import Domain
import EventSourcing
import Events
import Testing

struct ShopTests {
  static let orders = WebhookEndpoint(
    topic: "orders/updated", endpoint: "https://redress.example.com/hook", status: .active)

  static func connecting(
    _ shop: ShopDomain = "acme.myshopify.com", scopes: [String] = ["read_orders"],
    endpoints: [WebhookEndpoint] = [orders]
  ) -> Command {
    .connectShop(
      ConnectShop(
        shopDomain: shop, scopes: scopes, apiVersion: "2025-04", webhookEndpoints: endpoints))
  }

  static func syncing(
    _ job: ShopSyncID = "job_1", shop: ShopDomain = "acme.myshopify.com"
  ) -> Command {
    .recordShopSync(
      RecordShopSync(
        shopDomain: shop, jobID: job, type: .incremental, processed: 120, failed: 2,
        completedAt: noon))
  }

  static func disconnecting(_ shop: ShopDomain = "acme.myshopify.com") -> Command {
    .disconnectShop(DisconnectShop(shopDomain: shop, reason: "Uninstalled"))
  }

  @Test func `is connected once, and its terms may change`() {
    let story = given(acme()).when(Self.connecting(), at: noon).then([
      .shopConnected(
        ShopConnected(
          shopDomain: "acme.myshopify.com", scopes: ["read_orders"], apiVersion: "2025-04",
          installedAt: noon, webhookEndpoints: [Self.orders]))
    ])
    story.when(Self.connecting()).thenUnchanged()
    // It is still the installation of then.
    story.when(Self.connecting(scopes: []), at: "2026-02-01T00:00:00Z").then([
      .shopConnected(
        ShopConnected(
          shopDomain: "acme.myshopify.com", scopes: [], apiVersion: "2025-04", installedAt: noon,
          webhookEndpoints: [Self.orders]))
    ])
  }

  @Test func `is one at a time`() {
    let story = given(acme()).when(Self.connecting()).happens()
    story.when(Self.connecting("other.myshopify.com")).thenRejected(
      IntegrationRejection.otherShopConnected(
        "other.myshopify.com", connected: "acme.myshopify.com"))
    story.when(Self.disconnecting()).happens()
      .when(Self.connecting("other.myshopify.com")).happens()
  }

  @Test func `has one endpoint for each topic`() {
    given(acme()).when(Self.connecting(endpoints: [Self.orders, Self.orders]))
      .thenRejected(IntegrationRejection.topicNamedTwice("orders/updated"))
  }

  @Test func `is synced while it is connected, each run once`() {
    given(acme()).when(Self.syncing()).thenRejected(
      IntegrationRejection.notConnected("acme.myshopify.com", connected: nil))
    let story = given(acme()).when(Self.connecting()).happens()
    story.when(Self.syncing(shop: "other.myshopify.com")).thenRejected(
      IntegrationRejection.notConnected(
        "other.myshopify.com", connected: "acme.myshopify.com"))
    let synced = story.when(Self.syncing()).then([
      .shopSynced(
        ShopSynced(
          shopDomain: "acme.myshopify.com", jobID: "job_1", type: .incremental, processed: 120,
          failed: 2, completedAt: noon))
    ])
    synced.when(Self.syncing()).thenUnchanged()
    synced.when(Self.syncing("job_2")).happens()
    // Other terms do not make it forget the run.
    synced.when(Self.connecting(scopes: [])).happens().when(Self.syncing()).thenUnchanged()
  }

  @Test func `is disconnected if it was connected`() {
    given(acme()).when(Self.disconnecting()).thenRejected(
      IntegrationRejection.notConnected("acme.myshopify.com", connected: nil))
    let story = given(acme()).when(Self.connecting()).happens().when(Self.disconnecting()).then([
      .shopDisconnected(
        ShopDisconnected(shopDomain: "acme.myshopify.com", reason: "Uninstalled"))
    ])
    story.when(Self.disconnecting()).thenRejected(
      IntegrationRejection.notConnected("acme.myshopify.com", connected: nil))
  }
}
