// Notes which event changes which row, by temporary triggers on every table. What must hold:
//
// - The first time that a row is changed, its values from before are kept; what it has at the end
//   is in its table. So a row that was changed and changed back differs in nothing.
// - REPLACE deletes the row that is in its way, and only recursive triggers see that. A statement's
//   conflict clause overrides that of its triggers, so the triggers have none.

import JSON
import SQLite

/// The row changes of one database from some moment on.
final class RowTrace {
  private let database: Database
  private let tables: [TracedTable]
  private var events: [CausingEvent] = []

  init(of database: Database) throws {
    self.database = database
    tables = try TracedTable.all(in: database)
    try database.execute(
      """
      PRAGMA recursive_triggers = ON;
      CREATE TEMP TABLE trace_event (number INTEGER NOT NULL);
      INSERT INTO trace_event VALUES (0);
      CREATE TEMP TABLE trace_before (
        name TEXT NOT NULL, key TEXT NOT NULL, line TEXT, PRIMARY KEY (name, key)
      ) WITHOUT ROWID;
      CREATE TEMP TABLE trace_cause (
        name TEXT NOT NULL, key TEXT NOT NULL, event INTEGER NOT NULL,
        PRIMARY KEY (name, key, event)
      ) WITHOUT ROWID;
      """)
    for table in tables { try database.execute(table.triggers) }
  }

  /// The next changes are those of this event.
  func begin(_ event: CausingEvent) throws {
    events.append(event)
    try database.run("UPDATE trace_event SET number = ?", events.count - 1)
  }

  /// Calls `body` with each row that differs from before, by table and key.
  func forEachChange(of readModel: String, _ body: (RowChange) throws -> Void) throws {
    for table in tables {
      let lines = try database.rows(table.differences) {
        (key: $0.text(0), before: $0.optionalText(1), after: $0.optionalText(2))
      }
      for line in lines {
        let causes = try database.rows(
          "SELECT event FROM trace_cause WHERE name = ? AND key = ? ORDER BY event", table.name,
          line.key, row: { $0.int(0) })
        try body(
          RowChange(
            of: readModel, table, key: line.key, before: line.before, after: line.after,
            events: causes.map { events[$0] }))
      }
    }
  }
}

extension RowChange {
  /// - Parameters:
  ///   - key: the key's values, as a JSON array.
  ///   - before: the row's values, as a JSON array; `nil` where there was no row.
  ///   - after: the same of now.
  fileprivate init(
    of readModel: String, _ table: TracedTable, key: String, before: String?, after: String?,
    events: [CausingEvent]
  ) throws {
    func values(_ text: String?) throws -> [JSONValue]? {
      try text.flatMap { try JSONValue(parsing: Array($0.utf8)).elements }
    }
    let (old, new) = (try values(before), try values(after))
    kind = old == nil ? .inserted : new == nil ? .deleted : .updated
    self.readModel = readModel
    self.table = table.name
    self.key = zip(table.key, try values(key) ?? []).map { JSONValue.Member($0, $1) }
    columns = table.columns.enumerated().compactMap { index, name in
      let column = Column(name: name, before: old?[index], after: new?[index])
      return table.key.contains(name) || column.before == column.after ? nil : column
    }
    self.events = events
  }
}
