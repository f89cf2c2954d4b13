// The C connection. A database and its statements share it, and the last of them closes it, so no
// statement ever outlives what it runs on.

internal import CSQLite

@safe final class Connection {
  let pointer: OpaquePointer
  /// Hears of row changes, as long as a statement can make one.
  var rowObserver: RowObserver?

  init(path: String, flags: Int32) throws(SQLiteError) {
    var pointer: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &pointer, flags, nil)
    guard let pointer = unsafe pointer else {
      throw SQLiteError(extendedCode: Int(SQLITE_NOMEM), message: "out of memory")
    }
    guard code == SQLITE_OK else {
      let message = unsafe String(cString: sqlite3_errmsg(pointer))
      let extendedCode = unsafe Int(sqlite3_extended_errcode(pointer))
      unsafe sqlite3_close_v2(pointer)
      throw SQLiteError(extendedCode: extendedCode, message: "\(message): \(path)")
    }
    unsafe sqlite3_extended_result_codes(pointer, 1)
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe sqlite3_close_v2(pointer) }

  /// The error that the last call left behind.
  func error(sql: String?) -> SQLiteError {
    unsafe SQLiteError(
      extendedCode: Int(sqlite3_extended_errcode(pointer)),
      message: String(cString: sqlite3_errmsg(pointer)), sql: sql)
  }
}
