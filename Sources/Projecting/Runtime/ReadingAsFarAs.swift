// Reads that must not miss an event. What must hold: how far the file is and what it says are read
// together, so that an older file, or one of another history, never answers for a newer one.

public import EventSourcing
public import SQLite

extension ProjectionRuntime {
  /// Reads from a read model whose file has an event.
  ///
  /// - Returns: `nil` where the file that was read does not have it.
  public func read<R>(
    _ model: any ReadModel.Type, asFarAs position: Position, of tenant: TenantID,
    _ body: (Database) throws -> R
  ) throws -> R? {
    try read(model) { database in
      let next = try database.int(
        "SELECT next_position FROM _positions WHERE tenant = ?", tenant.rawValue)
      guard let next, position < Position(UInt64(next)) else { return nil }
      return try body(database)
    }
  }
}
