// index.sqlite: which positions a stream has, and what a command led to. It is derived; a file that is
// missing, damaged, from another log or from another version is thrown away and built again.
//
// A transaction ends at the end of a commit and stores how far it reached, so at any moment, also
// after a power failure, the database describes exactly a beginning of the log.

internal import Cryptography
internal import EventSourcing
internal import SQLite

/// One connection for writing the index; one thread at a time.
final class IndexDatabase {
  private let database: Database
  private var tenantIDs: [TenantID: Int] = [:]
  private var nextStreamID = 1
  /// How far the database describes the log, and the chain value there.
  private(set) var end = Ordinal.first
  private(set) var chain = Digest.zero

  private static let version = 1

  /// - Throws: ``SQLiteError`` also when the file has another version or makes no sense.
  init(path: String) throws(SQLiteError) {
    database = try Database(path: path, mode: .readWrite)
    // NORMAL syncs at checkpoints only and loses at most the newest transactions, never consistency.
    try database.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 16000;
      PRAGMA cache_size = -65536;
      """)
    try load()
  }

  private func load() throws(SQLiteError) {
    let version = try database.prepare("PRAGMA user_version")
    _ = try version.step()
    let found = version.int(0)
    version.reset()
    if found == 0 { return try database.execute(IndexDatabase.schema) }
    func nonsense(_ message: String) -> SQLiteError {
      SQLiteError(extendedCode: 11, message: message, sql: nil)
    }
    guard found == IndexDatabase.version else { throw nonsense("index version \(found)") }
    let reached = try database.prepare("SELECT ordinal, chain FROM reached")
    guard try reached.step(), let chain = Digest(reached.blob(1)), reached.int(0) >= 0 else {
      throw nonsense("the index does not say how far it reaches")
    }
    end = Ordinal(UInt64(reached.int(0)))
    self.chain = chain
    reached.reset()
    let tenants = try database.prepare("SELECT name, id FROM tenant")
    while try tenants.step() { tenantIDs[TenantID(unchecked: tenants.text(0))] = tenants.int(1) }
    let streams = try database.prepare("SELECT coalesce(max(stream), 0) FROM event")
    if try streams.step() { nextStreamID = streams.int(0) + 1 }
    streams.reset()
  }

  private static let schema = """
    BEGIN;
    CREATE TABLE reached (ordinal INTEGER NOT NULL, chain BLOB NOT NULL) STRICT;
    INSERT INTO reached VALUES (0, zeroblob(32));
    CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE stream (
      tenant INTEGER NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL, revisions INTEGER NOT NULL,
      PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
      stream INTEGER NOT NULL, revision INTEGER NOT NULL, position INTEGER NOT NULL,
      PRIMARY KEY (stream, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE command (
      tenant INTEGER NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, events INTEGER NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = \(version);
    COMMIT;
    """

  /// Stores the entries in one transaction, sorted, so that neighbours in the trees are stored
  /// together.
  func add(_ entries: IndexEntries) throws {
    try database.transaction {
      let streams = try StreamStatements(database)
      for (key, positions) in entries.positions.sorted(by: { $0.key.stream < $1.key.stream }) {
        try add(positions, to: key, with: streams)
      }
      let command = try database.prepare(
        "INSERT INTO command VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
      for (key, outcome) in entries.outcomes.sorted(by: { $0.key.command < $1.key.command }) {
        command.bind(1, try id(of: key.tenant))
        command.bind(2, key.command.rawValue)
        command.bind(3, Int(outcome.firstPosition.value))
        command.bind(4, outcome.eventCount)
        try command.run()
      }
      let reached = try database.prepare("UPDATE reached SET ordinal = ?, chain = ?")
      reached.bind(1, Int(entries.end.value))
      reached.bind(2, entries.chain.bytes)
      try reached.run()
    }
    end = entries.end
    chain = entries.chain
  }

  private struct StreamStatements {
    let find: Statement
    let create: Statement
    let extend: Statement
    let addEvent: Statement

    init(_ database: Database) throws(SQLiteError) {
      find = try database.prepare("SELECT id, revisions FROM stream WHERE tenant = ? AND name = ?")
      create = try database.prepare("INSERT INTO stream VALUES (?, ?, ?, ?)")
      extend = try database.prepare("UPDATE stream SET revisions = ? WHERE tenant = ? AND name = ?")
      addEvent = try database.prepare("INSERT INTO event VALUES (?, ?, ?)")
    }
  }

  private func add(
    _ positions: [Position], to key: StreamKey, with statements: StreamStatements
  ) throws(SQLiteError) {
    let tenant = try id(of: key.tenant)
    statements.find.bind(1, tenant)
    statements.find.bind(2, key.stream.rawValue)
    let stream: Int
    var revision = 0
    if try statements.find.step() {
      stream = statements.find.int(0)
      revision = statements.find.int(1)
      statements.find.reset()
      statements.extend.bind(1, revision + positions.count)
      statements.extend.bind(2, tenant)
      statements.extend.bind(3, key.stream.rawValue)
      try statements.extend.run()
    } else {
      stream = nextStreamID
      nextStreamID += 1
      statements.create.bind(1, tenant)
      statements.create.bind(2, key.stream.rawValue)
      statements.create.bind(3, stream)
      statements.create.bind(4, positions.count)
      try statements.create.run()
    }
    statements.addEvent.bind(1, stream)
    for position in positions {
      statements.addEvent.bind(2, revision)
      statements.addEvent.bind(3, Int(position.value))
      try statements.addEvent.run()
      revision += 1
    }
  }

  private func id(of tenant: TenantID) throws(SQLiteError) -> Int {
    if let id = tenantIDs[tenant] { return id }
    let insert = try database.prepare("INSERT INTO tenant (name) VALUES (?)")
    insert.bind(1, tenant.rawValue)
    try insert.run()
    let id = database.lastInsertRowID
    tenantIDs[tenant] = id
    return id
  }
}
