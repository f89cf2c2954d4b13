// The rows of the case board, and the questions that they answer, each by an index.

public import EventSourcing
public import Events
public import Projecting
public import SQLite

/// A support case as it stands.
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
  /// What a marketplace calls the parts of a booking.
  public var lbgID: String?
  public var legID: String?
  public var studioID: String?
  public var creatorID: String?
  public var payoutID: String?
  public var openedAt: String
  public var updatedAt: String
  /// When an agent first wrote (M1).
  public var slaFirstResponseAt: String?
  /// When the target of a first answer runs out or ran out; `nil` also while its clock stands
  /// still.
  public var slaFirstResponseDueAt: String?
  public var slaDueAt: String?
  public var closedAt: String?
  public var position: Int
  public var revision: Int
}

/// A message of a case.
public struct MessageRow: Row, Hashable {
  public static let table = "messages"

  public var messageID: String
  public var authorRole: String
  public var author: String
  /// Markdown as it was sent; pages render it safely.
  public var body: String
  public var postedAt: String
  /// The evidence that the message names.
  public var attachments: JSONText
  public var position: Int
}

/// A piece of evidence on a case's record.
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
  /// When it runs out or ran out; `nil` while the case's clocks stand still.
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
    try database.row(CaseRow.self, "WHERE tenant = ? AND case_id = ?", tenant.rawValue, id.rawValue)
  }

  /// Newest first: all of the tenant's, or those of a customer, of an order, or in a status.
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

  /// What the requester wrote when the case was opened, in Markdown; no list shows it.
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
    try database.rows(MessageRow.self, ofCase, tenant.rawValue, id.rawValue)
  }

  /// In the order in which it came on record.
  public static func evidence(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [EvidenceRow] {
    try database.rows(EvidenceRow.self, ofCase, tenant.rawValue, id.rawValue)
  }

  private static let ofCase = "WHERE tenant = ? AND case_id = ? ORDER BY position"

  /// The targets of a case; none where its tenant had none when it was opened.
  public static func targets(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [TargetRow] {
    try database.rows(
      TargetRow.self, "WHERE tenant = ? AND case_id = ? ORDER BY target", tenant.rawValue,
      id.rawValue)
  }

  /// Targets of cases that are worked on: those that run out next, or those that did longest ago.
  ///
  /// - Parameters:
  ///   - isBreached: those that were missed, instead of those that still can be.
  ///   - after: only those due after this instant, to get the next page.
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
