// One read model's file, as the runtime writes it. What must hold: rows and checkpoint change in
// the same transaction, so a read model is always exactly the history up to its checkpoint,
// whenever the process died.

import EventLog
public import EventSourcing
import Events
import Glibc
import SQLite

/// Where a read model stands.
public struct ProjectionStatus: Sendable, Hashable {
  public var name: String
  public var version: Int
  /// The first commit that is not in it yet.
  public var checkpoint: Ordinal
  /// Why it stopped, with the event it could not apply; `nil` while it goes on.
  public var failure: String?
  /// Somebody was erased, and free pages of the file may still hold what was known of them.
  public var isForgetting = false
}

final class LiveReadModel {
  let readModel: any ReadModel.Type
  let path: String
  private let handlers: Handlers
  private(set) var database: Database
  private(set) var checkpoint = Ordinal.first
  private(set) var failure: String?
  /// By tenant, the first position that is not in it yet.
  private(set) var nextPositions: [TenantID: Position] = [:]
  private var touched: Set<TenantID> = []
  /// Somebody was erased since ``forget()`` last came to its end; the file's user_version keeps it.
  private var mustForget = false
  private var isChanged = false

  /// Opens the file, or creates it with empty tables.
  ///
  /// - Throws: ``RebuildNeeded`` if the file was written by another version of the readModel, or is
  ///   no database any more.
  static func open(_ readModel: any ReadModel.Type, path: String) throws -> LiveReadModel {
    do { return try LiveReadModel(readModel, path: path) } catch let error as SQLiteError {
      guard error.isCorrupt else { throw error }
      throw RebuildNeeded(name: readModel.name, reason: "is damaged (\(error.message))")
    }
  }

  private init(_ readModel: any ReadModel.Type, path: String) throws {
    self.readModel = readModel
    self.path = path
    handlers = readModel.handlers
    database = try Database(path: path, mode: .readWrite)
    // Derived data: after a power cut SQLite goes back to a consistent state, and that is enough.
    // Its syncs would hold up those of the log, so they are few.
    try database.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 8000;
      PRAGMA cache_size = -2048;
      """)
    try database.transaction {
      let isNew =
        try database.row(
          "SELECT 1 FROM sqlite_schema WHERE name = '_projection'", row: { _ in true }) == nil
      if isNew { try create() }
    }
    let stored = try database.row(
      "SELECT version, checkpoint FROM _projection", row: { ($0.int(0), $0.int(1)) })
    guard let (version, checkpoint) = stored, version == readModel.version else {
      throw RebuildNeeded(
        name: readModel.name,
        reason: "is version \(stored?.0 ?? 0) and version \(readModel.version) is needed")
    }
    self.checkpoint = Ordinal(UInt64(checkpoint))
    mustForget = try database.row("PRAGMA user_version", row: { $0.int(0) }) == 1
    for (tenant, next) in try database.rows(
      "SELECT tenant, next_position FROM _positions",
      row: { (TenantID(unchecked: $0.text(0)), Position(UInt64($0.int(1)))) })
    {
      nextPositions[tenant] = next
    }
  }

  private func create() throws {
    try database.execute(
      """
      CREATE TABLE _projection (
        name TEXT NOT NULL, version INTEGER NOT NULL, checkpoint INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE _positions (
        tenant TEXT PRIMARY KEY, next_position INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """)
    try database.execute(readModel.schema)
    try database.run(
      "INSERT INTO _projection VALUES (?, ?, 0)", readModel.name, readModel.version)
  }

  var status: ProjectionStatus {
    ProjectionStatus(
      name: readModel.name, version: readModel.version, checkpoint: checkpoint, failure: failure,
      isForgetting: mustForget)
  }

  func begin() throws { try database.run("BEGIN IMMEDIATE") }

  func handles(_ type: String) -> Bool { handlers[type] != nil }

  /// Applies one event of the commit at the checkpoint.
  func apply(_ event: RecordedEvent) throws {
    try handlers.apply(event, to: database)
    isChanged = true
  }

  /// The commit at the checkpoint erases somebody.
  func noteErasure() { mustForget = true }

  /// Makes sure that no page of the file, no file beside it and no earlier one holds what was known
  /// of persons who were erased; tried again as long as somebody reads.
  func forget() {
    guard mustForget, failure == nil else { return }
    if path.hasSuffix(".sqlite") {
      LiveReadModel.remove(path: path.dropLast(".sqlite".count) + ".previous.sqlite")
    }
    do {
      try database.execute("VACUUM")
      let isBusy = try database.row("PRAGMA wal_checkpoint(TRUNCATE)", row: { $0.int(0) != 0 })
      if isBusy == true { return }
      try database.execute("PRAGMA user_version = 0")
      mustForget = false
    } catch {
      // Still to be done, and shown as such: a full disk must not stop what serves.
    }
  }

  /// The commit at the checkpoint is wholly applied.
  func finish(_ ordinal: Ordinal, tenant: TenantID, nextPosition: Position) {
    precondition(ordinal == checkpoint, "a commit was left out or applied twice")
    checkpoint = ordinal.advanced(by: 1)
    nextPositions[tenant] = nextPosition
    touched.insert(tenant)
  }

  func commit() throws {
    try database.run("UPDATE _projection SET checkpoint = ?", Int(checkpoint.value))
    for tenant in touched {
      guard let next = nextPositions[tenant] else { continue }
      try database.run(
        "INSERT OR REPLACE INTO _positions VALUES (?, ?)", tenant.rawValue, Int(next.value))
    }
    touched = []
    if mustForget { try database.execute("PRAGMA user_version = 1") }
    try database.run("COMMIT")
  }

  /// Takes back everything since ``begin()`` and stays where it is, for everybody to see.
  func stop(because reason: String) {
    if database.isInTransaction { try? database.execute("ROLLBACK") }
    failure = reason
  }

  /// Whether events have been applied since this was asked last.
  func takeChange() -> Bool {
    defer { isChanged = false }
    return isChanged
  }

  func digest() throws -> String { try database.contentDigest() }

  /// Writes everything into the one file and lets go of it.
  func close() throws {
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
    database = try Database(path: ":memory:", mode: .readWrite)
  }

  static func remove(path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}

extension LiveReadModel {
  /// Opens the file if it fits the readModel and the log, and begins anew otherwise.
  static func open(
    _ readModel: any ReadModel.Type, path: String, fitting reader: LogReader,
    onRebuild: @Sendable (RebuildNeeded) -> Void
  ) throws -> LiveReadModel {
    do {
      let model = try open(readModel, path: path)
      try model.requireReach(of: reader)
      return model
    } catch let needed as RebuildNeeded {
      onRebuild(needed)
      remove(path: path)
      return try open(readModel, path: path)
    }
  }

  private func requireReach(of reader: LogReader) throws {
    do { try reader.seek(to: checkpoint) } catch {
      guard case .noSuchOrdinal(_, let end) = error else { throw error }
      throw RebuildNeeded(
        name: readModel.name,
        reason: "has all before commit \(checkpoint), and the log ends before commit \(end)")
    }
  }
}

/// A read model's file that does not fit the readModel or the log.
public struct RebuildNeeded: Error, CustomStringConvertible {
  public var name: String
  public var reason: String

  public var description: String { "the read model \(name) \(reason): it has to be rebuilt" }
}
