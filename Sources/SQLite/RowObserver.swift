// Each row that a connection changes, before it does (sqlite3_preupdate_hook). What must hold:
// every insert, update and delete in a table of the file is seen, also the deletions of REPLACE,
// and those of temporary tables and of VACUUM's copy are not.

internal import CSQLite
import Glibc

/// Hears of a connection's row changes.
@safe package final class RowObserver {
  /// - Parameters:
  ///   - table: the table's name.
  ///   - row: the row's bytes, as `Statement.appendRow(to:)` writes them.
  ///   - isAdded: whether the row comes, rather than goes; an update is a row that goes and one
  ///     that comes.
  package typealias Observe = (_ table: String, _ row: [UInt8], _ isAdded: Bool) -> Void

  private let observe: Observe
  /// Empty between two changes; its memory is used again.
  private var buffer: [UInt8] = []

  fileprivate init(_ observe: @escaping Observe) { self.observe = observe }

  fileprivate func note(_ database: OpaquePointer, _ operation: Int32, in table: String) {
    var row: [UInt8] = []
    swap(&row, &buffer)
    let columns = unsafe 0..<sqlite3_preupdate_count(database)
    if operation != SQLITE_INSERT {
      for column in columns {
        var value: OpaquePointer?
        // The file does not hold virtual columns, and SQLite has no value for them here.
        if unsafe sqlite3_preupdate_old(database, column, &value) == SQLITE_OK {
          unsafe Self.append(value, to: &row)
        }
      }
      observe(table, row, false)
      row.removeAll(keepingCapacity: true)
    }
    if operation != SQLITE_DELETE {
      for column in columns {
        var value: OpaquePointer?
        if unsafe sqlite3_preupdate_new(database, column, &value) == SQLITE_OK {
          unsafe Self.append(value, to: &row)
        }
      }
      observe(table, row, true)
      row.removeAll(keepingCapacity: true)
    }
    swap(&row, &buffer)
  }

  private static func append(_ value: OpaquePointer?, to row: inout [UInt8]) {
    guard let value = unsafe value else { return row.append(UInt8(ascii: "n")) }
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_INTEGER:
      row.append(value: String(unsafe sqlite3_value_int64(value)), type: "i")
    case SQLITE_FLOAT:
      row.append(value: String(unsafe sqlite3_value_double(value)), type: "r")
    case SQLITE_TEXT:
      let start = unsafe UnsafeRawPointer(sqlite3_value_text(value))
      let count = Int(unsafe sqlite3_value_bytes(value))
      unsafe row.append(
        bytes: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), type: "t")
    case SQLITE_BLOB:
      let start = unsafe sqlite3_value_blob(value)
      let count = Int(unsafe sqlite3_value_bytes(value))
      unsafe row.append(
        bytes: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), type: "b")
    default: row.append(UInt8(ascii: "n"))
    }
  }
}

extension Database {
  /// Calls back before each row of this connection's file changes, from now on.
  package func observeRows(_ observe: @escaping RowObserver.Observe) {
    let observer = RowObserver(observe)
    // The connection may outlive this object, with its statements.
    connection.rowObserver = observer
    let context = unsafe Unmanaged.passUnretained(observer).toOpaque()
    _ = unsafe sqlite3_preupdate_hook(
      connection.pointer,
      { context, database, operation, schema, table, _, _ in
        guard let context = unsafe context, let database = unsafe database,
          let schema = unsafe schema, let table = unsafe table,
          unsafe strcmp(schema, "main") == 0
        else { return }
        unsafe Unmanaged<RowObserver>.fromOpaque(context).takeUnretainedValue()
          .note(database, operation, in: String(cString: table))
      }, context)
  }
}
