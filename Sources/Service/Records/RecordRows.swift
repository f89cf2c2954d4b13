// How operational records look as JSON, under the rule book's names.

import EventSourcing
import JSON
import Operations
import Routing

extension SavedDraft {
  static let answer = JSONShape.object(
    [
      "draftId": .text, "orderId": .text, "status": .text, "lines": .list(line),
      "createdAt": .time, "updatedAt": .time, "expiresAt": .time,
    ], optional: ["customerId": .text, "customerEmail": .text])

  private static let line = JSONShape.object(
    ["lineId": .text, "quantity": .wholeNumber], optional: ["reason": .text, "note": .text])

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
  static let answer = JSONShape.object(
    [
      "jobId": .text, "type": .text, "status": .text,
      "config": .object(["includeFulfillments": .boolean], optional: ["daysBack": .wholeNumber]),
      "progress": .object(
        ["processed": .wholeNumber, "failed": .wholeNumber], optional: ["total": .wholeNumber]),
      "startedAt": .time, "updatedAt": .time, "expiresAt": .time,
    ], optional: ["errorDetails": .text, "completedAt": .time])

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
  static let answer = JSONShape.object(
    [
      "webhook": .wholeNumber, "source": .text, "topic": .text, "sha256": .text,
      "bytes": .wholeNumber, "deliveries": .wholeNumber, "receivedAt": .time, "expiresAt": .time,
    ], optional: ["eventId": .text])

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
