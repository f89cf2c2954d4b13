// The SQL that traces one table, made of its columns. Keys and rows are JSON arrays of their
// values, so that equal rows are equal texts; JSON has no bytes, so a blob is its hexadecimal
// digits.

import SQLite

/// A table with the columns of its key.
struct TracedTable {
  var name: String
  var columns: [String]
  /// `rowid` where the table has no primary key.
  var key: [String]

  /// All tables but the runtime's own, in order of their names.
  static func all(in database: Database) throws -> [TracedTable] {
    try database.contentTables().map { name in
      let columns = try database.texts("SELECT name FROM pragma_table_info(?) ORDER BY cid", name)
      let key = try database.primaryKey(of: name)
      return TracedTable(name: name, columns: columns, key: key.isEmpty ? ["rowid"] : key)
    }
  }

  /// One trigger for each kind of change.
  var triggers: String {
    let isChanged = columns.map { "OLD.\"\($0)\" IS NOT NEW.\"\($0)\"" }.joined(separator: " OR ")
    return """
      CREATE TEMP TRIGGER "trace_insert_\(name)" AFTER INSERT ON main."\(name)" BEGIN
        \(note("NEW", before: "NULL")) END;
      CREATE TEMP TRIGGER "trace_delete_\(name)" AFTER DELETE ON main."\(name)" BEGIN
        \(note("OLD", before: array(columns, of: "OLD"))) END;
      CREATE TEMP TRIGGER "trace_update_\(name)" AFTER UPDATE ON main."\(name)"
      WHEN \(isChanged) BEGIN
        \(note("OLD", before: array(columns, of: "OLD")))
        \(note("NEW", before: "NULL")) END;
      """
  }

  /// The key of each row that differs, as it was before and as it is.
  var differences: String {
    let isRow = key.enumerated().map { index, column in
      "\"\(name)\".\"\(column)\" = json_extract(trace_before.key, '$[\(index)]')"
    }
    let order = key.indices.map { "json_extract(key, '$[\($0)]')" }.joined(separator: ", ")
    return """
      SELECT key, line, after FROM (
        SELECT key, line, (
          SELECT \(array(columns, of: "\"\(name)\"")) FROM main."\(name)"
          WHERE \(isRow.joined(separator: " AND "))) AS after
        FROM trace_before WHERE name = '\(name)')
      WHERE line IS NOT after ORDER BY \(order)
      """
  }

  /// Keeps what the row was before its first change, and that the event changed it.
  private func note(_ row: String, before: String) -> String {
    let key = array(self.key, of: row)
    let event = "(SELECT number FROM trace_event)"
    return """
      INSERT INTO trace_before SELECT '\(name)', \(key), \(before)
      WHERE NOT EXISTS (SELECT 1 FROM trace_before WHERE name = '\(name)' AND key = \(key));
      INSERT INTO trace_cause SELECT '\(name)', \(key), \(event)
      WHERE NOT EXISTS (
        SELECT 1 FROM trace_cause WHERE name = '\(name)' AND key = \(key) AND event = \(event));
      """
  }

  private func array(_ columns: [String], of row: String) -> String {
    let values = columns.map { column in
      let value = "\(row).\"\(column)\""
      return "iif(typeof(\(value)) = 'blob', hex(\(value)), \(value))"
    }
    return "json_array(\(values.joined(separator: ", ")))"
  }
}
