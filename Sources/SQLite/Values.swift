// A statement and its arguments in one call, without an array in between.

/// What can be an argument of a statement.
public protocol SQLiteValue {
  func bind(to statement: Statement, at index: Int)
}

extension Int: SQLiteValue {
  public func bind(to statement: Statement, at index: Int) { statement.bind(index, self) }
}

extension String: SQLiteValue {
  public func bind(to statement: Statement, at index: Int) { statement.bind(index, self) }
}

extension [UInt8]: SQLiteValue {
  public func bind(to statement: Statement, at index: Int) { statement.bind(index, self) }
}

extension Optional: SQLiteValue where Wrapped: SQLiteValue {
  public func bind(to statement: Statement, at index: Int) {
    if let self { self.bind(to: statement, at: index) } else { statement.bindNull(index) }
  }
}

extension Database {
  /// The statement for this text with its arguments, in order.
  @inlinable
  public func prepare<each Value: SQLiteValue>(
    _ sql: String, _ values: repeat each Value
  ) throws(SQLiteError) -> Statement {
    let statement = try prepare(sql)
    var index = 1
    for value in repeat each values {
      value.bind(to: statement, at: index)
      index += 1
    }
    return statement
  }

  /// Runs a statement that returns no rows.
  ///
  /// - Parameter values: its arguments, in order.
  @inlinable
  public func run<each Value: SQLiteValue>(
    _ sql: String, _ values: repeat each Value
  ) throws(SQLiteError) {
    try prepare(sql, repeat each values).run()
  }

  /// Runs a query and hands over its rows, one after another.
  ///
  /// - Parameter values: its arguments, in order.
  @inlinable
  public func rows<each Value: SQLiteValue, Row>(
    _ sql: String, _ values: repeat each Value, row: (Statement) -> Row
  ) throws(SQLiteError) -> [Row] {
    let statement = try prepare(sql, repeat each values)
    var rows: [Row] = []
    while try statement.step() { rows.append(row(statement)) }
    return rows
  }

  /// Runs a query for its first row; `nil` where there is none.
  @inlinable
  public func row<each Value: SQLiteValue, Row>(
    _ sql: String, _ values: repeat each Value, row: (Statement) -> Row
  ) throws(SQLiteError) -> Row? {
    try rows(sql, repeat each values, row: row).first
  }

  /// The first column of all rows, as text.
  @inlinable
  public func texts<each Value: SQLiteValue>(
    _ sql: String, _ values: repeat each Value
  ) throws(SQLiteError) -> [String] {
    try rows(sql, repeat each values) { $0.text(0) }
  }

  /// The first column of the first row, as text; `nil` for NULL, and where there is no row.
  @inlinable
  public func text<each Value: SQLiteValue>(
    _ sql: String, _ values: repeat each Value
  ) throws(SQLiteError) -> String? {
    try row(sql, repeat each values) { $0.optionalText(0) } ?? nil
  }

  /// The first column of the first row, as integer; `nil` for NULL, and where there is no row.
  @inlinable
  public func int<each Value: SQLiteValue>(
    _ sql: String, _ values: repeat each Value
  ) throws(SQLiteError) -> Int? {
    try row(sql, repeat each values) { $0.optionalInt(0) } ?? nil
  }
}
