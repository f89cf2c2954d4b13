// What POST /v1/webhooks/shopify?tenant=NAME checks and records. The signature over the raw bytes
// is checked before anything of them is read, and the answer leaves when the record is durable.
// Process managers that read the records decide what they mean for orders and returns.

import EventSourcing
import JSON
import Operations
import PersonalData
import Projecting
import Projections
import Routing

struct ShopifyWebhooks: Sendable {
  var records: OperationalRecords
  var keys: PersonalKeyFolder
  var projections: ProjectionRuntime
  var vault: PersonalVault

  static let headers = [
    Header(
      "X-Shopify-Hmac-Sha256", "the Base64 of the body's HMAC-SHA-256 under the tenant's secret",
      isRequired: true),
    Header("X-Shopify-Topic", "the topic, such as orders/updated", isRequired: true),
    Header("X-Shopify-Shop-Domain", "the domain of the shop", isRequired: false),
    Header("X-Shopify-Event-Id", "the id by which a webhook is known again", isRequired: false),
  ]

  /// - Returns: the record's number, and whether it was delivered before.
  func receive(_ call: Call) throws -> (id: Int, isDuplicate: Bool) {
    let tenant = call.tenant
    let signature = try header("X-Shopify-Hmac-Sha256", of: call)
    guard let secret = try keys.secret(.webhook, of: tenant) else {
      // To a stranger a tenant without a secret is one with another.
      throw Self.wrongSignature(of: tenant)
    }
    guard ShopifySignature.isValid(signature, of: call.body, secret: secret) else {
      throw Self.wrongSignature(of: tenant)
    }
    let topic = try header("X-Shopify-Topic", of: call)
    try requireShop(call.header("X-Shopify-Shop-Domain"), of: tenant)
    try requireJSON(call.body)
    return try records.receive(
      WebhookDelivery(
        source: "shopify", topic: topic,
        eventID: call.header("X-Shopify-Event-Id").flatMap { $0.isEmpty ? nil : $0 },
        payload: call.body, isOfErased: try isOfErased(call.body, topic: topic, tenant)),
      tenant: tenant, at: call.receivedAt)
  }

  private static func wrongSignature(of tenant: TenantID) -> Problem {
    Problem(
      .wrongSignature,
      detail: "X-Shopify-Hmac-Sha256 is not the Base64 of the HMAC-SHA-256 of the body's bytes "
        + "under the secret of \(tenant), which redress keys shopify --tenant \(tenant) stores. "
        + "Nothing was recorded.")
  }

  /// Whether a payload names a customer who was erased, or one's order.
  private func isOfErased(_ payload: [UInt8], topic: String, _ tenant: TenantID) throws -> Bool {
    let subjects = PayloadSubjects(of: payload, topic: topic)
    let owners = try projections.read(OrderBalance.self) {
      try OrderBalance.customers(ofOrders: subjects.orders, tenant: tenant, in: $0)
    }
    return try subjects.customers.union(owners).contains {
      try vault.isErased(Person($0, of: tenant))
    }
  }

  private func header(_ name: String, of call: Call) throws(Problem) -> String {
    let value = call.header(name) ?? ""
    guard value.utf8.count <= 256 else {
      throw .badRequest(
        "\(name): \(value.utf8.count) bytes are too many; at most 256 are possible.")
    }
    return value
  }

  /// A webhook of one shop is not another tenant's, even if both share a secret.
  private func requireShop(_ domain: String?, of tenant: TenantID) throws {
    let shop = try projections.read(Integrations.self) { try Integrations.shop(of: tenant, in: $0) }
    guard let domain, let shop, shop.isConnected, shop.shopDomain != domain else { return }
    throw Problem(
      .otherShop,
      detail: "X-Shopify-Shop-Domain is \(domain.prefix(80)), and the shop of \(tenant) is "
        + "\(shop.shopDomain). Nothing was recorded.")
  }

  private func requireJSON(_ body: [UInt8]) throws(Problem) {
    do throws(JSONError) {
      var reader = JSONReader(body.span)
      try reader.skipValue()
      try reader.finish()
    } catch { throw .malformedBody(error, "the JSON payload of a webhook") }
  }
}
