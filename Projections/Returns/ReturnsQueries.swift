// What the returns answer, each by one of their indexes.

public import EventSourcing
public import Events
public import SQLite

/// A return as it stands.
public struct ReturnRow: Sendable, Hashable {
  public var returnID: String
  public var position: Int
  public var caseID: String
  public var orderID: String
  public var customerID: String
  public var status: String
  public var channel: String
  public var returnMethod: String
  public var currency: String
  public var policyID: String
  public var policyVersion: Int
  public var policySHA256: String
  public var isAutoApproved: Bool
  /// Minor units of ``currency``, as all amounts here.
  public var estimatedAmount: Int
  public var finalAmount: Int?
  public var amount: Int
  /// `not_due`, `refund` or `store_credit`.
  public var money: String
  public var resolution: String?
  public var refundID: String?
  public var refundStatus: String?
  public var refundAmount: Int?
  public var requestedAt: String
  public var submittedBy: String
  public var processedBy: String?
  public var expiresAt: String?
  public var carrier: String?
  public var trackingNumber: String?
  public var note: String?
  public var updatedAt: String
}

/// A line of a return as it stands.
public struct ReturnLineRow: Sendable, Hashable {
  public var lineID: String
  public var title: String
  public var variantTitle: String?
  public var sku: String?
  public var quantity: Int
  /// Minor units of the return's currency.
  public var unitPrice: Int
  public var reason: String
  public var description: String?
  public var condition: String?
  /// The pictures as a JSON array.
  public var photos: String
  /// The policy's rule that matched; none where the default action applied.
  public var ruleID: String?
  /// Basis points.
  public var restockingFee: Int?
  public var reception: String
  public var received: Int
  public var acceptance: String
  public var accepted: Int
  public var disposition: String?
  public var note: String?
}

/// What was requested on one day, in one currency.
public struct ReturnDay: Sendable, Hashable {
  public var day: String
  public var currency: String
  public var count: Int
  /// What it was estimated at, in minor units of ``currency``.
  public var amount: Int
}

extension Returns {
  private static let columns = """
    return_id, position, case_id, order_id, customer_id, status, channel, return_method, currency,
    policy_id, policy_version, policy_sha256, is_auto_approved, estimated_amount, final_amount,
    amount, money, resolution, refund_id, refund_status, refund_amount, requested_at, submitted_by,
    processed_by, expires_at, carrier, tracking_number, note, updated_at
    """

  private static func read(_ row: Statement) -> ReturnRow {
    ReturnRow(
      returnID: row.text(0), position: row.int(1), caseID: row.text(2), orderID: row.text(3),
      customerID: row.text(4), status: row.text(5), channel: row.text(6),
      returnMethod: row.text(7), currency: row.text(8), policyID: row.text(9),
      policyVersion: row.int(10), policySHA256: row.text(11), isAutoApproved: row.int(12) == 1,
      estimatedAmount: row.int(13), finalAmount: row.optionalInt(14), amount: row.int(15),
      money: row.text(16), resolution: row.optionalText(17), refundID: row.optionalText(18),
      refundStatus: row.optionalText(19), refundAmount: row.optionalInt(20),
      requestedAt: row.text(21), submittedBy: row.text(22), processedBy: row.optionalText(23),
      expiresAt: row.optionalText(24), carrier: row.optionalText(25),
      trackingNumber: row.optionalText(26), note: row.optionalText(27), updatedAt: row.text(28))
  }

