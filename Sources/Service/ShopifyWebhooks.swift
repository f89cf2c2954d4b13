// POST /v1/webhooks/shopify?tenant=NAME: what a tenant's shop calls us with, handed on to the Unix
// socket by whatever receives it from the network. The signature over the raw bytes is checked
// before anything of them is read, and the answer leaves when the record is durable. What it means
// for orders and returns is for those to say who read the records.

import EventSourcing
import HTTP
import JSON
import Operations
import PersonalData
import Projecting
import Projections

struct ShopifyWebhooks: Sendable {
  var records: OperationalRecords
  var keys: PersonalKeyFolder
  var projections: ProjectionRuntime
  var vault: PersonalVault

  /// - Returns: the record's number, and whether it was delivered before.
  func receive(
    _ request: HTTPRequest, of tenant: TenantID, at now: Timestamp
  ) throws -> (id: Int, isDuplicate: Bool) {
    let signature = try header("X-Shopify-Hmac-Sha256", of: request)
    guard let secret = try keys.secret(.webhook, of: tenant) else {
      throw Problem(
        status: 403, code: "no-webhook-secret", title: "Nobody could check this webhook",
        detail: "There is no secret that the shop of \(tenant) signs with. "
          + "redress keys shopify --tenant \(tenant) keeps one.")
    }
    guard ShopifySignature.isValid(signature, of: request.body, secret: secret) else {
      throw Problem(
        status: 401, code: "wrong-signature", title: "The webhook is not signed by the shop",
        detail: "X-Shopify-Hmac-Sha256 is not the Base64 of the HMAC-SHA-256 of the body's bytes "
          + "under the secret of \(tenant). Nothing was recorded.")
    }
    let topic = try header("X-Shopify-Topic", of: request)
    try requireShop(request.header("X-Shopify-Shop-Domain"), of: tenant)
    try requireJSON(request.body)
    return try records.receive(
      WebhookDelivery(
        source: "shopify", topic: topic,
        eventID: request.header("X-Shopify-Event-Id").flatMap { $0.isEmpty ? nil : $0 },
        payload: request.body, isOfErased: try isOfErased(request.body, topic: topic, tenant)),
      tenant: tenant, at: now)
  }

  /// Whether a payload names a customer who was erased, or one's order.
  private func isOfErased(_ payload: [UInt8], topic: String, _ tenant: TenantID) throws -> Bool {
    let subjects = PayloadSubjects(of: payload, topic: topic)
    let owners = try projections.read(OrderBalance.name) {
      try OrderBalance.customers(ofOrders: subjects.orders, tenant: tenant, in: $0)
    }
    return try subjects.customers.union(owners).contains {
      try vault.isErased(Person($0, of: tenant))
    }
  }

  private func header(_ name: String, of request: HTTPRequest) throws(Problem) -> String {
    guard let value = request.header(name), !value.isEmpty else {
      throw .badRequest("\(name): the header is missing; every webhook of Shopify has it.")
    }
    guard value.utf8.count <= 256 else {
      throw .badRequest(
        "\(name): \(value.utf8.count) bytes are too many; at most 256 are possible.")
    }
    return value
  }

  /// A webhook of one shop is not another tenant's, even if both share a secret.
  private func requireShop(_ domain: String?, of tenant: TenantID) throws {
    let shop = try projections.read(Integrations.name) { try Integrations.shop(of: tenant, in: $0) }
    guard let domain, let shop, shop.isConnected, shop.shopDomain != domain else { return }
    throw Problem(
      status: 403, code: "other-shop", title: "The webhook is another shop's",
      detail: "X-Shopify-Shop-Domain is \(domain.prefix(80)), and the shop of \(tenant) is "
        + "\(shop.shopDomain). Nothing was recorded.")
  }

  private func requireJSON(_ body: [UInt8]) throws(Problem) {
    do throws(JSONError) {
      var reader = JSONReader(body.span)
      try reader.skipValue()
      try reader.finish()
    } catch { throw .malformed(error, "the payload of a webhook, which is JSON") }
  }
}
