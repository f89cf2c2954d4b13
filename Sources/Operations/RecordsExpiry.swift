// Removes records that have expired, also those that expired while no service ran: the file has the
// times, and a run removes all that are due.

public import EventSourcing
import SQLite

extension OperationalRecords {
  /// Removes every record whose time is over.
  ///
  /// - Returns: how many of each kind were removed; nothing for the others.
  @discardableResult
  public func expire(at now: Timestamp) throws -> [RecordKind: Int] {
    let removed = try transaction { database in
      var removed: [RecordKind: Int] = [:]
      for kind in RecordKind.allCases {
        try database.run(
          "DELETE FROM \(kind.rawValue) WHERE expires_at <= ?", now.description)
        if database.changes > 0 { removed[kind] = database.changes }
      }
      return removed
    }
    if !removed.isEmpty { try forgetDeleted() }
    return removed
  }
}

extension RecordKind {
  /// When a record that is written now expires.
  func expiry(from now: Timestamp) -> Timestamp {
    Timestamp(microseconds: now.microseconds + lifeSeconds * 1_000_000)
  }
}
