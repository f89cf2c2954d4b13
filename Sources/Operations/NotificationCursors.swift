// How far notices have been delivered. It is kept apart from the read model of the notices, which
// can be rebuilt at any time.
//
// - What was in the log before delivery began, in this data folder, is never delivered: neither an
//   old history that is served for the first time with notifications, nor a restored backup, sends
//   years of mail.
// - A cursor moves on only after everything before it was handed over. A crash in between leads to
//   messages that are handed over again, which the notifier knows by their names.

public import EventSourcing
import SQLite

extension OperationalRecords {
  /// Begins delivery with what happens from here on; does nothing where it has begun.
  ///
  /// - Parameter ends: by tenant, where the history ends now.
  public func beginNotifications(after ends: () throws -> [TenantID: Position]) throws {
    let hasBegun = try transaction { database in
      try database.row("SELECT begun FROM notifications_begun", row: { _ in true }) ?? false
    }
    if hasBegun { return }
    let ends = try ends()
    try transaction { database in
      try Self.move(ends, in: database)
      try database.execute("INSERT OR IGNORE INTO notifications_begun VALUES (1)")
    }
  }

  /// By tenant, the first event whose notices are not delivered; a tenant that is not here has its
  /// first event.
  public func notificationCursors() throws -> [TenantID: Position] {
    try transaction { database in
      let rows = try database.rows(
        "SELECT tenant, next_position FROM notification_cursors",
        row: { (TenantID(unchecked: $0.text(0)), Position(UInt64($0.int(1)))) })
      return Dictionary(uniqueKeysWithValues: rows)
    }
  }

  /// Moves the cursors of some tenants behind what was delivered.
  public func moveNotificationCursors(to next: [TenantID: Position]) throws {
    try transaction { try Self.move(next, in: $0) }
  }

  private static func move(_ next: [TenantID: Position], in database: Database) throws {
    for (tenant, position) in next {
      try database.run(
        "INSERT OR REPLACE INTO notification_cursors VALUES (?, ?)", tenant.rawValue,
        Int(position.value))
    }
  }
}
