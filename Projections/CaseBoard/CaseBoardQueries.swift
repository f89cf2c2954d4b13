// What the case board answers, each by one of its indexes.

public import EventSourcing
public import Events
public import SQLite

/// A support case as it stands.
public struct CaseRow: Sendable, Hashable {
  public var caseID: String
  public var position: Int
  public var customerID: String
  public var orderID: String?
  public var title: String
  public var type: String
  public var subtype: String?
  public var severity: String
  public var status: String
  public var owner: String?
  public var reasonCode: String?
  /// The names by which a marketplace knows what the case is about.
  public var marketplace: MarketplaceNames
  public var openedAt: String
  public var updatedAt: String
  /// When an agent first wrote (M1).
  public var firstResponseAt: String?
  public var closedAt: String?
  /// When the target of a first answer runs out or ran out; `nil` also while its clock stands
  /// still.
  public var firstResponseDueAt: String?
  public var resolutionDueAt: String?
}

/// What a marketplace calls the parts of a booking.
public struct MarketplaceNames: Sendable, Hashable {
  public var lbgID: String?
  public var legID: String?
  public var studioID: String?
  public var creatorID: String?
  public var payoutID: String?
}

extension CaseBoard {
  private static let columns = """
    case_id, position, customer_id, order_id, title, type, subtype, severity, status, owner,
    reason_code, opened_at, updated_at, first_response_at, closed_at, lbg_id, leg_id, studio_id,
    creator_id, payout_id,
    (SELECT due_at FROM targets t WHERE t.tenant = cases.tenant AND t.case_id = cases.case_id
      AND t.target = 'first_response'),
    (SELECT due_at FROM targets t WHERE t.tenant = cases.tenant AND t.case_id = cases.case_id
      AND t.target = 'resolution')
    """

  private static func read(_ row: Statement) -> CaseRow {
    CaseRow(
      caseID: row.text(0), position: row.int(1), customerID: row.text(2),
      orderID: row.optionalText(3), title: row.text(4), type: row.text(5),
      subtype: row.optionalText(6), severity: row.text(7), status: row.text(8),
      owner: row.optionalText(9), reasonCode: row.optionalText(10),
      marketplace: MarketplaceNames(
        lbgID: row.optionalText(15), legID: row.optionalText(16), studioID: row.optionalText(17),
        creatorID: row.optionalText(18), payoutID: row.optionalText(19)),
      openedAt: row.text(11), updatedAt: row.text(12), firstResponseAt: row.optionalText(13),
      closedAt: row.optionalText(14), firstResponseDueAt: row.optionalText(20),
      resolutionDueAt: row.optionalText(21))
  }

  public static func supportCase(
    _ id: CaseID, tenant: TenantID, in database: Database
  ) throws -> CaseRow? {
    try database.row(
      "SELECT \(columns) FROM cases WHERE tenant = ? AND case_id = ?", tenant.rawValue,
      id.rawValue, row: read)
  }

  /// Newest first.
  ///
  /// - Parameters:
  ///   - filter: only these; all of the tenant's when empty.
  ///   - before: only those opened before this position, to get the next page.
  public static func cases(
    tenant: TenantID, _ filter: CaseFilter, before: Int?, limit: Int, in database: Database
  ) throws -> [CaseRow] {
    var conditions = "tenant = ?"
    var values: [String] = [tenant.rawValue]
    for (column, value) in [
      ("customer_id", filter.customerID?.rawValue), ("order_id", filter.orderID?.rawValue),
      ("status", filter.status?.rawValue),
    ] {
      guard let value else { continue }
      conditions += " AND \(column) = ?"
      values.append(value)
    }
    let statement = try database.prepare(
      "SELECT \(columns) FROM cases WHERE \(conditions) AND position < ? "
        + "ORDER BY position DESC LIMIT ?")
    defer { statement.reset() }
    for (index, value) in values.enumerated() { statement.bind(index + 1, value) }
    statement.bind(values.count + 1, before ?? Int.max)
    statement.bind(values.count + 2, limit)
    var rows: [CaseRow] = []
    while try statement.step() { rows.append(read(statement)) }
    return rows
  }

  /// What was written of a case when it was opened, in Markdown, which no list tells.
  public static func description(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> String? {
    try database.row(
      "SELECT description FROM cases WHERE tenant = ? AND case_id = ?", tenant.rawValue,
      id.rawValue, row: { $0.optionalText(0) }) ?? nil
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

  /// Who follows a case.
  public static func watchers(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [String] {
    try database.rows(
      "SELECT agent_id FROM watchers WHERE tenant = ? AND case_id = ? ORDER BY agent_id",
      tenant.rawValue, id.rawValue, row: { $0.text(0) })
  }
}

/// Which cases somebody asks for.
public struct CaseFilter: Sendable, Hashable {
  public var customerID: CustomerID?
  public var orderID: OrderID?
  public var status: CaseStatus?

  public init(
    customerID: CustomerID? = nil, orderID: OrderID? = nil, status: CaseStatus? = nil
  ) {
    self.customerID = customerID
    self.orderID = orderID
    self.status = status
  }
}
