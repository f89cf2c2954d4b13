// Callers that send `expectedRevision` read it here: the revision of a stream's last event, also of
// events that the read model does not look at otherwise.

import EventSourcing
import SQLite

/// A table whose rows stand for streams of one kind: a column `revision` follows the stream.
public struct StreamTable: Sendable {
  /// What the streams' names begin with, such as `refund` of `refund/srf_8Q2`.
  public var kind: String
  public var table: String
  /// The column of the stream's id.
  public var id: String

  public init(_ kind: String, table: String, id: String) {
    self.kind = kind
    self.table = table
    self.id = id
  }

  func owns(_ stream: StreamName) -> Bool {
    let name = stream.rawValue.utf8
    return name.starts(with: kind.utf8) && name.dropFirst(kind.utf8.count).first == 0x2F
  }

  func write(
    _ revision: Revision, of stream: StreamName, _ tenant: TenantID, to database: Database
  ) throws {
    try database.run(
      "UPDATE \(table) SET revision = ? WHERE tenant = ? AND \(id) = ?", Int(revision.value),
      tenant.rawValue, String(stream.rawValue.dropFirst(kind.count + 1)))
  }
}
