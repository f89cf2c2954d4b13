// What the case board answers.

public import EventSourcing
public import Events
public import SQLite

/// A support case as it stands.
public struct CaseRow: Sendable, Hashable {
  public var caseID: String
  public var customerID: String
  public var orderID: String?
  public var title: String
  public var type: String
  public var subtype: String?
  public var severity: String
  public var status: String
  public var owner: String?
  public var reasonCode: String?
  public var openedAt: String
  public var updatedAt: String
  public var closedAt: String?
}

extension CaseBoard {
  public static func supportCase(
    _ id: CaseID, tenant: TenantID, in database: Database
  ) throws -> CaseRow? {
    try database.row(
      """
      SELECT case_id, customer_id, order_id, title, type, subtype, severity, status, owner,
        reason_code, opened_at, updated_at, closed_at
      FROM cases WHERE tenant = ? AND case_id = ?
      """, tenant.rawValue, id.rawValue,
      row: {
        CaseRow(
          caseID: $0.text(0), customerID: $0.text(1), orderID: $0.optionalText(2),
          title: $0.text(3), type: $0.text(4), subtype: $0.optionalText(5), severity: $0.text(6),
          status: $0.text(7), owner: $0.optionalText(8), reasonCode: $0.optionalText(9),
          openedAt: $0.text(10), updatedAt: $0.text(11), closedAt: $0.optionalText(12))
      })
  }

  /// What happened in a case, oldest first.
  public static func timeline(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [TimelineEntry] {
    try database.rows(
      """
      SELECT position, time, type, actor, note FROM case_timeline
      WHERE tenant = ? AND case_id = ? ORDER BY position
      """, tenant.rawValue, id.rawValue,
      row: {
        TimelineEntry(
          position: $0.int(0), time: $0.text(1), type: $0.text(2), actor: $0.text(3),
          amount: nil, note: $0.optionalText(4))
      })
  }
}
