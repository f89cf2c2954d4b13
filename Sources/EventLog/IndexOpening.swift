// Brings the index to the end of the log: usually nothing to do, sometimes the newest commits, and
// everything when the file is missing, damaged or describes another history.

internal import Cryptography
internal import EventSourcing
internal import SQLite
internal import Zstandard

/// The index while a log is being opened.
struct IndexOpening {
  private(set) var database: IndexDatabase
  private let path: String
  private let fileSystem: any FileSystem
  private var rebuildReason: String?

  private static let transactionEventCount = 50_000

  init(path: String, fileSystem: any FileSystem) throws(LogError) {
    self.path = path
    self.fileSystem = fileSystem
    do {
      database = try IndexDatabase(path: path)
    } catch {
      rebuildReason = error.description
      database = try IndexOpening.emptied(path, fileSystem)
    }
  }

  var end: (Ordinal, Digest) { (database.end, database.chain) }

  /// Stores what the index lacks.
  ///
  /// - Parameter fits: whether the log has the index's chain value at the index's end.
  mutating func catchUp(
    folder: String, to end: Ordinal, fits: Bool, describe: EventLog.Describe
  ) throws(LogError) -> RecoveryReport.Index {
    if !fits {
      rebuildReason = "it describes another history, or more than the log holds"
      database = try IndexOpening.emptied(path, fileSystem)
    }
    let commits = Int(end.value - database.end.value)
    do {
      if commits > 0 { try add(folder: folder, describe: describe) }
    } catch let error as LogError {
      throw error
    } catch {
      // Found damaged only while writing to it: once more, from nothing.
      guard rebuildReason == nil else { throw .index(message: "\(error)") }
      rebuildReason = "\(error)"
      return try catchUp(folder: folder, to: end, fits: false, describe: describe)
    }
    if let rebuildReason { return .rebuilt(reason: rebuildReason) }
    return commits > 0 ? .caughtUp(commits: commits) : .upToDate
  }

  private func add(folder: String, describe: EventLog.Describe) throws {
    let reader = try LogReader(folder: folder, fileSystem: fileSystem)
    try reader.seek(to: database.end)
    var entries = IndexEntries()
    while let frame = try reader.nextFrame() {
      try frame.forEachCommit { commit in
        try entries.add(commit, describe: describe)
        return true
      }
      entries.reach(frame.header.endOrdinal, chain: frame.chain)
      if entries.eventCount >= IndexOpening.transactionEventCount {
        try database.add(entries)
        entries = IndexEntries()
      }
    }
    if !entries.isEmpty { try database.add(entries) }
  }

  private static func emptied(
    _ path: String, _ fileSystem: any FileSystem
  ) throws(LogError) -> IndexDatabase {
    for suffix in ["", "-wal", "-shm"] { try fileSystem.remove(path + suffix) }
    do { return try IndexDatabase(path: path) } catch { throw .index(message: error.description) }
  }
}

extension IndexEntries {
  mutating func add(_ commit: CommitView, describe: EventLog.Describe) throws(LogError) {
    var streams: [StreamName] = []
    var command: CommandID?
    do {
      try commit.forEachLine { line in
        let (stream, commandID) = try describe(line)
        streams.append(stream)
        command = command ?? commandID
      }
    } catch {
      throw .undescribable(
        segment: commit.segment, offset: commit.offset, ordinal: commit.ordinal,
        reason: "\(error)")
    }
    add(
      tenant: commit.tenant, command: command!, firstPosition: commit.firstPosition,
      streams: streams)
  }
}
