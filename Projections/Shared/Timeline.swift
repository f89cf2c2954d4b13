// The timeline of a case, a refund, a return or a customer: the table, the row type, the query and
// the section of a page. Each read model with a timeline has its own table.

import EventSourcing
import Events
import HTML
public import Projecting
import SQLite

/// One event in the life of a case, a refund or a return.
public struct TimelineRow: Row, TimelineEntry, Hashable {
  public static let table = "timeline"

  public var position: Int
  public var time: String
  public var type: String
  public var actor: String
  /// Minor units of the refund's or return's currency.
  public var amount: Int?
  public var note: String?
}

/// The fields that every entry of a timeline shows.
protocol TimelineEntry {
  var position: Int { get }
  var time: String { get }
  var type: String { get }
  var actor: String { get }
  var note: String? { get }
}

/// The timeline of the rows of one table.
struct Timeline {
  /// The table of the subjects, such as `refunds`.
  var owner: String
  /// The column of the subject's id, such as `refund_id`.
  var id: String

  static let table = """
    CREATE TABLE timeline (
      tenant TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, customer_id TEXT,
      time TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, amount INTEGER, note TEXT,
      PRIMARY KEY (tenant, id, position)
    ) STRICT, WITHOUT ROWID;
    """

  static let indexes = """
    CREATE INDEX timeline_of_customer ON timeline (tenant, customer_id, position);
    """

  /// Adds the current event.
  func note(
    _ id: some Identifier, amount: Int? = nil, _ note: String?, _ row: some RowWriter
  ) throws {
    try row.database.run(
      """
      INSERT INTO timeline VALUES (
        ?1, ?2, ?3, (SELECT customer_id FROM \(owner) WHERE tenant = ?1 AND \(self.id) = ?2),
        ?4, ?5, ?6, ?7, ?8)
      """, row.tenant, id.rawValue, row.position, row.time, row.recorded.event.type,
      row.recorded.actor.rawValue, amount, note)
  }

  /// Oldest first.
  static func rows(
    of id: some Identifier, tenant: TenantID, in database: Database
  ) throws -> [TimelineRow] {
    try database.rows(TimelineRow.self, tenant: tenant, "id", id, by: "position")
  }

  /// - Parameter currency: the currency of the amounts; `nil` if there are none.
  static func section(_ rows: [TimelineRow], currency: String? = nil) -> HTML {
    let amount = currency.map { currency in
      Column<TimelineRow>("Amount", .number) { $0.amount.map { "\(money($0, currency))" } }
    }
    return tableSection(
      "timeline", "Timeline", rows, columns() + [amount].compactMap(\.self) + [detail()])
  }

  static func columns<Entry: TimelineEntry>() -> [Column<Entry>] {
    [
      Column("Position", .number) { "\(grouped($0.position))" },
      Column("Time (UTC)") { Projections.time($0.time) },
      Column("What happened", isHeader: true) { "\(spaced($0.type))" },
      Column("By", .id) { "\($0.actor)" },
    ]
  }

  static func detail<Entry: TimelineEntry>() -> Column<Entry> {
    Column("Detail", .text) { $0.note.map { "\($0)" } }
  }
}
