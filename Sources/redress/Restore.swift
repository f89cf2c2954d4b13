// redress restore: makes a data folder of a backup.

import EventLog
import Foundation
import Node
import PersonalData

struct Restore: CommandLineTool {
  static let name = "restore"
  static let summary = "Makes a data folder of a backup."
  static let help = """
    Copies a backup's log into a new data folder and checks every byte of it, before and after. Index
    and read models come back when the service starts. The keys are not in a backup: give the copy
    that redress keys backup made with --keys, or put them into DIR/keys before the first start.

    Keys from before an erasure are refused: they would bring back the data of a person whom the log
    says was erased.

    Usage: redress restore --data DIR [--keys KEYS] FOLDER

      --data DIR     the new data folder, which must be empty or not there
      --keys KEYS    what redress keys backup made
      FOLDER         what redress backup made

    Example:
      redress restore --data ./data --keys /mnt/safe/keys /mnt/backup/redress

    Exit codes: 0 done; 1 the backup is damaged, with segment, offset and ordinal, or the keys are
    older than an erasure; 2 the command line
    was not understood; 3 it could not be done, for instance because DIR is not empty.
    """

  private let backup: DataFolder
  private let keys: String?
  private let target: DataFolder

  init(_ arguments: inout Arguments) throws {
    keys = try arguments.option("--keys")
    target = DataFolder(at: try arguments.required("--data"))
    guard let source = arguments.word() else { throw Stop.usage("say where the backup is") }
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
      throw Stop.unable("cannot make \(target.path): \(error.localizedDescription)")
    }
    do throws(LogError) {
      let report = try LogBackup.restore(from: backup.log, to: target.log)
      print(
        """
        restored in \(seconds(since: start)): \(report.events) events in \(report.commits) commits
        chain \(report.chain)
        """)
    } catch {
      throw Stop(error)
    }
    if let keys {
      try KeyCopy.copy(from: keys, to: target.keys)
      print("keys copied from \(keys)")
    }
    return .success
  }

  /// Keys of persons who were erased since would make them readable again.
  private func refuseOldKeys() throws {
    let source = keys ?? target.keys
    if let keys, !FileManager.default.fileExists(atPath: keys + "/keys.sqlite") {
      throw Stop.unable("\(keys) holds no copy of keys: there is no keys.sqlite in it")
    }
    guard let (vault, _) = try PersonalKeyFolder(path: source).openForReading() else { return }
    let alive = try backup.erasedPersons().filter { try vault.fingerprint(of: $0.person) != nil }
    guard let last = alive.last else { return }
    let names = alive.prefix(10).map { "\($0.person)" }.joined(separator: ", ")
    throw Stop(
      code: .wrong,
      message: """
        refused: the keys in \(source) are older than an erasure. They still hold the keys of \
        \(alive.count) who were erased: \(names). Use a copy of the keys that was made after position \
        \(last.position) of \(last.person.tenant), and destroy this one. Nothing was restored.
        """)
  }

  private func makeEmptyFolder() throws {
    let files = FileManager.default
    try files.createDirectory(
      atPath: target.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o750])
    // A restore that was interrupted leaves this, and nothing else does.
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
