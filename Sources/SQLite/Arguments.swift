// Values go into a statement by place. A place that does not exist, or a statement that is still
// being read, is the programmer's mistake.

internal import CSQLite

extension Statement {
  public func bind(_ index: Int, _ value: Int) { bind(index, Int64(value)) }

  public func bind(_ index: Int, _ value: Int64) {
    check(unsafe sqlite3_bind_int64(pointer, Int32(index), value), index)
  }

  public func bind(_ index: Int, _ value: Double) {
    check(unsafe sqlite3_bind_double(pointer, Int32(index), value), index)
  }

  public func bind(_ index: Int, _ value: String) {
    let code = unsafe value.withCString { text in
      unsafe sqlite3_bind_text64(
        pointer, Int32(index), text, UInt64(value.utf8.count), Statement.copying,
        UInt8(SQLITE_UTF8))
    }
    check(code, index)
  }

  public func bind(_ index: Int, _ value: [UInt8]) {
    unsafe value.withUnsafeBytes { unsafe bind(index, $0) }
  }

  /// Copies the bytes as a blob.
  public func bind(_ index: Int, _ value: UnsafeRawBufferPointer) {
    guard let start = value.baseAddress, unsafe !value.isEmpty else {
      // No address would mean NULL.
      return check(unsafe sqlite3_bind_zeroblob(pointer, Int32(index), 0), index)
    }
    let code = unsafe sqlite3_bind_blob64(
      pointer, Int32(index), start, UInt64(value.count), Statement.copying)
    check(code, index)
  }

  public func bindNull(_ index: Int) {
    check(unsafe sqlite3_bind_null(pointer, Int32(index)), index)
  }

  /// `nil` is NULL.
  public func bind(_ index: Int, _ value: Int?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// `nil` is NULL.
  public func bind(_ index: Int, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// `nil` is NULL.
  public func bind(_ index: Int, _ value: Double?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// `nil` is NULL.
  public func bind(_ index: Int, _ value: String?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// `nil` is NULL.
  public func bind(_ index: Int, _ value: [UInt8]?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  private func check(_ code: Int32, _ index: Int) {
    precondition(code == SQLITE_OK, "SQLite error \(code) binding argument \(index) of: \(sql)")
  }

  /// SQLITE_TRANSIENT: SQLite takes a copy before the call returns.
  private static var copying: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
}
