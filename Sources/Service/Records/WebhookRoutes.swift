// GET /v1/webhooks and POST /v1/webhooks/shopify, on the Unix socket only: the webhooks that were
// received, without their payloads, and the receiver.

import EventSourcing
import JSON
import Operations
import Routing

struct WebhookRoutes: Sendable {
  var records: OperationalRecords
  var shopify: ShopifyWebhooks

  private static let payloadByteCountMax = 16 << 20

  var routes: [Route] {
    [
      Route(
        .get, "/v1/webhooks", "The webhooks of a tenant, newest first.", access: .socketOnly,
        tenant: .query, permission: .readWebhooks, parameters: [pageBefore, pageLimit],
        answers: [
          .json(
            "Webhooks",
            .object([
              "webhooks": .list(ReceivedWebhook.answer), "next": .nullable(.wholeNumber),
            ]))
        ], handle: list),
      Route(
        .post, "/v1/webhooks/shopify", "Receives a webhook of a tenant's shop.",
        access: .socketOnly, tenant: .query,
        headers: ShopifyWebhooks.headers,
        request: RequestBody(
          "a webhook", mediaTypes: [], forms: [.init("application/json", .any)],
          byteCountMax: Self.payloadByteCountMax),
        answers: [
          .json(
            "ReceivedWebhook", .object(["webhook": .wholeNumber, "duplicate": .boolean])),
          .problem(.unauthorized), .problem(.insufficientStorage),
        ]
      ) { call in
        let (id, isDuplicate) = try shopify.receive(call)
        return .json(
          .object([.init("webhook", .integer(Int64(id))), .init("duplicate", .bool(isDuplicate))]))
      },
    ]
  }

  private func list(_ call: Call) throws -> Reply {
    let limit = call[pageLimit]
    let rows = try records.webhooks(
      tenant: call.tenant, before: call[pageBefore], limit: limit + 1, at: call.receivedAt)
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.id)) } : nil
    return .json(
      .object([.init("webhooks", .array(page.map(\.json))), .init("next", next ?? .null)]))
  }
}
