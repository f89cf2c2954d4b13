// `operations.sqlite`: records that a service keeps for a while and that are not audited (rule
// book, Operational records). They are no history: they cannot be rebuilt from the log, and they
// expire.
//
// - Every row has the time when it expires; from that time on no answer has it, and the next expiry
//   run removes it. The time is in the file, so it survives a restart.
// - Rows hold personal data: what is deleted is overwritten (secure_delete), and the write-ahead
//   log that may still have it is emptied.
// - A record that was acknowledged survives a power cut.
// - A file that a newer Redress wrote is refused and left as it is.

import Glibc
import SQLite
import Synchronization

/// The operational records of one data folder.
public final class OperationalRecords: Sendable {
  public let path: String
  private let database: Mutex<Database>
  let quotaState = Mutex(QuotaState())

  /// Opens the file, makes it if it is not there, and brings an older one up to date.
  ///
  /// - Throws: ``OperationsError`` for a file that is newer, damaged or cannot be opened.
  public init(path: String) throws {
    self.path = path
    // SQLite would let the group read it.
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      switch errno {
      case ENOSPC: throw OperationsError.full(path: path)
      case EACCES: throw OperationsError.noAccess(path: path)
      default: throw OperationsError.unusable(path: path, reason: String(cString: strerror(errno)))
      }
    }
    close(file)
    do {
      database = Mutex(try Self.open(path))
    } catch let error as SQLiteError {
      throw error.isFull
        ? OperationsError.full(path: path) : .unusable(path: path, reason: error.message)
    }
  }

  private static func open(_ path: String) throws -> sending Database {
    let database = try Database(path: path, mode: .readWrite)
    // Before anything of it is changed.
    _ = try requireKnownVersion(of: database, at: path)
    try database.execute(
      """
      PRAGMA secure_delete = ON;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      """)
    try database.transaction {
      let version = try requireKnownVersion(of: database, at: path)
      for migration in RecordTables.migrations[version...] { try database.execute(migration) }
      try database.execute("PRAGMA user_version = \(RecordTables.migrations.count)")
    }
    return database
  }

  /// - Returns: the version of the file's tables; 0 for a new file.
  static func requireKnownVersion(of database: Database, at path: String) throws -> Int {
    let version = try database.row("PRAGMA user_version", row: { $0.int(0) }) ?? 0
    let known = RecordTables.migrations.count
    guard version <= known else {
      throw OperationsError.newer(path: path, version: version, known: known)
    }
    return version
  }

  /// Does all of it or nothing; it is durable when this returns.
  func transaction<R: Sendable>(_ body: @Sendable (Database) throws -> R) throws -> R {
    try database.withLock { database in try database.transaction { try body(database) } }
  }

  /// Empties the write-ahead log, where what was deleted may still be read.
  func forgetDeleted() throws {
    try database.withLock { try $0.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
  }
}

/// Why the operational records cannot be used.
public enum OperationsError: Error, Sendable, Hashable, CustomStringConvertible {
  case newer(path: String, version: Int, known: Int)
  case full(path: String)
  case noAccess(path: String)
  case unusable(path: String, reason: String)

  public var description: String {
    switch self {
    case .newer(let path, let version, let known):
      "\(path) has version \(version) of its tables, and this Redress knows versions up to "
        + "\(known); run the newer Redress that wrote it. Nothing was changed."
    case .full(let path):
      "\(path) cannot be opened, for the disk is full; free some space, then start again. "
        + "Nothing was changed."
    case .noAccess(let path):
      "permission denied: this user may not read \(path); run as the user that the service runs as"
    case .unusable(let path, let reason):
      "\(path) cannot be used: \(reason). Its records expire and no history is in it: put a copy "
        + "back, or move it away and start again without them."
    }
  }
}
