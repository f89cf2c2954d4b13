// How a tenant stands with its shop, as the events say.

import CommandHandling
import EventSourcing
import JSON
import Projecting
import Projections
import RunningRedress
import Testing

struct `The integration of a tenant` {
  let acme = TenantID(unchecked: "acme")

  private func shop(_ redress: RunningRedress) async throws -> ShopRow? {
    #expect(await redress.settle())
    return try redress.projections.read(Integrations.self) {
      try Integrations.shop(of: acme, in: $0)
    }
  }

  private func page(_ redress: RunningRedress) async throws -> String {
    try await redress.page("/tenants/acme/integration")
  }

  private func connect(_ redress: RunningRedress, _ id: String, _ shop: String) async throws {
    let answer = try await redress.submit(
      id, "ConnectShop",
      #"{"shopDomain":"\#(shop)","scopes":["read_orders","read_customers"],"apiVersion":"2025-04","#
        + #""installedAt":"2026-01-05T09:30:00Z","webhookEndpoints":[{"topic":"orders/updated","#
        + #""endpoint":"https://redress.example.com/hook","status":"active"}]}"#)
    #expect(answer.isAccepted, "\(answer)")
  }

  private func sync(
    _ redress: RunningRedress, _ id: String, completedAt: String
  ) async throws {
    let answer = try await redress.submit(
      id, "RecordShopSync",
      #"{"shopDomain":"acme.myshopify.com","jobId":"\#(id)","type":"incremental","processed":1200,"#
        + #""failed":2,"completedAt":"\#(completedAt)"}"#)
    #expect(answer.isAccepted, "\(answer)")
  }

  @Test func `is shown from connecting to disconnecting`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(try await shop(redress) == nil)
    #expect(try await page(redress).contains("No shop was ever connected"))
    try await connect(redress, "connect", "acme.myshopify.com")
    let connected = try #require(try await shop(redress))
    #expect(connected.isConnected)
    #expect(
      connected.scopes.value == .array([.string("read_orders"), .string("read_customers")]))
    #expect(
      connected.webhookEndpoints.value.elements?.map { $0["topic"] } == [.string("orders/updated")])
    #expect(connected.lastSync == nil)
    try await sync(redress, "job_2", completedAt: "2026-01-16T10:00:00Z")
    // One that ended before comes late.
    try await sync(redress, "job_1", completedAt: "2026-01-15T10:00:00Z")
    #expect(try await shop(redress)?.lastSync?.jobID == "job_2")
    #expect(try await page(redress).contains("1,200 processed, 2 failed"))
    _ = try await redress.submit(
      "end", "DisconnectShop", #"{"shopDomain":"acme.myshopify.com","reason":"Uninstalled"}"#)
    let ended = try #require(try await shop(redress))
    #expect(!ended.isConnected)
    #expect(ended.reason == "Uninstalled")
    #expect(ended.lastSync?.jobID == "job_2")
    #expect(try await page(redress).contains("Uninstalled"))
    // Another shop has no runs yet.
    try await connect(redress, "other", "other.myshopify.com")
    let other = try #require(try await shop(redress))
    #expect(other.shopDomain == "other.myshopify.com")
    #expect(other.lastSync == nil && other.disconnectedAt == nil)
    redress.stop()
  }
}
