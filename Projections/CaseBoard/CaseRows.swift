// The rows of the case board and their queries; each query has an index.

public import EventSourcing
public import Events
public import Projecting
public import Routing
public import SQLite

/// The current state of a support case.
public struct CaseRow: Positioned, Hashable {
  public static let table = "cases"
  public static let expressions = [
    "slaFirstResponseAt": "first_response_at",
    "slaFirstResponseDueAt": due("first_response"),
    "slaDueAt": due("resolution"),
  ]

  private static func due(_ target: String) -> String {
    """
    (SELECT due_at FROM targets t
      WHERE t.tenant = cases.tenant AND t.case_id = cases.case_id AND t.target = '\(target)')
    """
  }

  public var caseID: String
  public var status: String
  public var severity: String
  public var type: String
  public var subtype: String?
  public var title: String
  public var customerID: String
  public var orderID: String?
  public var owner: String?
  public var reasonCode: String?
  /// The marketplace's ids of the parts of a booking.
  public var lbgID: String?
  public var legID: String?
  public var studioID: String?
  public var creatorID: String?
  public var payoutID: String?
  public var openedAt: String
  public var updatedAt: String
  /// When an agent first wrote (M1).
  public var slaFirstResponseAt: String?
  /// The due time of the first-response target; `nil` if there is none and while its clock is
  /// paused.
  public var slaFirstResponseDueAt: String?
  public var slaDueAt: String?
  public var closedAt: String?
  public var position: Int
  public var revision: Int
}

/// A message of a case.
public struct MessageRow: Row, Hashable {
  public static let table = "messages"
  public static let shapes = ["attachments": JSONShape.list(.type("Attachment"))]

  public var messageID: String
  public var authorRole: String
  public var author: String
  /// The Markdown source; pages render it safely.
  public var body: String
  public var postedAt: String
  /// The evidence that the message names.
  public var attachments: JSONText
  public var position: Int
}

/// A piece of evidence of a case.
public struct EvidenceRow: Row, Hashable {
  public static let table = "evidence"

  public var evidenceKey: String
  public var sha256: String
  public var bytes: Int
  public var mime: String
  public var description: String?
  public var messageID: String?
  public var returnID: String?
  public var lineID: String?
  public var position: Int
}

/// A target of a case.
public struct TargetRow: Row, Hashable {
  public static let table = "targets JOIN cases USING (tenant, case_id)"
  public static let expressions = ["severity": "targets.severity"]

  public var caseID: String
  public var target: String
  /// open, met or breached.
  public var state: String
  /// The due time; `nil` while the case's clocks are paused.
  public var dueAt: String?
  public var severity: String
  /// In business hours.
  public var minutes: Int
  public var calendarID: String
  public var calendarVersion: Int
  public var title: String
  public var status: String
  public var owner: String?
}

extension CaseBoard {
  public static func supportCase(
    _ id: CaseID, tenant: TenantID, in database: Database
  ) throws -> CaseRow? {
    try database.row(CaseRow.self, tenant: tenant, "case_id", id)
  }

  /// The tenant's cases, newest first, optionally of a customer, of an order or in a status.
  public static func cases(
    tenant: TenantID, customer: CustomerID? = nil, order: OrderID? = nil,
    status: CaseStatus? = nil, before: Int?, limit: Int, in database: Database
  ) throws -> RowSlice<CaseRow> {
    try database.newest(
      CaseRow.self, tenant: tenant.rawValue,
      [
        "customer_id": customer?.rawValue, "order_id": order?.rawValue, "status": status?.rawValue,
      ], before: before, limit: limit)
  }

  /// The requester's description, in Markdown; lists do not show it.
  public static func description(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> String? {
    try database.text(
      "SELECT description FROM cases WHERE tenant = ? AND case_id = ?", tenant.rawValue,
      id.rawValue)
  }

  /// The agents that follow a case.
  static func watchers(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [String] {
    try database.texts(
      "SELECT agent_id FROM watchers WHERE tenant = ? AND case_id = ? ORDER BY agent_id",
      tenant.rawValue, id.rawValue)
  }

  /// Oldest first.
  public static func messages(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [MessageRow] {
    try database.rows(MessageRow.self, tenant: tenant, "case_id", id, by: "position")
  }

  /// In the order of recording.
  public static func evidence(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [EvidenceRow] {
    try database.rows(EvidenceRow.self, tenant: tenant, "case_id", id, by: "position")
  }

  /// The targets of a case; none if its tenant had none when the case was opened.
  public static func targets(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [TargetRow] {
    try database.rows(TargetRow.self, tenant: tenant, "case_id", id, by: "target")
  }

  /// Targets of active cases, the earliest due time first.
  ///
  /// - Parameters:
  ///   - isBreached: missed targets instead of open ones.
  ///   - after: only targets due after this instant, for the next page.
  public static func targetsAtRisk(
    tenant: TenantID, isBreached: Bool, after: Timestamp?, limit: Int, in database: Database
  ) throws -> [TargetRow] {
    try database.rows(
      TargetRow.self,
      """
      WHERE tenant = ? AND state = ? AND is_worked_on = 1 AND due_at > ?
      ORDER BY due_at, case_id, target LIMIT ?
      """, tenant.rawValue, isBreached ? "breached" : "open", after?.description ?? "", limit)
  }
}
