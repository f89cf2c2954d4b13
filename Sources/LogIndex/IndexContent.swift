// The tables of index.sqlite, and what a connection reads of them when it opens the file.

internal import Cryptography
internal import EventSourcing
internal import SQLite

/// How far a stored index reaches, and its runs.
struct IndexContent {
  let end: Ordinal
  let chain: Digest
  /// The oldest first.
  private(set) var runs: [IndexRun] = []
  /// Runs that were merged into others, or never finished.
  private(set) var discarded: [(id: Int, blockCount: Int)] = []
  private(set) var nextRun = 1

  enum RunState: Int {
    case unfinished, live, merged
  }

  private static let currentVersion = 2

  static let schema = """
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
    PRAGMA user_version = \(currentVersion);
    COMMIT;
    """

  /// The version of the tables; 0 in a new file.
  static func version(in database: Database) throws(SQLiteError) -> Int {
    try database.row("PRAGMA user_version", row: { $0.int(0) }) ?? 0
  }

  /// - Parameter withFilters: a connection for one lookup does without them.
  init(of database: Database, withFilters: Bool = true) throws {
    let version = try IndexContent.version(in: database)
    guard version == IndexContent.currentVersion else {
      throw IndexDamage(reason: "the index is of version \(version)")
    }
    let reached = try database.row("SELECT ordinal, chain FROM reached") {
      ($0.int(0), Digest($0.blob(1)))
    }
    guard let reached, reached.0 >= 0, let chain = reached.1 else {
      throw IndexDamage(reason: "the index does not say how far it reaches")
    }
    end = Ordinal(UInt64(reached.0))
    self.chain = chain
    try readRuns(of: database, withFilters: withFilters)
  }

  private mutating func readRuns(of database: Database, withFilters: Bool) throws {
    let filterColumn = withFilters ? ", filter" : ""
    let select = try database.prepare(
      """
      SELECT id, level, blocks, keys, state, bytes\(filterColumn) FROM run ORDER BY level DESC, id
      """)
    defer { select.reset() }
    while try select.step() {
      let (id, blockCount) = (select.int(0), select.int(2))
      nextRun = max(nextRun, id + 1)
      guard select.int(4) == RunState.live.rawValue else {
        discarded.append((id, blockCount))
        continue
      }
      let filter: BloomFilter? =
        withFilters ? select.withBlobBytes(6) { BloomFilter(bytes: $0) } : .denyingNothing
      guard blockCount > 0, let filter else {
        throw IndexDamage(reason: "a run of the index has no blocks or no filter")
      }
      runs.append(
        IndexRun(
          id: id, level: select.int(1), blockCount: blockCount, keyCount: select.int(3),
          byteCount: select.int(5), filter: filter))
    }
  }

  /// What is stored of a full segment.
  static func segment(
    _ firstOrdinal: Ordinal, in database: Database
  ) throws(SQLiteError) -> FullSegmentRow? {
    try database.row(
      "SELECT bytes FROM segment WHERE ordinal = ?", Int(firstOrdinal.value),
      row: { FullSegmentRow(firstOrdinal: firstOrdinal, bytes: $0.blob(0)) })
  }
}
