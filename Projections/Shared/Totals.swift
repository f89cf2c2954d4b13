// The numbers and amounts of refunds or returns by status. Triggers maintain the sums, so that no
// handler can miss them.

import EventSourcing
import HTML
public import Projecting
import SQLite

/// The total of one status in one currency.
public struct TotalRow: Row, Hashable {
  public static let table = "totals"

  public var status: String
  public var currency: String
  public var count: Int
  /// Minor units of ``currency``.
  public var amount: Int
}

enum Totals {
  /// The table and its triggers.
  ///
  /// - Parameters:
  ///   - rows: the table of the rows to sum up.
  ///   - columns: the columns that determine status and amount.
  static func table(of rows: String, following columns: String) -> String {
    let add = """
      INSERT INTO totals VALUES (NEW.tenant, NEW.status, NEW.currency, 1, NEW.amount)
        ON CONFLICT DO UPDATE SET count = count + 1, amount = amount + NEW.amount;
      """
    return """
      CREATE TABLE totals (
        tenant TEXT NOT NULL, status TEXT NOT NULL, currency TEXT NOT NULL,
        count INTEGER NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (tenant, status, currency)
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER row_added AFTER INSERT ON \(rows) BEGIN \(add) END;
      CREATE TRIGGER row_changed AFTER UPDATE OF \(columns) ON \(rows) BEGIN
        UPDATE totals SET count = count - 1, amount = amount - OLD.amount
          WHERE tenant = OLD.tenant AND status = OLD.status AND currency = OLD.currency;
        \(add)
      END;
      """
  }

  /// The totals by status and currency, without empty statuses.
  static func rows(tenant: TenantID, in database: Database) throws -> [TotalRow] {
    try database.rows(
      TotalRow.self, "WHERE tenant = ? AND count > 0 ORDER BY status, currency", tenant.rawValue)
  }

  /// The first section of an overview; each status links to its rows.
  ///
  /// - Parameters:
  ///   - statuses: all of them, in the order of a life.
  ///   - noun: the name of a row, such as `Refund`.
  static func section(_ totals: [TotalRow], by statuses: [String], of noun: String) -> HTML {
    let sorted = totals.sorted {
      (statuses.firstIndex(of: $0.status) ?? 0, $0.currency)
        < (statuses.firstIndex(of: $1.status) ?? 0, $1.currency)
    }
    return tableSection(
      "totals", "By status", sorted,
      [
        Column("Status", isHeader: true) {
          "<a href=\"?status=\($0.status)#all\">\(statusBadge($0.status))</a>"
        },
        Column("\(noun)s", .number) { "\(grouped($0.count))" },
        Column("Amount", .number) { "\(money($0.amount, $0.currency))" },
      ], none: "No \(noun.lowercased()) was requested yet.")
  }
}
