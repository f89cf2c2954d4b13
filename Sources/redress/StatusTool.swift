// redress status: the state of a data folder and of the service on it.

import Curl
import EventLog
import EventSourcing
import Foundation
import Gateways
import Node
import Operations
import Projecting
import Projections
import SQLite

struct StatusTool: CommandLineTool {
  static let name = "status"
  static let summary = "Shows the contents of a data folder and whether a service runs on it."
  static let help = """
    Shows whether a service runs on a data folder, its segments, its tenants, its read models with
    their progress, and the records that expire.

    Usage: redress status --data DIR [--json]

      --data DIR     the data folder; a service may be running on it
      --json         print one JSON object: service, commits, events, segments, tenants, readModels
                     and records

    Example:
      redress status --data ./data

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal, or a read model has
    stopped or is damaged; 2 invalid command line; 3 the folder could not be read.
    """

  let folder: DataFolder
  private let isJSON: Bool

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    isJSON = try arguments.flag("--json")
  }

  func run() throws -> ExitCode { try isJSON ? readingLog(printJSON) : printTables() }

  private func printTables() throws -> ExitCode {
    if let holder = folder.holder() {
      try Output.print("served by process \(holder.pid)\(holder.socket.map { " on \($0)" } ?? "")")
      for line in holder.socket.map(Self.complaints) ?? [] { try Output.print("\(line)") }
    } else {
      try Output.print("no service is running")
    }
    return try readingLog {
      let summary = try LogSummary(folder: folder.log)
      try Output.print("\n\(summary.commitCount) commits, \(summary.eventCount) events\n")
      try Output.print(
        Table(["SEGMENT", "BYTES"], right: [1])
          .text(summary.segments.map { [$0.name, "\($0.byteCount)"] }))
      let statuses = try ReadModelFile.statuses(
        of: readModels, in: folder.readModels, withDigest: false)
      if summary.tenants.contains(where: { !$0.name.isReserved }) {
        let paused = try pausedTenants(statuses)
        let rows = summary.tenants.filter { !$0.name.isReserved }.map { tenant in
          let state = paused.map { $0[tenant.name] ?? "at work" } ?? "unknown"
          return ["\(tenant.name)", "\(tenant.eventCount)", state]
        }
        try Output.print("")
        try Output.print(Table(["TENANT", "EVENTS", "STATE"], right: [1]).text(rows))
      }
      let rows = statuses.map { status in
        let behind =
          status.damageReport(in: folder) ?? status.failure.map { _ in "stopped" }
          ?? status.checkpoint.map { checkpoint in
            checkpoint.value >= summary.commitCount
              ? "up to date" : "\(summary.commitCount - checkpoint.value) commits behind"
          } ?? "not built"
        return [status.name, status.version.map(String.init) ?? "–", behind]
      }
      try Output.print("")
      try Output.print(Table(["READ MODEL", "VERSION", "STATE"], right: [1]).text(rows))
      try printRecords()
      return try statuses.showFailures(in: folder) ? .wrong : .success
    }
  }

  /// What the service says of itself that the folder does not show; nothing if it does not answer.
  static func complaints(over socket: String) -> [String] {
    let answer = try? HTTPClient(socketPath: socket).send(method: "GET", target: "/readyz")
    let lines = String(decoding: answer?.body ?? [], as: UTF8.self).split(separator: "\n")
    return lines.map(String.init).filter {
      $0.hasPrefix("commands are refused: ") || $0.contains(" fails and tries again: ")
        || $0.hasPrefix("signed checkpoints: ")
    }
  }

  /// The state of each tenant that is not active, according to the read model of tenants; `nil`
  /// where that has another version or cannot be read.
  func pausedTenants(_ statuses: [ReadModelFile]) throws -> [TenantID: String]? {
    let tenants = statuses.first { $0.name == Tenants.name }
    guard tenants?.version == Tenants.version else { return nil }
    let path = ProjectionRuntime.path(of: Tenants.self, in: folder.readModels)
    let rows = try Tenants.all(in: Database(path: path, mode: .readOnly))
    return Dictionary(
      uniqueKeysWithValues: rows.filter { $0.state != "active" }.map { ($0.id, $0.state) })
  }

  private func printRecords() throws {
    guard let records = try RecordsSummary(file: folder.operations) else { return }
    let rows = records.kinds.map { kind in
      [
        kind.kind.rawValue.replacing("_", with: " "), "\(kind.count)",
        kind.oldest.map(Self.clock) ?? "–", kind.nextExpiry.map(Self.clock) ?? "–",
      ]
    }
    try Output.print("")
    try Output.print(
      Table(["RECORDS", "COUNT", "OLDEST", "NEXT EXPIRY (UTC)"], right: [1]).text(rows))
    let messages = try OutboxNotifier.counts(in: folder.outbox)
    try Output.print(
      "operations.sqlite has \(records.byteCount) bytes; messages in the outbox: "
        + "\(messages.waiting), refused by the mail server: \(messages.refused)")
    let evidence = try FolderEvidenceStore.counts(in: folder.evidence)
      .map { "\($0.count) \($0.tier.rawValue)" }
    try Output.print("evidence: \(evidence.joined(separator: ", "))")
  }

  /// To the second.
  private static func clock(_ time: Timestamp) -> String {
    String(time.description.prefix(19).replacing("T", with: " "))
  }
}
