// redress backup: copies the log into another folder, from a running service or a stopped one.

import EventLog
import Foundation
import Node

struct Backup: CommandLineTool {
  static let name = "backup"
  static let summary = "Copies the log into a backup folder, adding what is new."
  static let help = """
    Copies the log into FOLDER/log: segments, signed checkpoints and tiles. A service may be running;
    the copy ends with the last commit that is durable then. Started again with the same folder it adds
    what is new. Everything that is copied is read back and checked, and a run that was interrupted leaves a
    folder that verifies.

    On the same file system sealed segments are linked, not copied: that costs no space and survives
    the log's being deleted, but not a broken disk. Copy the folder, or back up to another disk, to
    survive that too.

    NOT in the backup are the keys (DIR/keys): with the log and the keys one can read erased
    persons' data and sign in your name, so keep a copy of the keys somewhere else. Read models, the
    index and pages are not in it because they come back by themselves.

    Usage: redress backup --data DIR FOLDER

      --data DIR     the data folder; a service may be running on it
      FOLDER         where the backup is or is to be; redress verify --data FOLDER checks all of it

    Example:
      redress backup --data ./data /mnt/backup/redress

    Exit codes: 0 done; 1 the log is damaged, or the backup holds another history; 2 the command line
    was not understood; 3 it could not be done.
    """

  private let folder: DataFolder
  private let target: String

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.required("--data"))
    guard let target = arguments.word() else { throw Stop.usage("say where the backup is to be") }
    self.target = target
  }

  func run() throws -> ExitCode {
    try requireOutside()
    let backup = DataFolder(at: target)
    do {
      try FileManager.default.createDirectory(
        atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    } catch {
      throw Stop.unable("cannot make \(target): \(error.localizedDescription)")
    }
    // One backup at a time, and no service that writes here.
    try backup.lock(socket: nil)
    let start = ContinuousClock.now
    do throws(LogError) {
      let report = try LogBackup.run(from: folder.log, to: backup.log)
      print(
        """
        backed up in \(seconds(since: start)): every commit below \(report.end), chain \(report.chain)
        segments: \(report.keptSegments) were there, \(report.linkedSegments) linked, \
        \(report.copiedSegments) copied (\(report.copiedByteCount) bytes); \(report.copiedFiles) \
        checkpoints and tiles copied
        """)
      if FileManager.default.fileExists(atPath: folder.path + "/keys") {
        print("not backed up: \(folder.path)/keys, which belongs somewhere else")
      }
      return .success
    } catch {
      throw Stop(error)
    }
  }

  /// A copy inside what is copied is lost with it.
  private func requireOutside() throws {
    func real(_ path: String) -> String {
      URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path + "/"
    }
    if real(target).hasPrefix(real(folder.path)) {
      throw Stop.unable(
        "\(target) lies inside the data folder \(folder.path), and would be lost with it; give a "
          + "folder outside, at best on another disk")
    }
  }
}
