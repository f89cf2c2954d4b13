// What was replayed of a tenant, for programs.

import EventSourcing
public import JSON

extension AuditedTenant {
  /// As reports have it.
  public var json: JSONValue {
    .object([
      .init("tenant", .string("\(tenant)")),
      .init("events", .integer(Int64(eventCount))),
      .init("signed", signedSize.map { .integer(Int64($0)) } ?? .null),
      .init("signing", signing?.json ?? .null),
      .init(
        "examined",
        examined.map {
          .object([
            .init("from", .integer(Int64($0.positions.lowerBound.value))),
            .init("to", .integer(Int64($0.positions.upperBound.value))),
            .init("fromTime", .string("\($0.times.lowerBound)")),
            .init("toTime", .string("\($0.times.upperBound)")),
          ])
        } ?? .null),
    ])
  }
}
