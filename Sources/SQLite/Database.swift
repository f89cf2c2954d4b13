// One connection to one database file. It has no mutex of its own: one thread at a time.

internal import CSQLite

/// A SQLite database and its prepared statements.
///
/// ```swift
/// let database = try Database(path: "refunds.sqlite", mode: .readWrite)
/// let insert = try database.prepare("INSERT INTO refund (id, amount) VALUES (?, ?)")
/// insert.bind(1, "srf_8Q2")
/// insert.bind(2, 4990)
/// try insert.run()
/// ```
@safe public final class Database {
  /// Whether a missing file is created and changes are allowed.
  public enum Mode: Sendable {
    case readWrite, readOnly
    /// Read-only, of a file that no connection changes: takes no lock and makes no other file.
    case immutable
  }

  public let path: String
  private let mode: Mode
  let connection: Connection
  private var statements: [Text: Statement] = [:]

  /// The text of a statement, found by its length: texts are long, and few of them are as long as
  /// another.
  private struct Text: Hashable {
    var sql: String

    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  /// Called with the text of each statement that is asked for, for tests that judge queries.
  public var onPrepare: ((_ sql: String) -> Void)?

  /// How long to wait for another connection's lock, in milliseconds.
  private static let busyTimeoutMilliseconds: Int32 = 5_000

  /// - Parameter path: `:memory:` keeps the database in memory.
  public init(path: String, mode: Mode) throws(SQLiteError) {
    let access =
      switch mode {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY
      case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    self.path = path
    self.mode = mode
    connection = try Connection(
      path: mode == .immutable ? Database.immutableURI(of: path) : path,
      flags: access | SQLITE_OPEN_NOMUTEX)
    unsafe sqlite3_busy_timeout(connection.pointer, Database.busyTimeoutMilliseconds)
  }

  private static func immutableURI(of path: String) -> String {
    let escaped = path.map { character in
      "%?#".contains(character) ? "%" + String(character.asciiValue!, radix: 16) : "\(character)"
    }
    return "file:\(escaped.joined())?immutable=1"
  }

  /// Runs one or more statements that need no arguments and whose rows are not read.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(connection.pointer, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw connection.error(sql: sql) }
  }

  /// The statement for this text, prepared once and kept while the database lives.
  ///
  /// A statement whose rows are still being read is not disturbed: a second one is prepared.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    onPrepare?(sql)
    let text = Text(sql: sql)
    if let index = statements.index(forKey: text) {
      if isKnownUniquelyReferenced(&statements.values[index]) { statements.values[index].reset() }
      if !statements.values[index].isBusy { return statements.values[index] }
      return try Statement(sql: sql, connection: connection)
    }
    let statement = try Statement(sql: sql, connection: connection)
    statements[text] = statement
    return statement
  }

  /// Commits what `body` did, or undoes all of it when `body` throws.
  ///
  /// A transaction that may write takes the write lock at once, so that it cannot fail half way for
  /// want of it. Transactions do not nest.
  public func transaction<R>(_ body: () throws -> R) throws -> R {
    try run(mode == .readWrite ? "BEGIN IMMEDIATE" : "BEGIN")
    let result: R
    do {
      result = try body()
      try run("COMMIT")
    } catch {
      // SQLite may have rolled back by itself already.
      if isInTransaction { try execute("ROLLBACK") }
      throw error
    }
    return result
  }

  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(connection.pointer) == 0 }

  /// The number of rows that the last INSERT, UPDATE or DELETE touched.
  public var changes: Int { unsafe Int(sqlite3_changes64(connection.pointer)) }

  public var lastInsertRowID: Int { unsafe Int(sqlite3_last_insert_rowid(connection.pointer)) }
}
