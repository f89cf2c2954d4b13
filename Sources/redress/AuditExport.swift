// redress audit export: one tenant's history as a folder that an auditor checks without Redress.

import Audit
import EventLog
import EventSourcing
import Events
import Foundation
import Node
import Transparency

struct AuditExport {
  private let folder: DataFolder
  private let tenant: TenantID
  private let target: String
  private let earlier: [String]
  private let opening: Opening

  /// - Parameters:
  ///   - earlier: files with signed checkpoints that were kept.
  ///   - opening: whether personal texts are opened.
  ///   - words: what the command line says after `export`.
  init(
    of folder: DataFolder, tenant: TenantID?, earlier: [String], opening: Opening,
    to words: [String]
  ) throws {
    guard words.count == 1, !words[0].isEmpty else {
      throw Stop.usage("export needs one FOLDER, which is new or empty")
    }
    guard let tenant else {
      throw Stop.usage("--tenant is missing: an export is of one tenant")
    }
    try folder.requireOutside(words[0])
    (self.folder, self.earlier, self.opening, target) = (folder, earlier, opening, words[0])
    self.tenant = tenant
  }

  func run() throws -> ExitCode {
    let start = ContinuousClock.now
    return try replayingHistory {
      let summary = try export()
      try Output.print(try text(of: summary, seconds(since: start)))
      return summary.findingCount == 0 ? .success : .wrong
    }
  }

  private func export() throws -> ExportSummary {
    let progress = ProgressLine()
    defer { progress.clear() }
    do {
      return try TenantExport(configuration()).run(
        formats: { report in
          AuditFormat.allCases.filter { $0 != .text }.map { format in
            ("audit.\(format.rawValue)", format.text(of: report))
          }
        }, progress: { progress.show("\($0) events exported") })
    } catch let error as ExportError {
      throw Stop(error)
    } catch let refusal as CheckpointRefusal {
      throw Stop(code: .wrong, message: "\(refusal)")
    }
  }

  private func configuration() throws -> TenantExport.Configuration {
    let log = try LogKeys.required(in: folder)
    var configuration = TenantExport.Configuration(
      logFolder: folder.log, tenant: tenant, target: target, build: try programDigest(),
      logName: log.name, keys: log.keys)
    configuration.openingReason = opening.reason
    configuration.vault =
      try opening.vault(of: folder, .export, tenant: tenant, what: "export to \(target)")
      ?? folder.personalKeysForReading()?.vault
    configuration.earlier = try earlier.map { file in
      do {
        return EarlierCheckpoint(
          file: file, bytes: [UInt8](try Data(contentsOf: URL(filePath: file))))
      } catch { throw Stop.unable("cannot read \(describe(error))") }
    }
    return configuration
  }

  private func text(of summary: ExportSummary, _ time: String) throws -> TerminalText {
    let recorded = try LogSummary(folder: folder.log).tenants.first { $0.name == tenant }
    let later = (recorded?.eventCount ?? summary.head.size) - summary.head.size
    let unsigned: TerminalText =
      later == 0
      ? "" : "\nnot exported: \(later) later events, which no checkpoint covers yet"
    return """
      exported \(tenant) to \(target) in \(time): \(summary.eventCount) events in \
      \(summary.commitCount) commits, \(summary.receiptCount) receipts of paid refunds
      chain \(summary.chain)
      root \(summary.head.root)
      findings of the controls: \(summary.findingCount)\(unsigned)
      """
  }
}

extension Stop {
  /// A checkpoint that does not belong to the history is a finding (exit code 1); every other error
  /// is a failure (3).
  fileprivate init(_ error: ExportError) {
    switch error {
    case .foreignCheckpoint, .otherHistory: self.init(code: .wrong, message: "\(error)")
    case .noCheckpoint, .retiredKey, .targetInUse, .targetNoFolder, .io:
      self.init(code: .unable, message: "\(error)")
    }
  }
}
