// redress backup: copies the log into another folder, from a running service or a stopped one.

import EventLog
import EventSourcing
import Events
import Foundation
import Node

struct BackupTool: CommandLineTool {
  static let name = "backup"
  static let summary = "Copies the log into a backup folder, adding what is new."
  static let help = """
    Copies the log into FOLDER/log: segments, signed checkpoints and tiles. A service may be
    running; the copy ends with the last commit that is durable at that moment. A second run with
    the same folder adds the new commits. Every copied byte is read back and checked. An interrupted
    run leaves a folder that verifies.

    Sealed segments on the same file system are linked, not copied. Links cost no space and survive
    the deletion of the log, but not a broken disk: back up to another disk, or copy the folder.

    The backup does NOT contain the keys (DIR/keys). The log and the keys together disclose the data
    of erased persons and allow signatures in your name, so keep a copy of the keys in another
    place. The backup contains no read models, index or pages, because the service rebuilds them.

    Usage: redress backup --data DIR FOLDER

      --data DIR     the data folder; a service may be running on it
      FOLDER         the backup, new or existing; redress verify --data FOLDER checks it

    Example:
      redress backup --data ./data /mnt/backup/redress

    Exit codes: 0 done; 1 the log is damaged, or the backup holds another history; 2 invalid command
    line; 3 the backup failed for another reason.
    """

  private let folder: DataFolder
  private let target: String

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    guard let target = arguments.word() else {
      throw Stop.usage("FOLDER is missing: the folder of the backup")
    }
    self.target = target
  }

  func run() throws -> ExitCode {
    try folder.requireOutside(target)
    let backup = DataFolder(at: target)
    do {
      try FileManager.default.createDirectory(
        atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    } catch {
      throw Stop.unable("cannot create \(target): \(error.localizedDescription)")
    }
    // One backup at a time, and no service that writes here.
    try backup.lock(socket: nil)
    record()
    let start = ContinuousClock.now
    return try readingLog {
      let report = try LogBackup.run(from: folder.log, to: backup.log)
      try Output.print(
        """
        backed up in \(seconds(since: start)): every commit below \(report.end), \
        chain \(report.chain)
        segments: \(report.keptSegments) were there, \(report.linkedSegments) linked, \
        \(report.copiedSegments) copied (\(report.copiedByteCount) bytes); \(report.copiedFiles) \
        checkpoints and tiles copied
        """)
      if FileManager.default.fileExists(atPath: folder.path + "/keys") {
        try Output.print("not backed up: \(folder.path)/keys; keep a copy of it in another place")
      }
      return .success
    }
  }
  /// A running service records it. Of a stopped folder only files are read, which nothing records;
  /// and a backup is worth more than its record.
  private func record() {
    guard folder.holder() != nil else { return }
    do { try folder.record(.backupMade, "to \(target)") } catch {
      say("the backup could not be recorded: \(error)")
    }
  }
}
