// Values come out of the current row by place, converted as SQLite converts them: NULL reads as 0,
// as an empty text and as an empty blob.

internal import CSQLite

/// SQLite's storage classes.
public enum ColumnType: Sendable { case integer, real, text, blob, null }

extension Statement {
  public var columnCount: Int { unsafe Int(sqlite3_column_count(pointer)) }

  public func columnName(_ column: Int) -> String {
    precondition(column >= 0 && column < columnCount, "no column \(column) in: \(sql)")
    return unsafe String(cString: sqlite3_column_name(pointer, Int32(column)))
  }

  public func columnType(_ column: Int) -> ColumnType {
    switch unsafe sqlite3_column_type(pointer, Int32(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  public func isNull(_ column: Int) -> Bool { columnType(column) == .null }

  public func int(_ column: Int) -> Int {
    unsafe Int(sqlite3_column_int64(pointer, Int32(column)))
  }

  public func double(_ column: Int) -> Double {
    unsafe sqlite3_column_double(pointer, Int32(column))
  }

  public func text(_ column: Int) -> String {
    unsafe withTextBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  public func blob(_ column: Int) -> [UInt8] {
    unsafe withBlobBytes(column) { unsafe Array($0) }
  }

  public func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

  public func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

  public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  public func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

  /// The UTF-8 bytes without a copy, only for the duration of `body`.
  public func withTextBytes<R>(
    _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    let start = unsafe sqlite3_column_text(pointer, Int32(column))
    let count = unsafe Int(sqlite3_column_bytes(pointer, Int32(column)))
    return try unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  /// The bytes without a copy, only for the duration of `body`.
  public func withBlobBytes<R>(
    _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    let start = unsafe sqlite3_column_blob(pointer, Int32(column))
    let count = unsafe Int(sqlite3_column_bytes(pointer, Int32(column)))
    return try unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }
}
