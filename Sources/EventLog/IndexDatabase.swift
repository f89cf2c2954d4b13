// index.sqlite: where a stream's events are, what a command led to, and aggregates' states. It is
// derived; a file that is missing, damaged, from another log or from another version is thrown away
// and built again.
//
// Entries are kept in runs, each sorted and never changed. Storing some commits adds a run; when
// there are many of one size, they are merged into one of the next. So everything is written a few
// times, in order, however the names are spread, and a look-up asks a handful of runs.
//
// A transaction ends at the end of a commit and stores how far it reached, so at any moment, also
// after a power failure, the database describes exactly a beginning of the log.

internal import Cryptography
internal import EventSourcing
internal import SQLite

/// One connection for writing the index; one thread at a time.
final class IndexDatabase {
  let database: Database
  /// The oldest first: a higher level is older, and so is a lower number.
  private(set) var runs: [IndexRun] = []
  /// How far the database describes the log, and the chain value there.
  private(set) var end = Ordinal.first
  private(set) var chain = Digest.zero
  private var merge: IndexMerge?
  /// Runs that nobody reads: merged into others, or never finished.
  private var discarded: [(id: Int, blockCount: Int)] = []
  private var nextRun = 1

  private static let version = 2
  /// So many runs of one level become one of the next.
  static let mergedRunCount = 8
  /// How many blocks are merged, or removed, in one transaction.
  private static let stepBlockCount = 512

  private enum RunState: Int {
    case unfinished, live, merged
  }

  /// - Throws: ``SQLiteError`` also when the file has another version or makes no sense.
  init(path: String) throws(SQLiteError) {
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
    try load()
  }

  private func load() throws(SQLiteError) {
    func nonsense(_ message: String) -> SQLiteError {
      SQLiteError(extendedCode: 11, message: message, sql: nil)
    }
    let found = try database.row("PRAGMA user_version") { $0.int(0) }
    if found == 0 { return try database.execute(IndexDatabase.schema) }
    guard found == IndexDatabase.version else { throw nonsense("index version \(found ?? 0)") }
    let reached = try database.row("SELECT ordinal, chain FROM reached") {
      ($0.int(0), Digest($0.blob(1)))
    }
    guard let reached, reached.0 >= 0, let chain = reached.1 else {
      throw nonsense("the index does not say how far it reaches")
    }
    end = Ordinal(UInt64(reached.0))
    self.chain = chain
    let select = try database.prepare(
      "SELECT id, level, blocks, keys, state, bytes, filter FROM run ORDER BY level DESC, id")
    while try select.step() {
      let (id, blockCount) = (select.int(0), select.int(2))
      nextRun = max(nextRun, id + 1)
      guard select.int(4) == RunState.live.rawValue else {
        discarded.append((id, blockCount))
        continue
      }
      guard blockCount > 0, let filter = select.withBlobBytes(6, { BloomFilter(bytes: $0) }) else {
        select.reset()
        throw nonsense("a run of the index makes no sense")
      }
      runs.append(
        IndexRun(
          id: id, level: select.int(1), blockCount: blockCount, keyCount: select.int(3),
          byteCount: select.int(5), filter: filter))
    }
  }

  private static let schema = """
    BEGIN;
    CREATE TABLE reached (ordinal INTEGER NOT NULL, chain BLOB NOT NULL) STRICT;
    INSERT INTO reached VALUES (0, zeroblob(32));
    CREATE TABLE run (
      id INTEGER PRIMARY KEY, level INTEGER NOT NULL, blocks INTEGER NOT NULL,
      keys INTEGER NOT NULL, state INTEGER NOT NULL, bytes INTEGER NOT NULL, filter BLOB NOT NULL
    ) STRICT;
    CREATE TABLE block (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE segment (
      ordinal INTEGER PRIMARY KEY, bytes BLOB NOT NULL
    ) STRICT;
    PRAGMA user_version = \(version);
    COMMIT;
    """

  /// Stores the entries in one transaction.
  func add(_ entries: IndexEntries) throws {
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
  func segment(_ firstOrdinal: Ordinal) throws(SQLiteError) -> FullSegmentRow? {
    try database.row(
      "SELECT bytes FROM segment WHERE ordinal = ?", Int(firstOrdinal.value),
      row: { FullSegmentRow(firstOrdinal: firstOrdinal, bytes: $0.blob(0)) })
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
  /// Begins a run, of which nothing is seen before it is finished.
  private func begin(level: Int, byteCount: Int, keyCount: Int) throws -> IndexRunWriter {
    let id = nextRun
    nextRun += 1
    let blockCount = max(1, byteCount / IndexRun.blockByteCount)
    try database.run(
      "INSERT INTO run VALUES (?, ?, ?, ?, ?, 0, x'')", id, level, blockCount, keyCount,
      RunState.unfinished.rawValue)
    return try IndexRunWriter(
      IndexRun(
        id: id, level: level, blockCount: blockCount, keyCount: keyCount, byteCount: 0,
        filter: BloomFilter(keyCount: keyCount)), in: database)
  }

  private func finish(_ writer: IndexRunWriter) throws -> IndexRun {
    let run = try writer.finish()
    try database.run(
      "UPDATE run SET state = ?, keys = ?, bytes = ?, filter = ? WHERE id = ?",
      RunState.live.rawValue, run.keyCount, run.byteCount, run.filter.bytes, run.id)
    return run
  }

  /// Whether ``tidy()`` has something to do.
  var isTidy: Bool { merge == nil && discarded.isEmpty && nextMerge == nil }

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

  /// Does a part of what keeps the number of runs and the file small, in one transaction.
  ///
  /// Blocks are removed only in a later call than the one that took their run from ``runs``.
  func tidy() throws {
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
          "UPDATE run SET state = ? WHERE id = ?", RunState.merged.rawValue, source.run.id)
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
