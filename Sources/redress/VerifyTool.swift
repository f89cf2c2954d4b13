// redress verify: replays the whole log and checks it.

import Audit
import EventLog
import EventSourcing
import Foundation
import Node
import PersonalData

struct VerifyTool: CommandLineTool {
  static let name = "verify"
  static let summary = "Replays the whole log and checks all of it."
  static let help = """
    Replays the whole log and checks every frame, chain value, position, revision and schema, and
    that each event can follow in its stream. It reads only the log's files. If there are signed
    checkpoints and their keys, it checks that the log agrees with them. If there are personal keys,
    it checks that every personal text decrypts with its person's key or belongs to an erased
    person. Whether the rules led to each event is what redress audit checks.

    Usage: redress verify --data DIR [--chain]

      --data DIR     the data folder; a service may be running on it
      --chain        check only the frames, the hashes of the lines and the chain values

    Example:
      redress verify --data ./data

    Exit codes: 0 every check passed; 1 a check failed, with segment, offset and ordinal, or a key
    is missing without an erasure; 2 invalid command line; 3 the folder could not be read.
    """

  private let folder: DataFolder
  private let isOnlyChain: Bool

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    isOnlyChain = try arguments.flag("--chain")
  }

  func run() throws -> ExitCode {
    let start = ContinuousClock.now
    let progress = ProgressLine()
    defer { progress.clear() }
    return try replayingHistory {
      if isOnlyChain {
        let report = try LogReader.verify(folder: folder.log) {
          progress.show("\($0) events checked")
        }
        progress.clear()
        try Output.print(
          """
          chain verified in \(seconds(since: start)): \(report.events) events in \(report.commits) \
          commits, \(report.frames) frames, \(report.lineByteCount) bytes; the rules were not \
          checked
          chain \(report.chain)
          """)
        try show(report.tornTail)
        return .success
      }
      let checkpoints = try SignedCheckpoints(in: folder)
      var verification = Verification(
        logFolder: folder.log, checkpoints: checkpoints.heads,
        dailyCheckpoints: checkpoints.daily, vault: try folder.personalKeysForReading()?.vault)
      let report = try verification.run { progress.show("\($0) events checked") }
      progress.clear()
      let tenants = report.tenants.sorted { $0.key < $1.key }.map { tenant, count -> TerminalText in
        let signed =
          report.signedSizes[tenant].map { ", the first \($0) as they were signed" } ?? ""
        return "  \(tenant): \(count) events\(signed)"
      }
      try Output.print(
        """
        verified in \(seconds(since: start)): \(report.eventCount) events in \
        \(report.commitCount) commits, \(report.frameCount) frames, \(report.streamCount) streams, \
        \(report.lineByteCount) bytes
        \(tenants.joined(separator: "\n"))
        chain \(report.chain)
        """)
      try show(report.tornTail)
      if !checkpoints.unchecked.isEmpty {
        try Output.print(
          """
          not checked, because \(folder.keys) has no keys of this user: the signed checkpoints of \
          \(checkpoints.unchecked.map(\.rawValue).joined(separator: ", "))
          """)
      }
      return try show(report.personal)
    }
  }

  private func show(_ texts: PersonalTexts) throws -> ExitCode {
    let parts = [
      (texts.opened, "open under their keys"), (texts.erased, "of persons who were erased"),
      (texts.clear, "in clear, from before encryption"),
      (texts.unchecked, "not looked into, because \(folder.keys) has no personal keys"),
    ].filter { $0.0 > 0 }
    if !parts.isEmpty {
      try Output.print("personal texts: \(parts.map { "\($0.0) \($0.1)" }.joined(separator: ", "))")
    }
    func names(_ persons: [Person]) -> String {
      let names = persons.map(\.description).sorted()
      let more = names.count > 10 ? " and \(names.count - 10) more" : ""
      return names.prefix(10).joined(separator: ", ") + more
    }
    if !texts.keyMissing.isEmpty {
      let count = texts.keyMissing.values.reduce(0, +)
      try Output.print(
        """
        key missing without an erasure: \(count) texts of \(names(Array(texts.keyMissing.keys))); \
        put back the copy of the keys that has theirs
        """)
    }
    if !texts.undestroyed.isEmpty {
      try Output.print(
        """
        erased on record, and the key is still there: \(names(texts.undestroyed)); the next start \
        of the service destroys it
        """)
    }
    return texts.keyMissing.isEmpty && texts.undestroyed.isEmpty ? .success : .wrong
  }

  private func show(_ tail: TornTail?) throws {
    guard let tail else { return }
    try Output.print(
      folder.holder() == nil
        ? "unfinished write at the end, which the next start truncates: \(tail)"
        : "the service is writing; commits after the check began were not checked")
  }
}

/// Runs what replays a history; what contradicts it is a finding of the command (exit code 1).
func replayingHistory(_ body: () throws -> ExitCode) throws -> ExitCode {
  do { return try readingLog(body) } catch let mismatch as CheckpointMismatch {
    throw Stop(code: .wrong, message: "\(mismatch)")
  } catch let finding as Finding {
    throw Stop(code: .wrong, message: "\(finding)")
  }
}
