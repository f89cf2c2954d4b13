// The rows of the returns and their queries; each query has an index.

public import EventSourcing
public import Events
import JSON
public import Projecting
public import Routing
public import SQLite

/// The current state of a return; amounts are minor units of its currency.
public struct ReturnRow: Positioned, Hashable {
  /// The policy that the return was requested under (P1, P2).
  public struct PolicySnapshot: Codable, Hashable, Sendable {
    public var policyID: String
    public var version: Int
    public var sha256: String
    public var autoApprove: Bool
  }

  public static let table = "returns"
  public static let expressions = [
    "policySnapshot.policyID": "policy_id", "policySnapshot.version": "policy_version",
    "policySnapshot.sha256": "policy_sha256", "policySnapshot.autoApprove": "is_auto_approved",
    "estimatedRefund": "estimated_amount", "finalRefund": "final_amount",
  ]

  public var returnID: String
  public var status: String
  public var caseID: String
  public var orderID: String
  public var customerID: String
  public var channel: String
  public var returnMethod: String
  public var policySnapshot: PolicySnapshot
  public var currency: String
  public var estimatedRefund: Int
  public var finalRefund: Int?
  /// The current amount; `nil` once the return is completed and its refund was denied.
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
  public var position: Int
  public var revision: Int
}

/// The current state of a line of a return.
public struct ReturnLineRow: Row, Hashable {
  public struct Reason: Codable, Hashable, Sendable {
    public var code: String
    public var description: String?
  }

  public static let table = "return_lines"
  public static let expressions = ["reason.code": "reason", "reason.description": "description"]
  public static let shapes = ["photos": JSONShape.list(.type("ReturnPhoto"))]

  public var lineID: String
  public var title: String
  public var variantTitle: String?
  public var sku: String?
  public var quantity: Int
  /// Minor units of the return's currency.
  public var unitPrice: Int
  public var reason: Reason
  public var condition: String?
  public var photos: JSONText
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

/// The returns requested on one day in one currency.
public struct ReturnDayRow: Row, Hashable {
  public static let table = "return_days"

  public var day: String
  public var currency: String
  public var count: Int
  /// The estimated amount, in minor units of ``currency``.
  public var amount: Int
}

extension Returns {
  public static func `return`(
    _ id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> ReturnRow? {
    try database.row(ReturnRow.self, tenant: tenant, "return_id", id)
  }

  /// Newest first.
  ///
  /// - Parameters:
  ///   - statuses: only returns in these statuses; empty for all.
  ///   - email: only returns of customers whose address begins with this text.
  ///   - before: only returns requested before this position, for the next page.
  public static func returns(
    tenant: TenantID, statuses: [String] = [], email: String? = nil, before: Int?, limit: Int,
    in database: Database
  ) throws -> RowSlice<ReturnRow> {
    if let email = email?.lowercased() {
      let found = try database.rows(
        ReturnRow.self,
        """
        INDEXED BY returns_by_customer
        WHERE tenant = ?1 AND position < ?2 AND customer_id IN (
          SELECT customer_id FROM emails WHERE tenant = ?1 AND email >= ?3 AND email < ?4)
          AND (?5 = '||' OR instr(?5, '|' || status || '|'))
        ORDER BY position DESC LIMIT ?6
        """, tenant.rawValue, before ?? Int.max, email, email + "\u{10FFFF}",
        "|\(statuses.joined(separator: "|"))|", limit + 1)
      return RowSlice(found, limit: limit)
    }
    // The newest returns of all statuses are among the newest of each status.
    let wanted: [String?] = statuses.isEmpty ? [nil] : Array(Set(statuses))
    let found = try wanted.flatMap { status in
      try database.newest(
        ReturnRow.self, tenant: tenant.rawValue, ["status": status], before: before,
        limit: limit + 1
      ).rows
    }
    let newest = found.sorted { $0.position > $1.position }
    return RowSlice(Array(newest.prefix(limit + 1)), limit: limit)
  }

  /// The returns of an order, oldest first.
  static func returns(
    ofOrder id: OrderID, tenant: TenantID, in database: Database
  ) throws -> [ReturnRow] {
    try database.rows(ReturnRow.self, tenant: tenant, "order_id", id, by: "position")
  }

  public static func lines(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> [ReturnLineRow] {
    try database.rows(ReturnLineRow.self, tenant: tenant, "return_id", id, by: "number")
  }

  /// The customer's words about the lines; lists do not show them.
  static func customerWords(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> String? {
    try database.text(
      "SELECT customer_words FROM returns WHERE tenant = ? AND return_id = ?", tenant.rawValue,
      id.rawValue)
  }

  /// The last days on which returns were requested, newest first.
  static func days(
    tenant: TenantID, limit: Int, in database: Database
  ) throws -> [ReturnDayRow] {
    try database.rows(
      ReturnDayRow.self, "WHERE tenant = ? ORDER BY day DESC, currency LIMIT ?", tenant.rawValue,
      limit)
  }
}
