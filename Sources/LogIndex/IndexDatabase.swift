// index.sqlite: where a stream's events are, what a command led to, and aggregates' states. It is
// derived; a file that is missing, damaged, from another log or from another version is thrown away
// and built again.
//
// Entries are stored in runs, each sorted and never changed. Storing some commits adds a run; eight
// runs of one level are merged into one of the next. So every entry is written a few times, in
// order, however the names are spread, and a lookup asks a handful of runs.
//
// A transaction ends at the end of a commit and stores how far it reached, so at any moment, also
// after a power failure, the database describes exactly a beginning of the log.

public import Cryptography
public import EventSourcing
internal import SQLite

/// The connection that writes the index; one thread at a time.
public final class IndexDatabase {
  let database: Database
  /// The oldest first: a higher level is older, and so is a lower number.
  private(set) var runs: [IndexRun]
  /// Every commit of the log below is in the database.
  public private(set) var end: Ordinal
  /// The log's chain value at ``end``.
  public private(set) var chain: Digest
  private var merge: IndexMerge?
  /// Runs that no lookup reads: merged into others, or never finished.
  private var discarded: [(id: Int, blockCount: Int)]
  private var nextRun: Int

  /// How many runs of one level become one of the next.
  static let mergedRunCount = 8
  /// How many blocks are merged, or removed, in one transaction.
  private static let stepBlockCount = 512

  /// Opens the file, or creates it.
  ///
  /// - Throws: ``IndexError/failed(message:)`` also when the file is of another version or its
  ///   content is not what was written.
  public init(path: String) throws(IndexError) {
    do {
      database = try Database(path: path, mode: .readWrite)
      // NORMAL syncs at checkpoints only and loses at most the newest transactions, never
      // consistency.
      try database.execute(
        """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = 2000;
        PRAGMA cache_size = -4096;
        """)
      if try IndexContent.version(in: database) == 0 { try database.execute(IndexContent.schema) }
      let content = try IndexContent(of: database)
      (runs, end, chain) = (content.runs, content.end, content.chain)
      (discarded, nextRun) = (content.discarded, content.nextRun)
    } catch { throw IndexError(error) }
  }

  /// Stores the entries in one transaction.
  ///
  /// - Throws: ``IndexError/failed(message:)``; then nothing of them is stored.
  public func add(_ entries: IndexEntries) throws(IndexError) {
    do { try store(entries) } catch { throw IndexError(error) }
  }

  private func store(_ entries: IndexEntries) throws {
    var run: IndexRun?
    try database.transaction {
      run = try addRun(entries)
      for segment in entries.segments {
        try database.run(
          "INSERT OR REPLACE INTO segment VALUES (?, ?)", Int(segment.firstOrdinal.value),
          segment.bytes)
      }
      guard let end = entries.end else { return }
      try database.run(
        "UPDATE reached SET ordinal = ?, chain = ?", Int(end.value), entries.chain.bytes)
    }
    if let run { runs.append(run) }
    if let end = entries.end { (self.end, chain) = (end, entries.chain) }
  }

  /// What is stored of a full segment.
  public func segment(_ firstOrdinal: Ordinal) throws(IndexError) -> FullSegmentRow? {
    do { return try IndexContent.segment(firstOrdinal, in: database) } catch {
      throw IndexError(error)
    }
  }

  private func addRun(_ entries: IndexEntries) throws -> IndexRun? {
    let sorted = entries.sorted()
    guard sorted.keyCount > 0 else { return nil }
    let writer = try begin(
      level: 0, byteCount: sorted.byteCount, keyCount: sorted.keyCount)
    try sorted.visit { key, value in try writer.add(key, value) }
    return try finish(writer)
  }
}

// Runs.
extension IndexDatabase {
  /// Begins a run, which lookups see once it is finished.
  private func begin(level: Int, byteCount: Int, keyCount: Int) throws -> IndexRunWriter {
    let id = nextRun
    nextRun += 1
    let blockCount = max(1, byteCount / IndexRun.blockByteCount)
    try database.run(
      "INSERT INTO run VALUES (?, ?, ?, ?, ?, 0, x'')", id, level, blockCount, keyCount,
      IndexContent.RunState.unfinished.rawValue)
    return try IndexRunWriter(
      IndexRun(
        id: id, level: level, blockCount: blockCount, keyCount: keyCount, byteCount: 0,
        filter: BloomFilter(keyCount: keyCount)), in: database)
  }

  private func finish(_ writer: IndexRunWriter) throws -> IndexRun {
    let run = try writer.finish()
    try database.run(
      "UPDATE run SET state = ?, keys = ?, bytes = ?, filter = ? WHERE id = ?",
      IndexContent.RunState.live.rawValue, run.keyCount, run.byteCount, run.filter.bytes, run.id)
    return run
  }

  /// Whether ``tidy()`` has nothing to do.
  public var isTidy: Bool { merge == nil && discarded.isEmpty && nextMerge == nil }

  /// The oldest runs of the lowest level that has enough of them.
  private var nextMerge: ArraySlice<IndexRun>? {
    var end = runs.count
    while end > 0 {
      let level = runs[end - 1].level
      let start = runs[..<end].lastIndex { $0.level != level }.map { $0 + 1 } ?? 0
      if end - start >= IndexDatabase.mergedRunCount {
        return runs[start..<start + IndexDatabase.mergedRunCount]
      }
      end = start
    }
    return nil
  }

  /// Does a part of the work that keeps the runs few and the file small, in one transaction.
  ///
  /// Blocks are removed only in a later call than the one that took their run from the lookups.
  ///
  /// - Throws: ``IndexError/failed(message:)``.
  public func tidy() throws(IndexError) {
    do { try step() } catch { throw IndexError(error) }
  }

  private func step() throws {
    if let run = discarded.first {
      try database.transaction { try remove(run) }
    } else if let merge {
      try goOn(with: merge)
    } else if let sources = nextMerge {
      try database.transaction {
        merge = IndexMerge(
          sources: sources.map { IndexRunReader($0, in: database) },
          into: try begin(
            level: sources.first!.level + 1,
            byteCount: sources.reduce(0) { $0 + $1.byteCount },
            keyCount: sources.reduce(0) { $0 + $1.keyCount }))
      }
    }
  }

  private func goOn(with merge: IndexMerge) throws {
    var isDone = false
    try database.transaction {
      isDone = try merge.step(blockCount: IndexDatabase.stepBlockCount)
      guard isDone else { return }
      let run = try finish(merge.target)
      for source in merge.sources {
        try database.run(
          "UPDATE run SET state = ? WHERE id = ?", IndexContent.RunState.merged.rawValue,
          source.run.id)
        discarded.append((source.run.id, source.run.blockCount))
      }
      let ids = Set(merge.sources.map(\.run.id))
      let place = runs.firstIndex { ids.contains($0.id) }!
      runs.removeAll { ids.contains($0.id) }
      runs.insert(run, at: place)
    }
    if isDone { self.merge = nil }
  }

  private func remove(_ run: (id: Int, blockCount: Int)) throws {
    let end = max(0, run.blockCount - IndexDatabase.stepBlockCount)
    try database.run(
      "DELETE FROM block WHERE id >= ? AND id < ?", IndexRun.row(run.id, end),
      IndexRun.row(run.id, run.blockCount))
    if end > 0 {
      discarded[0].blockCount = end
    } else {
      try database.run("DELETE FROM run WHERE id = ?", run.id)
      discarded.removeFirst()
    }
  }
}
