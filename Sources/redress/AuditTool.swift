// redress audit: replays the history once and runs the named controls over it, or exports a
// tenant's history for an auditor.

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
    says what was checked, by which program and up to which signed checkpoint, on which days nothing
    was signed, and what was not checked and why. It reads only the log's files; no service is
    needed.

    export writes one tenant's history up to its newest signed checkpoint into FOLDER: its lines as
    a log of their own, signed checkpoints, a receipt of each paid refund, schemas, this report,
    tables as CSV, a verifier, and a README.md that leads through checking it without Redress. It
    has nothing of another tenant and no key; personal texts stay sealed, unless --open adds them as
    csv/personal.csv. The same history gives the same bytes.

    With --record, the result of each tenant is recorded in the tenant _system, and its page of
    audits shows it.

    Usage: redress audit --data DIR [--tenant T] [--from P] [--to P] [--format FORMAT] [--record]
           redress audit export --data DIR --tenant T [--checkpoint FILE]...
                                [--open --reason TEXT] FOLDER

      --data DIR         the data folder; a service may be running on it
      --tenant T         only this tenant; all by default
      --from P           examine only commits from this position or recorded time on
      --to P             examine only commits up to and including this position or recorded time;
                         a day alone, such as 2026-01-16, is all of it, in UTC
      --format FORMAT    text, json, csv or html; text by default
      --record           record the result; not with --from or --to
      --checkpoint FILE  an earlier signed checkpoint of the tenant, to be enclosed with the proof
                         that the history extends it; may be given several times
    \(Opening.help)
      FOLDER             new or empty

    A commit is examined where one of its events lies in the span; those before it are replayed.
    Each tenant has its own positions, so a position needs --tenant when there are several.

    Examples:
      redress audit --data ./data --from 2026-01-01T00:00:00Z --format html >audit.html
      redress audit export --data ./data --tenant acme ./acme-2026

    Exit codes: 0 no findings; 1 findings, which an export is written with, or the log is damaged,
    with segment, offset and ordinal, or a history that cannot be or contradicts a signed
    checkpoint; 2 invalid command line; 3 the folder could not be read or written, there is no such
    tenant or span, or no signed checkpoint of it.
    """

  private let folder: DataFolder
  private let part: AuditedPart
  private let format: AuditFormat
  private let isRecorded: Bool
  private let export: AuditExport?

  init(_ arguments: inout Arguments) throws {
    let folder = try DataFolder(existing: arguments.dataFolder())
    self.folder = folder
    part = try AuditedPart(of: folder, &arguments)
    let format: AuditFormat? = try arguments.choice("--format")
    self.format = format ?? .text
    isRecorded = try arguments.flag("--record")
    let earlier = try arguments.options("--checkpoint")
    let opening = try Opening(&arguments)
    let words = try arguments.rest()
    guard let word = words.first else {
      guard earlier.isEmpty else { throw Stop.usage("--checkpoint belongs to export") }
      guard opening.reason == nil else { throw Stop.usage("--open belongs to export") }
      guard !isRecorded || !part.isSpan else {
        throw Stop.usage("--record is of the whole history: leave out --from and --to")
      }
      export = nil
      return
    }
    guard word == "export" else { throw Stop.usage("\(word) is not export") }
    guard !part.isSpan, format == nil, !isRecorded else {
      throw Stop.usage(
        "--from, --to, --format and --record do not belong to export: it has all "
          + "events")
    }
    export = try AuditExport(
      of: folder, tenant: part.tenant, earlier: earlier, opening: opening,
      to: Array(words.dropFirst()))
  }

  func run() throws -> ExitCode {
    if let export { return try export.run() }
    let progress = ProgressLine()
    defer { progress.clear() }
    return try replayingHistory {
      var configuration = ComplianceAudit.Configuration(
        logFolder: folder.log, build: try programDigest())
      let signed = try SignedCheckpoints(in: folder)
      (configuration.checkpoints, configuration.dailyCheckpoints) = (signed.heads, signed.daily)
      configuration.vault = try folder.personalKeysForReading()?.vault
      configuration.tenant = part.tenant
      configuration.from = part.from
      configuration.to = part.to
      let audit = ComplianceAudit(configuration)
      let report = try audit.run { progress.show("\($0) events replayed") }
      progress.clear()
      try part.requireExamined(report.tenants)
      try Output.write(format.text(of: report).utf8)
      if isRecorded { try folder.record(report.entries) }
      return report.findings.isEmpty ? .success : .wrong
    }
  }
}

/// How a report is written.
enum AuditFormat: String, CaseIterable {
  case text, json, csv, html

  func text(of report: AuditReport) -> String {
    switch self {
    case .text: report.text.description
    case .json: report.json
    case .csv: report.csv
    case .html: report.page
    }
  }
}
