// Lookups have a connection of their own, so that they never wait for a transaction that writes.

internal import EventSourcing
internal import SQLite

/// One connection for looking things up; one thread at a time.
final class IndexReader {
  private let database: Database

  init(path: String) throws(SQLiteError) {
    database = try Database(path: path, mode: .readOnly)
    try database.execute("PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -16384")
  }

  func positions(of stream: StreamName, in tenant: TenantID) throws(SQLiteError) -> [Position] {
    let select = try database.prepare(
      """
      SELECT position FROM tenant JOIN stream ON stream.tenant = tenant.id
      JOIN event ON event.stream = stream.id
      WHERE tenant.name = ? AND stream.name = ? ORDER BY revision
      """)
    select.bind(1, tenant.rawValue)
    select.bind(2, stream.rawValue)
    var positions: [Position] = []
    while try select.step() { positions.append(Position(UInt64(select.int(0)))) }
    return positions
  }

  func outcome(of command: CommandID, in tenant: TenantID) throws(SQLiteError) -> CommandOutcome? {
    let select = try database.prepare(
      """
      SELECT position, events FROM tenant JOIN command ON command.tenant = tenant.id
      WHERE tenant.name = ? AND command.id = ?
      """)
    select.bind(1, tenant.rawValue)
    select.bind(2, command.rawValue)
    guard try select.step() else { return nil }
    defer { select.reset() }
    return CommandOutcome(
      firstPosition: Position(UInt64(select.int(0))), eventCount: select.int(1))
  }
}
