// redress audit: replays the history once and runs the named controls over it.

import Audit
import EventLog
import EventSourcing
import Node

struct AuditTool: CommandLineTool {
  static let name = "audit"
  static let summary = "Replays the history and reports which controls hold."
  static let help = """
    Replays the history once, with all aggregates in the state that they had, and runs named
    controls over it: what was approved, reserved, paid and erased, by whom and when. The report
    says what was checked, by which program and up to which signed checkpoint, and what was not
    checked and why. It reads only the log's files; no service is needed.

    Usage: redress audit --data DIR [--tenant T] [--from P] [--to P] [--format FORMAT]

      --data DIR       the data folder; a service may be running on it
      --tenant T       only this tenant; all by default
      --from P         examine only commits from this position or recorded time on
      --to P           examine only commits up to and including this position or recorded time
      --format FORMAT  text, json, csv or html; text by default

    A commit is examined where one of its events lies in the span; those before it are replayed.
    Each tenant has its own positions, so a position needs --tenant when there are several.

    Example:
      redress audit --data ./data --from 2026-01-01T00:00:00Z --format html >audit.html

    Exit codes: 0 no findings; 1 findings, or the log is damaged, with segment, offset and ordinal,
    or a history that cannot be or contradicts a signed checkpoint; 2 invalid command line; 3 the
    folder could not be read, or there is no such tenant or span.
    """

  private let folder: DataFolder
  private let tenant: TenantID?
  private let from: AuditBound?
  private let to: AuditBound?
  private let format: AuditFormat

  init(_ arguments: inout Arguments) throws {
    let folder = try DataFolder(existing: arguments.required("--data"))
    self.folder = folder
    let name = try arguments.option("--tenant")
    from = try Self.bound("--from", &arguments)
    to = try Self.bound("--to", &arguments)
    switch (from, to) {
    case (.position(let first)?, .position(let last)?) where first > last:
      throw Stop.usage("--from \(first) comes after --to \(last)")
    case (.time(let first)?, .time(let last)?) where first > last:
      throw Stop.usage("--from \(first) comes after --to \(last)")
    default: break
    }
    let word = try arguments.option("--format") ?? AuditFormat.text.rawValue
    guard let format = AuditFormat(rawValue: word) else {
      let formats = AuditFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw Stop.usage("--format \(word) is none of \(formats)")
    }
    self.format = format
    let needsTenant = [from, to].contains { if case .position? = $0 { true } else { false } }
    tenant = try name != nil || needsTenant ? folder.tenant(named: name) : nil
  }

  private static func bound(_ name: String, _ arguments: inout Arguments) throws -> AuditBound? {
    guard let text = try arguments.option(name) else { return nil }
    if let bound = AuditBound(text) { return bound }
    throw Stop.usage(
      "\(name) \(text) is neither a position nor a time such as 2026-01-16T10:00:00Z")
  }

  func run() throws -> ExitCode {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try replayingHistory {
      var configuration = ComplianceAudit.Configuration(
        logFolder: folder.log, build: try programDigest())
      configuration.checkpoints = try SignedCheckpoints(in: folder).heads
      configuration.vault = try folder.personalKeysForReading()?.vault
      configuration.tenant = tenant
      configuration.from = from
      configuration.to = to
      var audit = ComplianceAudit(configuration)
      let report = try audit.run { progress.show("\($0) events replayed") }
      progress.clear()
      let isEmpty = report.tenants.allSatisfy { $0.examined == nil }
      guard !isEmpty || from == nil && to == nil else {
        throw Stop.unable("there is no event in this span")
      }
      try Output.write(format.text(of: report).utf8)
      return report.findings.isEmpty ? .success : .wrong
    }
  }
}

/// How a report is written.
enum AuditFormat: String, CaseIterable {
  case text, json, csv, html

  func text(of report: AuditReport) -> String {
    switch self {
    case .text: report.text
    case .json: report.json
    case .csv: report.csv
    case .html: report.page
    }
  }
}
