// The way back from a backup: everything is copied, read back and compared before the log has its
// name.

internal import Glibc

extension LogBackup {
  /// Copies a backup to where a log is to be; the index comes back when it is opened.
  ///
  /// - Parameters:
  ///   - backup: the backup's folder.
  ///   - folder: the log's folder, which must not exist.
  /// - Throws: ``LogError`` when the backup is damaged or something cannot be written; then there
  ///   is
  /// no log, and perhaps a folder named like it with `.restoring` after it.
  public static func restore(
    from backup: String, to folder: String
  ) throws(LogError) -> VerificationReport {
    try restore(from: backup, to: folder, fileSystem: RealFileSystem())
  }

  package static func restore(
    from backup: String, to folder: String, fileSystem: any FileSystem
  ) throws(LogError) -> VerificationReport {
    let unfinished = folder + ".restoring"
    try fileSystem.createFolder(unfinished)
    for name in try fileSystem.names(in: unfinished) where name.hasSuffix(SegmentName.suffix) {
      try fileSystem.remove(unfinished + "/" + name)
    }
    let placement = FilePlacement(folder: unfinished, fileSystem: fileSystem)
    try placement.removeUnfinished()
    for segment in try SegmentName.list(in: backup, of: fileSystem) {
      let file = try SegmentFile(segment, in: backup, of: fileSystem)
      try placement.copy(
        file.file, byteCount: file.size, as: file.name, isReadOnly: file.isSealed(at: 0))
      try placement.finish(file.name)
    }
    for name in folders {
      _ = try FolderCopy(of: name, in: backup, fileSystem).write(to: unfinished)
    }
    let original = try verify(backup, fileSystem)
    let report = try verify(unfinished, fileSystem)
    guard report == original else {
      throw .io(operation: "read back what was copied to", path: unfinished, errno: EIO)
    }
    try fileSystem.rename(unfinished, to: folder)
    try fileSystem.sync(folder: folder + "/..")
    return report
  }

  private static func verify(
    _ folder: String, _ fileSystem: any FileSystem
  ) throws(LogError) -> VerificationReport {
    try LogReader.verify(folder: folder, fileSystem: fileSystem)
  }
}
