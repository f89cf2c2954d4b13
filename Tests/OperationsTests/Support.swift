// Records in a folder of their own that is gone when the test is, and short ways to make some.

import EventSourcing
import Foundation
import JSON
import Operations

final class RecordsFolder {
  let path: String
  let file: String

  init() throws {
    path = NSTemporaryDirectory() + "redress-records-\(UUID().uuidString)"
    file = path + "/operations.sqlite"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open() throws -> OperationalRecords { try OperationalRecords(path: file) }

  /// Everything that lies in the folder, write-ahead log and all.
  var bytes: Data {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: path).reduce(into: Data()) {
        $0 += try Data(contentsOf: URL(filePath: path + "/" + $1))
      }
    }
  }
}

let acme = TenantID(unchecked: "acme")
let other = TenantID(unchecked: "other")
let start = Timestamp("2026-01-16T10:00:00.000000Z")!

extension Timestamp {
  func advanced(hours: Int64 = 0, days: Int64 = 0, microseconds: Int64 = 0) -> Timestamp {
    Timestamp(
      microseconds: self.microseconds + (hours + days * 24) * 3_600_000_000 + microseconds)
  }
}

func read<Body: RecordBody>(_ json: String, as _: Body.Type = Body.self) throws -> Body {
  let bytes = Array(json.utf8)
  var reader = JSONReader(bytes.span)
  let value = try Body(json: &reader)
  try reader.finish()
  return value
}

func draft(
  order: String = "536365", customer: String = "cus_5", email: String = "robin@example.com"
)
  throws -> ReturnDraft
{
  try read(
    #"{"orderId":"\#(order)","customerId":"\#(customer)","customerEmail":"\#(email)","#
      + #""lines":[{"lineId":"1","quantity":2,"reason":"size"}]}"#)
}

func webhook(_ payload: String, event: String? = nil, topic: String = "orders/updated")
  -> WebhookDelivery
{
  WebhookDelivery(source: "shopify", topic: topic, eventID: event, payload: Array(payload.utf8))
}
