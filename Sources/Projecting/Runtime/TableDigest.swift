// What a read model says, in 32 bytes: every table in order of its name, every row in order of its
// primary key, every value with its type. Two read models with the same digest answer every query
// alike.

import Cryptography
public import SQLite

extension Database {
  /// The SHA-256 over all rows of all tables but the runtime's own, in hexadecimal.
  ///
  /// Rows have the bytes of `Statement.appendRow(to:)`.
  public func contentDigest() throws(SQLiteError) -> String { try contentDigest { _ in nil } }

  /// - Parameter onTable: gives what gets the bytes of the stored columns of each row of a table;
  ///   `nil` for a table that is only summed up.
  func contentDigest(
    onTable: (_ table: String) -> ((_ row: UnsafeRawBufferPointer) -> Void)?
  ) throws(SQLiteError) -> String {
    let tables = try contentTables()
    let hash = SHA256()
    var buffer: [UInt8] = []
    var row: [UInt8] = []
    for table in tables {
      buffer.append(value: table, type: "T")
      let onRow = onTable(table)
      let stored = onRow == nil ? [] : try storedColumns(of: table)
      let key = try primaryKey(of: table)
      let order = key.isEmpty ? "rowid" : key.map { "\"\($0)\"" }.joined(separator: ", ")
      let statement = try prepare("SELECT * FROM \"\(table)\" ORDER BY \(order)")
      let isWhole = stored.count == statement.columnCount
      while try statement.step() {
        buffer.append(UInt8(ascii: "\n"))
        let start = buffer.count
        statement.appendRow(to: &buffer)
        if isWhole {
          buffer.withUnsafeBytes { onRow?(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        } else if onRow != nil {
          for column in stored { statement.append(column, to: &row) }
          row.withUnsafeBytes { onRow?($0) }
          row.removeAll(keepingCapacity: true)
        }
        if buffer.count > 1 << 16 {
          hash.update(buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
    }
    hash.update(buffer)
    return hash.finish().description
  }

  /// All tables but the runtime's own and SQLite's, in order of their names.
  func contentTables() throws(SQLiteError) -> [String] {
    try texts(
      """
      SELECT name FROM main.sqlite_schema
      WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'
      ORDER BY name
      """)
  }

  /// The places of the columns that the file holds, among those of a `SELECT *`.
  func storedColumns(of table: String) throws(SQLiteError) -> [Int] {
    let hidden = try texts(
      "SELECT hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", table)
    return hidden.indices.filter { hidden[$0] != "2" }
  }

  /// The columns of a table's primary key in its order; empty where it has none.
  func primaryKey(of table: String) throws(SQLiteError) -> [String] {
    try texts("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table)
  }
}
