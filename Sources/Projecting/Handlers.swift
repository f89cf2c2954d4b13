// What a read model does for each type of event. The set of types that it looks at is what it has
// handlers for.

public import EventSourcing
public import Events
public import SQLite

/// The handlers of a read model, by event type.
///
/// ```swift
/// static let handlers = Handlers(RefundWriter.self) {
///   on(RefundRequested.self) { event, row in try row.insert(event) }
///   on(RefundDenied.self) { event, row in try row.move(event.refundID, to: "denied") }
/// }
/// ```
public struct Handlers: Sendable {
  typealias Apply = @Sendable (any EventData, RecordedEvent, Database) throws -> Void

  private let byType: [String: Apply]

  /// Handlers that get a writer of the read model's own, which holds what they share.
  public init<Writer: RowWriter>(
    _ writer: Writer.Type, @HandlersBuilder<Writer> _ handlers: () -> [Handler<Writer>]
  ) {
    byType = Dictionary(handlers().map { ($0.type, $0.apply) }) { first, second in
      { data, recorded, database in
        try first(data, recorded, database)
        try second(data, recorded, database)
      }
    }
  }

  /// Handlers that need no writer of their own.
  public init(@HandlersBuilder<PlainWriter> _ handlers: () -> [Handler<PlainWriter>]) {
    self.init(PlainWriter.self, handlers)
  }

  public var eventTypes: Set<String> { Set(byType.keys) }

  /// Nothing for an event type that has no handler.
  public func apply(_ recorded: RecordedEvent, to database: Database) throws {
    try self[recorded.event.type]?(recorded.event.data, recorded, database)
  }

  subscript(type: String) -> Apply? { byType[type] }
}

/// What one event type changes.
public struct Handler<Writer: RowWriter>: Sendable {
  let type: String
  let apply: Handlers.Apply
}

/// A handler for one event type; several for the same type run one after another.
///
/// - Parameter body: changes rows for one event.
public func on<Data: EventData, Writer: RowWriter>(
  _ type: Data.Type, _ body: @escaping @Sendable (_ event: Data, _ row: Writer) throws -> Void
) -> Handler<Writer> {
  Handler(type: Data.typeName) { data, recorded, database in
    guard let event = data as? Data else {
      preconditionFailure("an event \(recorded.event.type) holds no \(Data.self)")
    }
    try body(event, Writer(recorded: recorded, database: database))
  }
}

/// Writes the rows that one event changes.
public protocol RowWriter: SendableMetatype {
  var recorded: RecordedEvent { get }
  var database: Database { get }

  init(recorded: RecordedEvent, database: Database)
}

extension RowWriter {
  public var tenant: String { recorded.tenant.rawValue }
  public var position: Int { Int(recorded.position.value) }
  /// When the event happened.
  public var time: String { recorded.time.description }
}

/// A writer of things that have a status: one row each, with the time of its last change.
public protocol StatusWriter: RowWriter {
  /// It has the columns `tenant`, `status` and `updated_at`.
  static var table: String { get }
  /// The column of the id.
  static var key: String { get }
}

extension StatusWriter {
  /// Changes columns of one row.
  ///
  /// - Parameter assignments: what SQL sets, with a `?` for each value.
  public func update<each Value: SQLiteValue>(
    _ id: some Identifier, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      """
      UPDATE \(Self.table) SET \(assignments), updated_at = ?
      WHERE tenant = ? AND \(Self.key) = ?
      """, repeat each values, time, tenant, id.rawValue)
  }

  /// Changes the status and other columns of one row.
  public func move<each Value: SQLiteValue>(
    _ id: some Identifier, to status: String, _ assignments: String,
    _ values: repeat each Value
  ) throws {
    try update(id, "\(assignments), status = ?", repeat each values, status)
  }
}

/// The writer of a read model whose handlers share nothing.
public struct PlainWriter: RowWriter {
  public var recorded: RecordedEvent
  public var database: Database

  public init(recorded: RecordedEvent, database: Database) {
    self.recorded = recorded
    self.database = database
  }
}

/// Lets handlers stand one after another.
@resultBuilder
public enum HandlersBuilder<Writer: RowWriter> {
  public static func buildExpression(_ handler: Handler<Writer>) -> [Handler<Writer>] { [handler] }

  public static func buildExpression(_ handlers: [Handler<Writer>]) -> [Handler<Writer>] {
    handlers
  }

  public static func buildBlock(_ handlers: [Handler<Writer>]...) -> [Handler<Writer>] {
    handlers.flatMap(\.self)
  }
}
