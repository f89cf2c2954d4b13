// A writer of things that have a status: one row each, with the time of its last change.

import EventSourcing
import Projecting
import SQLite

protocol StatusWriter: RowWriter {
  /// It has the columns `tenant`, `status` and `updated_at`.
  static var table: String { get }
  /// The column of the id.
  static var key: String { get }
}

extension StatusWriter {
  /// Changes columns of one row.
  ///
  /// - Parameter assignments: what SQL sets, with a `?` for each value.
  func update<each Value: SQLiteValue>(
    _ id: some Identifier, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      """
      UPDATE \(Self.table) SET \(assignments), updated_at = ?
      WHERE tenant = ? AND \(Self.key) = ?
      """, repeat each values, time, tenant, id.rawValue)
  }

  /// Changes the status and other columns of one row.
  func move<each Value: SQLiteValue>(
    _ id: some Identifier, to status: String, _ assignments: String, _ values: repeat each Value
  ) throws {
    try update(id, "\(assignments), status = ?", repeat each values, status)
  }
}
