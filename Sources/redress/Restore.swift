// redress restore: makes a data folder of a backup.

import EventLog
import Foundation

struct Restore: CommandLineTool {
  static let name = "restore"
  static let summary = "Makes a data folder of a backup."
  static let help = """
    Copies a backup's log into a new data folder and checks every byte of it, before and after. Index
    and read models come back when the service starts. The keys are not in a backup: put them into
    DIR/keys before the first start.

    Usage: redress restore --data DIR FOLDER

      --data DIR     the new data folder, which must be empty or not there
      FOLDER         what redress backup made

    Example:
      redress restore --data ./data /mnt/backup/redress

    Exit codes: 0 done; 1 the backup is damaged, with segment, offset and ordinal; 2 the command line
    was not understood; 3 it could not be done, for instance because DIR is not empty.
    """

  private let backup: DataFolder
  private let target: DataFolder

  init(_ arguments: inout Arguments) throws {
    target = DataFolder(at: try arguments.required("--data"))
    guard let source = arguments.word() else { throw Stop.usage("say where the backup is") }
    backup = try DataFolder(existing: source)
  }

  func run() async throws -> ExitCode {
    let start = ContinuousClock.now
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
      return .success
    } catch {
      throw Stop(error)
    }
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
