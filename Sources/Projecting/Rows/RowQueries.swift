// Queries by row type.

public import SQLite

extension Database {
  /// The rows that a clause selects.
  ///
  /// - Parameters:
  ///   - clause: what follows the table: `WHERE`, `ORDER BY`, `LIMIT`.
  ///   - values: its arguments, in order.
  public func rows<R: Row, each Value: SQLiteValue>(
    _ type: R.Type, _ clause: String, _ values: repeat each Value
  ) throws -> [R] {
    let columns = RowColumns.of(type)
    let statement = try prepare("SELECT \(columns.selection) \(clause)", repeat each values)
    defer { statement.reset() }
    let decoder = RowDecoder(statement: statement, columns: columns)
    var rows: [R] = []
    while try statement.step() { rows.append(try R(from: decoder)) }
    return rows
  }

  /// The first row that a clause selects; `nil` where there is none.
  public func row<R: Row, each Value: SQLiteValue>(
    _ type: R.Type, _ clause: String, _ values: repeat each Value
  ) throws -> R? {
    try rows(type, clause, repeat each values).first
  }
}
