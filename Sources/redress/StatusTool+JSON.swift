// The state of a data folder for programs. What must hold: it says what the tables say, with the
// same exit code.

import EventLog
import EventSourcing
import JSON
import Node
import Operations
import Projecting
import Projections

extension StatusTool {
  /// Prints one JSON object.
  func printJSON() throws -> ExitCode {
    let summary = try LogSummary(folder: folder.log)
    let models = try ReadModelFile.statuses(
      of: readModels, in: folder.readModels, withDigest: false)
    try Output.print(
      JSONValue.object([
        .init("service", service),
        .init("commits", .integer(Int64(summary.commitCount))),
        .init("events", .integer(Int64(summary.eventCount))),
        .init(
          "segments",
          .array(
            summary.segments.map {
              .object([
                .init("name", .string($0.name)), .init("bytes", .integer(Int64($0.byteCount))),
              ])
            })),
        .init("tenants", .array(try tenants(summary, models))),
        .init("readModels", .array(models.map { $0.json(end: summary.commitCount) })),
        .init("records", .array(try records())),
      ]))
    return models.contains { $0.failure != nil || $0.damage != nil } ? .wrong : .success
  }

  private var service: JSONValue {
    guard let holder = folder.holder() else { return .null }
    var members = [JSONValue.Member("pid", .string(holder.pid))]
    if let socket = holder.socket {
      members.append(.init("socket", .string(socket)))
      members.append(.init("complaints", .array(Self.complaints(over: socket).map { .string($0) })))
    }
    return .object(members)
  }

  private func tenants(_ summary: LogSummary, _ models: [ReadModelFile]) throws -> [JSONValue] {
    let paused = try pausedTenants(models)
    return summary.tenants.filter { !$0.name.isReserved }.map { tenant in
      .object([
        .init("name", .string(tenant.name.rawValue)),
        .init("events", .integer(Int64(tenant.eventCount))),
        .init("state", paused.map { .string($0[tenant.name] ?? "active") } ?? .null),
      ])
    }
  }

  private func records() throws -> [JSONValue] {
    guard let records = try RecordsSummary(file: folder.operations) else { return [] }
    return records.kinds.map { kind in
      .object([
        .init("kind", .string(kind.kind.rawValue)), .init("count", .integer(Int64(kind.count))),
        .init("oldest", kind.oldest.map { .string("\($0)") } ?? .null),
        .init("nextExpiry", kind.nextExpiry.map { .string("\($0)") } ?? .null),
      ])
    }
  }
}

extension ReadModelFile {
  /// - Parameter end: the number of commits in the log.
  fileprivate func json(end: UInt64) -> JSONValue {
    let behind = checkpoint.map { end - min(end, $0.value) }
    return .object([
      .init("name", .string(name)),
      .init("version", version.map { .integer(Int64($0)) } ?? .null),
      .init("commitsBehind", behind.map { .integer(Int64($0)) } ?? .null),
      .init("failure", (damage ?? failure).map { .string($0) } ?? .null),
    ])
  }
}
