// redress restore: creates a data folder from a backup.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Foundation
import Node
import PersonalData

struct RestoreTool: CommandLineTool {
  static let name = "restore"
  static let summary = "Creates a data folder from a backup."
  static let help = """
    Copies a backup's log into a new data folder and checks every byte, before and after. The
    service rebuilds the index and the read models when it starts. A backup contains no keys: name
    the copy made by redress keys backup with --keys, or put it into DIR/keys before the first
    start.

    Keys that are older than an erasure are refused, because they would disclose the data of an
    erased person.

    Usage: redress restore --data DIR [--keys KEYS] FOLDER

      --data DIR     the new data folder, which must be empty or not exist
      --keys KEYS    the folder made by redress keys backup
      FOLDER         the folder made by redress backup

    Example:
      redress restore --data ./data --keys /mnt/safe/keys /mnt/backup/redress

    Exit codes: 0 done; 1 the backup is damaged, with segment, offset and ordinal, or the keys are
    older than an erasure; 2 invalid command line; 3 the restore failed for another reason, for
    instance because DIR is not empty.
    """

  private let backup: DataFolder
  private let keys: String?
  private let target: DataFolder

  init(_ arguments: inout Arguments) throws {
    keys = try arguments.option("--keys")
    target = DataFolder(at: try arguments.dataFolder())
    guard let source = arguments.word() else {
      throw Stop.usage("FOLDER is missing: the folder of the backup")
    }
    backup = try DataFolder(existing: source)
  }

  func run() throws -> ExitCode {
    let start = ContinuousClock.now
    try refuseOldKeys()
    do {
      try makeEmptyFolder()
    } catch let stop as Stop {
      throw stop
    } catch {
      throw Stop.unable("cannot create \(target.path): \(error.localizedDescription)")
    }
    try readingLog {
      let report = try LogBackup.restore(from: backup.log, to: target.log)
      try Output.print(
        """
        restored in \(seconds(since: start)): \(report.events) events in \(report.commits) commits
        chain \(report.chain)
        """)
    }
    if let keys {
      try KeyCopy.copy(from: keys, to: target.keys)
      try Output.print("keys copied from \(keys)")
      try target.lock(socket: nil)
      do { try target.appendHolding(.backupRestored, "from \(backup.path)") } catch {
        guard let error = error as? NotRecorded else { throw error }
        throw Stop.unable("the history is restored, but this \(error)")
      }
    }
    return .success
  }

  /// Older keys would make the data of persons who were erased since readable again.
  private func refuseOldKeys() throws {
    let source = keys ?? target.keys
    if let keys, !FileManager.default.fileExists(atPath: keys + "/keys.sqlite") {
      throw Stop.unable("\(keys) holds no copy of keys: it has no keys.sqlite")
    }
    guard let (vault, _) = try PersonalKeyFolder(path: source).openForReading() else { return }
    let alive = try backup.erasedPersons().filter { try vault.fingerprint(of: $0.person) != nil }
    guard let last = alive.last else { return }
    let names = alive.prefix(10).map { "\($0.person)" }.joined(separator: ", ")
    throw Stop(
      code: .wrong,
      message: """
        refused: the keys in \(source) are older than an erasure. They still hold the keys of \
        \(alive.count) erased persons: \(names). Use a copy of the keys that was made after \
        position \(last.position) of \(last.person.tenant), and destroy this one. Nothing was \
        restored.
        """)
  }

  private func makeEmptyFolder() throws {
    let files = FileManager.default
    try files.createDirectory(
      atPath: target.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o750])
    // Only an interrupted restore leaves this folder.
    let unfinished = target.log + ".restoring"
    if files.fileExists(atPath: unfinished) { try files.removeItem(atPath: unfinished) }
    let names = try files.contentsOfDirectory(atPath: target.path).filter { $0 != "keys" }
    guard names.isEmpty else {
      throw Stop.unable(
        "\(target.path) is not empty: it holds \(names.sorted().joined(separator: ", ")). "
          + "Restore into a new folder.")
    }
  }
}
