// How operational records look as JSON, under the rule book's names.

import EventSourcing
import JSON
import Operations

extension SavedDraft {
  var json: JSONValue {
    var bytes: [UInt8] = []
    draft.writeJSON(to: &bytes)
    let members = (try? JSONValue(parsing: bytes))?.members ?? []
    return .object(
      [.init("draftId", .string(id.rawValue))] + members
        + fields(
          ("createdAt", .string(createdAt.description)),
          ("updatedAt", .string(updatedAt.description)),
          ("expiresAt", .string(expiresAt.description))))
  }
}

extension SyncJob {
  var json: JSONValue {
    .object(
      fields(
        ("jobId", .string(id.rawValue)), ("type", .string(order.type.rawValue)),
        ("status", .string(status)),
        (
          "config",
          .object(
            fields(
              ("daysBack", order.daysBack.map { .integer(Int64($0)) }),
              ("includeFulfillments", .bool(order.includeFulfillments))))
        ),
        (
          "progress",
          .object(
            fields(
              ("total", progress.total.map { .integer(Int64($0)) }),
              ("processed", .integer(Int64(progress.processed))),
              ("failed", .integer(Int64(progress.failed)))))
        ),
        ("errorDetails", end?.errorDetails.map { .string($0) }),
        ("startedAt", .string(startedAt.description)),
        ("updatedAt", .string(updatedAt.description)),
        ("completedAt", completedAt.map { .string($0.description) }),
        ("expiresAt", .string(expiresAt.description))))
  }
}

extension ReceivedWebhook {
  var json: JSONValue {
    .object(
      fields(
        ("webhook", .integer(Int64(id))), ("source", .string(source)), ("topic", .string(topic)),
        ("eventId", eventID.map { .string($0) }), ("sha256", .string(digest)),
        ("bytes", .integer(Int64(byteCount))), ("deliveries", .integer(Int64(deliveryCount))),
        ("receivedAt", .string(receivedAt.description)),
        ("expiresAt", .string(expiresAt.description))))
  }
}
