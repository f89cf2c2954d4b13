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

  /// More than while running, so that fewer runs have to be merged.
  private static let runWeight = 400_000

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

  /// What the index knows of a full segment; whoever asks compares it with the file.
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
    if let reason = try mismatch(folder: folder, end: end, directory: directory) {
      rebuildReason = reason
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
      database = try IndexOpening.emptied(path, fileSystem)
      return try catchUp(folder: folder, to: end, directory: directory, describe: describe)
    }
    if let rebuildReason { return .rebuilt(reason: rebuildReason) }
    return commits > 0 ? .caughtUp(commits: commits) : .upToDate
  }

  /// Why the index cannot describe a beginning of this log; `nil` when it does.
  private func mismatch(
    folder: String, end: Ordinal, directory: FrameDirectory
  ) throws(LogError) -> String? {
    guard database.end <= end else {
      return "it reaches to commit \(database.end), the log only to \(end)"
    }
    let reason = "it describes another history"
    guard database.end > .first else { return database.chain == .zero ? nil : reason }
    return try chain(at: database.end, folder: folder, directory: directory) == database.chain
      ? nil : reason
  }

  /// The log's chain value before a commit, which must not be the first.
  private func chain(
    at end: Ordinal, folder: String, directory: FrameDirectory
  ) throws(LogError) -> Digest? {
    let last = Ordinal(end.value - 1)
    guard let place = try directory.place(of: last) else { return nil }
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    let segment = try SegmentFile(place.segment, in: folder, of: fileSystem)
    guard case .whole(let header, _) = try segment.record(at: place.offset, checkingFrame: false)
    else { return nil }
    if header.endOrdinal == end { return header.chain }
    // Sealing put later commits into the same frame.
    cursor.begin(in: segment, chain: directory.chain(before: place.segment))
    while let found = try cursor.next(checkingFrame: false) {
      guard found.header.endOrdinal > last else { continue }
      let frame = try found.load(with: Decompressor(), checkingFrame: true)
      return try frame.foldChain(
        from: found.previousChain ?? .zero, to: Int(end.value - found.header.firstOrdinal.value))
    }
    return nil
  }

  private func add(folder: String, describe: EventLog.Describe) throws {
    let reader = try LogReader(folder: folder, fileSystem: fileSystem)
    let start = database.end
    try reader.seek(to: start)
    let keys = IndexKeys()
    var entries = IndexEntries()
    while let frame = try reader.nextFrame() {
      try frame.forEachCommit { commit in
        if commit.ordinal >= start { entries.add(try commit.described(by: describe, keys)) }
        return true
      }
      entries.reach(frame.header.endOrdinal, chain: frame.chain)
      if entries.weight >= IndexOpening.runWeight {
        try database.add(entries)
        entries = IndexEntries()
        while !database.isTidy { try database.tidy() }
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

extension CommitView {
  /// - Throws: ``LogError/undescribable(segment:offset:ordinal:reason:)``.
  fileprivate func described(
    by describe: EventLog.Describe, _ keys: IndexKeys
  ) throws(LogError) -> IndexFrame.Commit {
    var streams: [IndexKey] = []
    var command: CommandID?
    do {
      try forEachLine { line in
        let (stream, commandID) = try describe(line)
        streams.append(keys.stream(stream, in: tenant))
        command = command ?? commandID
      }
    } catch {
      throw .undescribable(
        segment: segment, offset: offset, ordinal: ordinal, reason: "\(error)")
    }
    return IndexFrame.Commit(
      ordinal: ordinal, firstPosition: firstPosition,
      command: keys.command(command!, in: tenant), streams: streams)
  }
}
