// What a read model says, in 32 bytes: every table in order of its name, every row in order of its
// primary key, every value with its type. Two read models with the same digest answer every query
// alike.

import Cryptography
public import SQLite

extension Database {
  /// The SHA-256 over all rows of all tables but the runtime's own, in hexadecimal.
  ///
  /// Each value is one type byte (`n`, `i`, `r`, `t`, `b`) and, but for `n`, its length as eight
  /// little-endian bytes and its bytes; integers and reals are written as text.
  public func contentDigest() throws(SQLiteError) -> String {
    let tables = try contentTables()
    let hash = SHA256()
    var buffer: [UInt8] = []
    for table in tables {
      buffer.append(value: table, type: "T")
      let key = try primaryKey(of: table)
      let order = key.isEmpty ? "rowid" : key.map { "\"\($0)\"" }.joined(separator: ", ")
      let statement = try prepare("SELECT * FROM \"\(table)\" ORDER BY \(order)")
      while try statement.step() {
        buffer.append(UInt8(ascii: "\n"))
        for column in 0..<statement.columnCount {
          switch statement.columnType(column) {
          case .null: buffer.append(UInt8(ascii: "n"))
          case .integer: buffer.append(value: String(statement.int(column)), type: "i")
          case .real: buffer.append(value: String(statement.double(column)), type: "r")
          case .text: buffer.append(value: statement.text(column), type: "t")
          case .blob: buffer.append(bytes: statement.blob(column), type: "b")
          }
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

  /// The columns of a table's primary key in its order; empty where it has none.
  func primaryKey(of table: String) throws(SQLiteError) -> [String] {
    try texts("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table)
  }
}

extension [UInt8] {
  fileprivate mutating func append(value: String, type: Unicode.Scalar) {
    append(bytes: value.utf8, type: type)
  }

  fileprivate mutating func append(bytes: some Collection<UInt8>, type: Unicode.Scalar) {
    append(UInt8(ascii: type))
    let count = UInt64(bytes.count)
    for shift in 0..<8 { append(UInt8(truncatingIfNeeded: count >> (8 * UInt64(shift)))) }
    append(contentsOf: bytes)
  }
}
