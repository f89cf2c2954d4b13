// The bodies of operational records: JSON, at most 256 KiB.

import JSON
import Operations
import Routing

extension RequestBody {
  /// The body of an operational record.
  static func record<Body: ShapedBody>(_: Body.Type) -> RequestBody {
    RequestBody(
      Body.noun, mediaTypes: ["application/json"], forms: [Form("application/json", Body.shape)],
      byteCountMax: 256 * 1024)
  }
}

/// A record with the shape that its reader accepts.
protocol ShapedBody: RecordBody {
  static var shape: JSONShape { get }
}

extension ReturnDraft: ShapedBody {
  static let shape = JSONShape.object(
    ["orderId": .identifier, "lines": .listOf(line, count: 0...1_000)],
    optional: [
      "customerId": .identifier, "customerEmail": .email,
      "status": .choice(Status.allCases.map(\.rawValue)),
    ])

  private static let line = JSONShape.object(
    ["lineId": .identifier, "quantity": .wholeNumberIn(1...1_000_000_000)],
    optional: ["reason": .textOf(length: 1...64), "note": .textOf(length: 1...2_000)])
}

extension SyncJobOrder: ShapedBody {
  static let shape = JSONShape.object(
    ["type": .choice(Kind.allCases.map(\.rawValue))],
    optional: [
      "config": .object(
        [:],
        optional: ["daysBack": .wholeNumberIn(1...36_500), "includeFulfillments": .boolean])
    ])
}

extension SyncProgress: ShapedBody {
  static let shape = JSONShape.object(
    ["processed": count], optional: ["total": count, "failed": count])

  private static let count = JSONShape.wholeNumberIn(0...1_000_000_000_000)
}

extension SyncJobEnd: ShapedBody {
  static let shape = JSONShape.either([
    .object(["status": .choice([Status.completed.rawValue])], optional: ["errorDetails": details]),
    .object(["status": .choice([Status.failed.rawValue]), "errorDetails": details]),
  ])

  private static let details = JSONShape.textOf(length: 1...16_384)
}

extension RecordBody {
  /// - Throws: ``Problem`` with the place that is wrong.
  init(body: [UInt8]) throws(Problem) {
    do throws(JSONError) {
      var reader = JSONReader(body.span)
      self = try Self(json: &reader)
      try reader.finish()
    } catch { throw .malformedBody(error, Self.noun) }
    if let contradiction { throw .invalidValue(contradiction) }
  }
}
