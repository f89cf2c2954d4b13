// How a row of a read model differs between two points of the history, and the events that did it.

public import EventSourcing
import Events
public import JSON

/// A row that two points of the history have differently.
public struct RowChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case inserted, updated, deleted
  }

  /// One value that differs.
  public struct Column: Sendable, Hashable {
    public var name: String
    /// `nil` in a row that was inserted.
    public var before: JSONValue?
    /// `nil` in a row that was deleted.
    public var after: JSONValue?
  }

  public var readModel: String
  public var table: String
  public var kind: Kind
  /// The columns of the primary key with their values, in the key's order.
  public var key: [JSONValue.Member]
  /// Those that differ, in the table's order; of an inserted or a deleted row all but the key.
  public var columns: [Column]
  /// Every event that changed the row between the two points, in their order.
  public var events: [CausingEvent]
}

/// An event that changed a row.
public struct CausingEvent: Sendable, Hashable {
  public var tenant: TenantID
  public var position: Position
  public var type: String
  public var actor: Actor
  /// When it happened.
  public var time: Timestamp

  init(_ header: EventHeader) {
    tenant = header.tenant
    position = header.position
    type = header.type
    actor = header.actor
    time = header.time
  }
}
