// A read model is one folder of `Projections/`: tables, handlers by event type, row types, queries,
// routes and pages, and one line in the list of all read models. What must hold:
//
// - A handler is pure. It gets the event and the database: no clock, no network, no file. The same
//   history always gives the same rows, which the digest proves.
// - A read model that keeps personal texts handles SubjectErased, too, and sets those of that person
//   that are not NULL to PersonalText.erased: just what a rebuild finds once the key is gone.

public import Events
public import Routing
public import SQLite

/// What events make of the rows of one SQLite file, and how these rows are read.
///
/// ```swift
/// enum Greetings: ReadModel {
///   static let name = "Greetings"
///   static let version = 1
///   static let tables = """
///     CREATE TABLE greetings (
///       tenant TEXT NOT NULL, case_id TEXT NOT NULL, title TEXT NOT NULL,
///       PRIMARY KEY (tenant, case_id)
///     ) STRICT, WITHOUT ROWID;
///     """
///   static let handlers = Handlers {
///     on(CaseOpened.self) { event, row in
///       try row.database.run(
///         "INSERT INTO greetings VALUES (?, ?, ?)", row.tenant, event.caseID.rawValue, event.title)
///     }
///   }
/// }
/// ```
public protocol ReadModel: Sendable {
  /// The name of the read model and of its file.
  static var name: String { get }

  /// Changes whenever the tables, or what is written into them, change.
  static var version: Int { get }

  /// The statements that create the tables, and the indexes that handlers need.
  static var tables: String { get }

  /// The statements that create the indexes that only queries need; a rebuild makes them last.
  static var indexes: String { get }

  /// The tables that have one row for each stream of a kind, with the stream's revision in it.
  static var streams: [StreamTable] { get }

  /// What each event type changes; events of other types pass the read model by.
  static var handlers: Handlers { get }

  /// Its endpoints and pages.
  ///
  /// - Parameter models: where the routes read their rows.
  static func routes(_ models: any ReadModelReader) -> [Route]
}

/// Reads rows of read models.
public protocol ReadModelReader: Sendable {
  /// Reads from one snapshot of a read model.
  ///
  /// - Throws: what `body` throws, and SQLiteError for a file that cannot be read.
  func read<R>(_ model: any ReadModel.Type, _ body: (Database) throws -> R) throws -> R
}

extension ReadModel {
  public static var indexes: String { "" }

  public static var streams: [StreamTable] { [] }

  public static func routes(_ models: any ReadModelReader) -> [Route] { [] }

  /// The types of the events that it looks at.
  public static var eventTypes: Set<String> { handlers.eventTypes }

  /// Everything that a new file needs.
  public static var schema: String { tables + "\n" + indexes }

  /// Changes the rows for one event; for events in the order of the log, each once.
  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    try handlers.apply(recorded, to: database)
    for table in streams where table.owns(recorded.stream) {
      try table.write(recorded.revision, of: recorded.stream, recorded.tenant, to: database)
    }
  }
}