  public static func `return`(
    _ id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> ReturnRow? {
    try database.row(
      "SELECT \(columns) FROM returns WHERE tenant = ? AND return_id = ?", tenant.rawValue,
      id.rawValue, row: read)
  }

  /// Newest first.
  ///
  /// - Parameters:
  ///   - statuses: only those in one of these; none for all.
  ///   - email: only those of customers whose address begins so.
  ///   - before: only those requested before this position, to get the next page.
  public static func returns(
    tenant: TenantID, statuses: [String] = [], email: String? = nil, before: Int?, limit: Int,
    in database: Database
  ) throws -> [ReturnRow] {
    let before = before ?? Int.max
    if let email = email?.lowercased() {
      let found = try database.rows(
        """
        SELECT \(columns) FROM returns INDEXED BY returns_by_customer
        WHERE tenant = ? AND position < ? AND customer_id IN (
          SELECT customer_id FROM emails WHERE tenant = ? AND email >= ? AND email < ?)
          AND (? = '' OR instr(?, '|' || status || '|'))
        ORDER BY position DESC LIMIT ?
        """, tenant.rawValue, before, tenant.rawValue, email, email + "\u{10FFFF}",
        statuses.joined(), "|" + statuses.joined(separator: "|") + "|", limit, row: read)
      return found
    }
    if statuses.isEmpty {
      return try database.rows(
        """
        SELECT \(columns) FROM returns WHERE tenant = ? AND position < ?
        ORDER BY position DESC LIMIT ?
        """, tenant.rawValue, before, limit, row: read)
    }
    // The newest of each status are the newest of all of them.
    let found = try Set(statuses).flatMap { status in
      try database.rows(
        """
        SELECT \(columns) FROM returns WHERE tenant = ? AND status = ? AND position < ?
        ORDER BY position DESC LIMIT ?
        """, tenant.rawValue, status, before, limit, row: read)
    }
    return Array(found.sorted { $0.position > $1.position }.prefix(limit))
  }

  /// The returns of an order, oldest first.
  public static func returns(
    ofOrder id: OrderID, tenant: TenantID, in database: Database
  ) throws -> [ReturnRow] {
    try database.rows(
      "SELECT \(columns) FROM returns WHERE tenant = ? AND order_id = ? ORDER BY position",
      tenant.rawValue, id.rawValue, row: read)
  }

  /// The returns of a case, oldest first.
  public static func returns(
    ofCase id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [ReturnRow] {
    try database.rows(
      "SELECT \(columns) FROM returns WHERE tenant = ? AND case_id = ? ORDER BY position",
      tenant.rawValue, id.rawValue, row: read)
  }

  public static func lines(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> [ReturnLineRow] {
    try database.rows(
      """
      SELECT line_id, title, variant_title, sku, quantity, unit_price, reason, description,
        condition, photos, rule_id, restocking_fee, reception, received, acceptance, accepted,
        disposition, note
      FROM return_lines WHERE tenant = ? AND return_id = ? ORDER BY number
      """, tenant.rawValue, id.rawValue,
      row: {
        ReturnLineRow(
          lineID: $0.text(0), title: $0.text(1), variantTitle: $0.optionalText(2),
          sku: $0.optionalText(3), quantity: $0.int(4), unitPrice: $0.int(5), reason: $0.text(6),
          description: $0.optionalText(7), condition: $0.optionalText(8), photos: $0.text(9),
          ruleID: $0.optionalText(10), restockingFee: $0.optionalInt(11), reception: $0.text(12),
          received: $0.int(13), acceptance: $0.text(14), accepted: $0.int(15),
          disposition: $0.optionalText(16), note: $0.optionalText(17))
      })
  }

  /// What the customer wrote of the lines, which no list tells.
  public static func customerWords(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> String? {
    try database.row(
      "SELECT customer_words FROM returns WHERE tenant = ? AND return_id = ?", tenant.rawValue,
      id.rawValue, row: { $0.optionalText(0) }) ?? nil
  }

  /// By status and currency; statuses that no return is in are left out.
  public static func totals(tenant: TenantID, in database: Database) throws -> [RefundTotal] {
    try database.rows(
      """
      SELECT status, currency, count, amount FROM return_totals WHERE tenant = ? AND count > 0
      ORDER BY status, currency
      """, tenant.rawValue,
      row: {
        RefundTotal(
          status: $0.text(0), currency: $0.text(1), count: $0.int(2), amount: $0.int(3))
      })
  }

  /// The last days on which returns were requested, newest first.
  public static func days(
    tenant: TenantID, limit: Int, in database: Database
  ) throws -> [ReturnDay] {
    try database.rows(
      """
      SELECT day, currency, count, amount FROM return_days WHERE tenant = ?
      ORDER BY day DESC, currency LIMIT ?
      """, tenant.rawValue, limit,
      row: {
        ReturnDay(day: $0.text(0), currency: $0.text(1), count: $0.int(2), amount: $0.int(3))
      })
  }

  /// What happened to a return, oldest first.
  public static func timeline(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> [TimelineEntry] {
    try database.rows(
      """
      SELECT position, time, type, actor, amount, note FROM return_timeline
      WHERE tenant = ? AND return_id = ? ORDER BY position
      """, tenant.rawValue, id.rawValue,
      row: {
        TimelineEntry(
          position: $0.int(0), time: $0.text(1), type: $0.text(2), actor: $0.text(3),
          amount: $0.optionalInt(4), note: $0.optionalText(5))
      })
  }
}
