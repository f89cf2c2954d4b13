// A read model is a projector, its tables and its queries, in one folder of `Projections/`. The
// projector turns events into rows and gets nothing but the event and the database: no clock, no
// network, no file. So the same history always gives the same rows, which the digest proves.
//
// A projector that keeps personal texts takes SubjectErased too, and sets those of that person that
// are not NULL to PersonalText.erased: just what a rebuild finds once the key is gone.

public import Events
public import SQLite

/// Turns events into the rows of one read model.
public protocol Projector: Sendable {
  /// What the read model and its file are called.
  static var name: String { get }

  /// Changes whenever the tables or what is written into them change.
  static var version: Int { get }

  /// The statements that create the tables and indexes.
  static var schema: String { get }

  /// The event types it looks at; all others pass it by.
  static var eventTypes: Set<String> { get }

  /// Changes rows for one event; called once for each event, in the order of the log.
  static func apply(_ event: RecordedEvent, to database: Database) throws
}
