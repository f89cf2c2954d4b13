// What a folder of `redress as-of` says of itself. What must hold: the same point of the same log,
// built by the same program, gives the same bytes.

import Audit
import Cryptography
import EventLog
import EventSourcing
import JSON
import Projecting
import Transparency

struct AsOfReport {
  var found: PointReader.Found
  /// By tenant, the newest tree that was signed.
  var signed: [TenantID: TreeHead]
  var build: String
  var readModels: [RebuildReport]
  var pageCount: Int

  /// One JSON object and a newline.
  var json: [UInt8] {
    let value = JSONValue.object([
      .init("format", .string("redress.as-of/v1")),
      .init("point", .string(found.name)),
      .init("recordedTime", .string("\(found.point.recordedTime)")),
      .init("commits", .integer(Int64(found.point.extent.end.value))),
      .init("chain", .string("\(found.point.chain)")),
      .init("tenants", .array(tenants)),
      .init("build", .string(build)),
      .init("readModels", .array(models)),
      .init("pages", .integer(Int64(pageCount))),
    ])
    return value.json + [UInt8(ascii: "\n")]
  }

  private var tenants: [JSONValue] {
    found.point.tenants.map { tenant in
      // A checkpoint that was signed before has not seen the last events.
      let head = found.checkpoint?.head ?? signed[tenant.tenant]
      let covering = head.flatMap { $0.size >= tenant.eventCount ? $0 : nil }
      return .object([
        .init("tenant", .string("\(tenant.tenant)")),
        .init("lastPosition", .integer(Int64(tenant.eventCount - 1))),
        .init("recordedTime", .string("\(tenant.recordedTime)")),
        .init("checkpoint", covering.map(checkpoint) ?? .null),
      ])
    }
  }

  private func checkpoint(_ head: TreeHead) -> JSONValue {
    .object([
      .init("size", .integer(Int64(head.size))),
      .init("root", .string(Base64.encode(head.root.bytes))),
    ])
  }

  private var models: [JSONValue] {
    readModels.map { model in
      .object([
        .init("name", .string(model.name)), .init("version", .integer(Int64(model.version))),
        .init("digest", .string(model.digest)),
      ])
    }
  }
}
