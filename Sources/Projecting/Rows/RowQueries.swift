// Queries by row type.

public import EventSourcing
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
    return try rows(type, of: statement)
  }

  /// The first row that a clause selects; `nil` where there is none.
  public func row<R: Row, each Value: SQLiteValue>(
    _ type: R.Type, _ clause: String, _ values: repeat each Value
  ) throws -> R? {
    try rows(type, clause, repeat each values).first
  }
}

// MARK: What an id names

extension Database {
  /// The row with an id; `nil` where the tenant has none.
  ///
  /// - Parameter column: the column of the id.
  public func row<R: Row>(
    _ type: R.Type, tenant: TenantID, _ column: String, _ id: some Identifier
  ) throws -> R? {
    try row(type, "WHERE tenant = ? AND \(column) = ?", tenant.rawValue, id.rawValue)
  }

  /// The rows with an id.
  ///
  /// - Parameters:
  ///   - column: the column of the id.
  ///   - order: the columns that they are in the order of.
  public func rows<R: Row>(
    _ type: R.Type, tenant: TenantID, _ column: String, _ id: some Identifier, by order: String
  ) throws -> [R] {
    try rows(
      type, "WHERE tenant = ? AND \(column) = ? ORDER BY \(order)", tenant.rawValue, id.rawValue)
  }
}

// MARK: Lists, newest first

/// A row with the position of the event that it began with.
public protocol Positioned: Row {
  var position: Int { get }
}

/// One page of a list, newest first.
public struct RowSlice<R: Positioned>: Sendable {
  public var rows: [R]
  /// The position that the next page is before; `nil` on the last page.
  public var next: Int?

  /// - Parameter rows: one more than the limit, if there are more.
  public init(_ rows: [R], limit: Int) {
    self.rows = Array(rows.prefix(limit))
    next = rows.count > limit ? self.rows.last?.position : nil
  }
}

extension Database {
  /// One page of the rows of a tenant, newest first.
  ///
  /// - Parameters:
  ///   - filter: columns with the value that they must have; those without a value do not count.
  ///   - before: only rows before this position.
  public func newest<R: Positioned>(
    _ type: R.Type, tenant: String, _ filter: KeyValuePairs<String, String?> = [:], before: Int?,
    limit: Int
  ) throws -> RowSlice<R> {
    let given = filter.compactMap { column, value in value.map { (column, $0) } }
    let conditions = given.map { " AND \($0.0) = ?" }.joined()
    let columns = RowColumns.of(type)
    let statement = try prepare(
      """
      SELECT \(columns.selection) WHERE tenant = ? AND position < ?\(conditions)
      ORDER BY position DESC LIMIT ?
      """, tenant, before ?? Int.max)
    defer { statement.reset() }
    for (index, value) in given.enumerated() { statement.bind(index + 3, value.1) }
    statement.bind(given.count + 3, limit + 1)
    return RowSlice(try rows(type, of: statement), limit: limit)
  }

  func rows<R: Row>(_ type: R.Type, of statement: Statement) throws -> [R] {
    let decoder = RowDecoder(statement: statement, columns: RowColumns.of(type))
    var rows: [R] = []
    while try statement.step() { rows.append(try R(from: decoder)) }
    return rows
  }
}
