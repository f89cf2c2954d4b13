// Brings the index to the end of the log at opening: usually nothing to do, sometimes the newest
// commits, and everything when the file is missing, damaged or describes another history.

internal import Cryptography
internal import EventSourcing
internal import LogIndex

/// The index while a log is being opened.
struct IndexCatchUp {
  private(set) var database: IndexDatabase
  private let path: String
  private let fileSystem: any FileSystem
  private var rebuildReason: String?

  init(path: String, fileSystem: any FileSystem) throws(LogError) {
    self.path = path
    self.fileSystem = fileSystem
    do {
      database = try IndexDatabase(path: path)
    } catch {
      rebuildReason = error.description
      database = try IndexCatchUp.emptied(path, fileSystem)
    }
  }

  /// What the index has of a full segment, to be compared with the file.
  func segment(_ firstOrdinal: Ordinal) -> FullSegment? {
    (try? database.segment(firstOrdinal)).flatMap { $0 }.flatMap { FullSegment($0) }
  }

  /// Stores what the index lacks of the log.
  mutating func catchUp(
    with recovery: Recovery, folder: String, describe: EventLog.Describe
  ) throws(LogError) -> RecoveryReport.Index {
    let state = try catchUp(
      folder: folder, to: recovery.end.ordinal, directory: recovery.directory, describe: describe)
    var entries = IndexEntries()
    for segment in recovery.newSegments { entries.add(segment) }
    // Without them the next opening takes longer, and that is all.
    if !entries.isEmpty { try? database.add(entries) }
    return state
  }

  private mutating func catchUp(
    folder: String, to end: Ordinal, directory: FrameDirectory, describe: EventLog.Describe
  ) throws(LogError) -> RecoveryReport.Index {
    let reason = try directory.mismatch(
      ofIndexAt: database.end, chain: database.chain, logEnd: end)
    if let reason {
      rebuildReason = reason
      database = try IndexCatchUp.emptied(path, fileSystem)
    }
    let commits = Int(end.value - database.end.value)
    do {
      if commits > 0 {
        let reader = try LogReader(folder: folder, fileSystem: fileSystem)
        try database.add(from: reader, describe: describe)
      }
    } catch let error as LogError {
      throw error
    } catch {
      // Found damaged only while writing to it: once more, from nothing.
      guard rebuildReason == nil else { throw .index(message: "\(error)") }
      rebuildReason = "\(error)"
      database = try IndexCatchUp.emptied(path, fileSystem)
      return try catchUp(folder: folder, to: end, directory: directory, describe: describe)
    }
    if let rebuildReason { return .rebuilt(reason: rebuildReason) }
    return commits > 0 ? .caughtUp(commits: commits) : .upToDate
  }

  /// An index of nothing, in place of what is there.
  static func emptied(
    _ path: String, _ fileSystem: any FileSystem
  ) throws(LogError) -> IndexDatabase {
    for suffix in ["", "-wal", "-shm"] { try fileSystem.remove(path + suffix) }
    do { return try IndexDatabase(path: path) } catch { throw .index(message: error.description) }
  }
}
