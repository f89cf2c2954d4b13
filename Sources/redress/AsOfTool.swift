// redress as-of: read models and pages as they were at a point of the history.

import Audit
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import Node
import PersonalData
import Projecting
import Projections
import Service
import Threading

struct AsOfTool: CommandLineTool {
  static let name = "as-of"
  static let summary = "Builds read models and pages as they were at a point of the history."
  static let help = """
    Builds the read models and their pages as they were at a point of the history, from the log
    alone: FOLDER/read-models, FOLDER/pages (begin with index.html) and FOLDER/as-of.json, which
    says what the point is. It needs no service and writes nothing but FOLDER.

    With --open, personal texts are opened with the keys of today: what was erased since stays
    unreadable. Treat FOLDER as personal data then; a later erasure does not reach it.

    Usage: redress as-of --data DIR [--tenant T] [--open --reason TEXT] --out FOLDER POINT

      POINT          the last position, the last recorded time, or a file with a signed checkpoint
                     (- for standard input); what comes after it is left out
      --data DIR     the data folder; a service may be running on it
      --tenant T     only this tenant; a position needs it when there are several
      --out FOLDER   a new or an empty folder outside the data folder
    \(Opening.help)

    A commit happened as a whole: a position inside it is the point after it.

    Examples:
      redress as-of --data ./data --tenant acme --out then 40
      redress as-of --data ./data --out new-year 2026-01-01T00:00:00Z

    Exit codes: 0 done; 1 the log is damaged, or it did not sign the checkpoint; 2 invalid command
    line; 3 the folder could not be read or written, or there is no such point.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let point: PointArgument
  private let output: OutputFolder
  private let opening: Opening

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    tenant = try arguments.option("--tenant")
    opening = try Opening(&arguments)
    let path = try arguments.required("--out")
    guard let word = arguments.word() else {
      throw Stop.usage("POINT is missing: a position, a time or a file with a signed checkpoint")
    }
    point = try PointArgument(word, in: folder)
    output = try OutputFolder(path, outside: folder)
  }

  func run() throws -> ExitCode {
    try replayingHistory {
      let reader = PointReader(folder: folder, name: tenant)
      let found = try reader.find([point], needsTenant: false)[0]
      let start = ContinuousClock.now
      let vault = try opening.vault(
        of: folder, .asOf, tenant: tenant.map { try folder.tenant(named: $0) },
        what: "as of \(found.name)")
      let (models, pages) = try output.fill { try build(found, vault, in: $0) }
      try Output.print(
        """
        as of \(found.name): \(models) read models and \(pages) pages in \(output.path), \
        in \(seconds(since: start))
        """)
      return .success
    }
  }

  /// - Returns: the number of read models and of pages.
  private func build(
    _ found: PointReader.Found, _ vault: PersonalVault?, in target: String
  ) throws -> (Int, Int) {
    let progress = ProgressLine()
    defer { progress.clear() }
    let (modelFolder, pageFolder) = (target + "/read-models", target + "/pages")
    for folder in [modelFolder, pageFolder] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o750])
    }
    let models = try PastReadModels(
      of: readModels, in: found.point.extent, logFolder: folder.log,
      vault: vault, folder: modelFolder
    ) { progress.show("\($0) commits applied") }
    let export = PageExport(
      of: models, at: found.point.recordedTime,
      notice: "As of \(found.name), with the events up to \(found.point.recordedTime). What the "
        + "service adds, forms and receipts, is left out.")
    let pages = try CallingThread.run {
      try await export.write(to: pageFolder) { progress.show("\($0) pages written") }
    }
    let report = AsOfReport(
      found: found, signed: try SignedCheckpoints(in: folder).heads, build: try programDigest(),
      readModels: models.reports, pageCount: pages)
    try Data(report.json).write(to: URL(filePath: target + "/as-of.json"))
    return (models.reports.count, pages)
  }
}
