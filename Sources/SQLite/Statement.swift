// One prepared statement: bind, step, read columns, again. Reaching the last row resets it, so it
// holds no lock afterwards and can be bound anew; arguments stay until they are bound again.

internal import CSQLite

/// A prepared statement; arguments count from 1, columns from 0.
@safe public final class Statement {
  public let sql: String
  private let connection: Connection
  let pointer: OpaquePointer

  init(sql: String, connection: Connection) throws(SQLiteError) {
    var pointer: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      connection.pointer, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK else { throw connection.error(sql: sql) }
    guard let pointer = unsafe pointer else {
      throw SQLiteError(extendedCode: Int(SQLITE_MISUSE), message: "no statement", sql: sql)
    }
    self.sql = sql
    self.connection = connection
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe sqlite3_finalize(pointer) }

  /// Moves to the next row.
  ///
  /// - Returns: whether there is one; after the last the statement is reset.
  public func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(pointer)
    if code == SQLITE_ROW { return true }
    let error = code == SQLITE_DONE ? nil : connection.error(sql: sql)
    unsafe sqlite3_reset(pointer)
    if let error { throw error }
    return false
  }

  /// Gives up the remaining rows; arguments stay bound.
  public func reset() { unsafe sqlite3_reset(pointer) }

  /// Steps to the end, ignoring rows.
  public func run() throws(SQLiteError) { while try step() {} }

  /// Whether there may be rows left to read.
  var isBusy: Bool { unsafe sqlite3_stmt_busy(pointer) != 0 }
}
