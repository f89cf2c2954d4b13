// Callers that send `expectedRevision` read it here: the revision of a stream's last event, also of
// events that the read model does not look at otherwise.

import EventSourcing
import SQLite

/// A table whose rows stand for streams of one kind: a column `revision` follows the stream.
public struct StreamTable: Sendable {
  /// What the streams' names begin with, such as `refund` of `refund/srf_8Q2`.
  public var kind: String
  public var table: String
  /// The column of the stream's id; `nil` where a tenant has one such stream.
  public var id: String?

  public init(_ kind: String, table: String, id: String? = nil) {
    self.kind = kind
    self.table = table
    self.id = id
  }

  func owns(_ stream: StreamName) -> Bool {
    let name = stream.rawValue.utf8
    guard name.starts(with: kind.utf8) else { return false }
    let next = name.dropFirst(kind.utf8.count).first
    return id == nil ? next == nil : next == UInt8(ascii: "/")
  }

  func write(
    _ revision: Revision, of stream: StreamName, _ tenant: TenantID, to database: Database
  ) throws {
    let revision = Int(revision.value)
    guard let id else {
      return try database.run(
        "UPDATE \(table) SET revision = ? WHERE tenant = ?", revision, tenant.rawValue)
    }
    try database.run(
      "UPDATE \(table) SET revision = ? WHERE tenant = ? AND \(id) = ?", revision,
      tenant.rawValue, String(stream.rawValue.utf8.dropFirst(kind.utf8.count + 1)))
  }
}
