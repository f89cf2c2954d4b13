// The case board: every support case as it stands, with its messages, its evidence and its
// timeline. It answers a customer's cases by status, and the cases of an order. What must hold:
// every event of a case has its line in the timeline, and of an erased person nothing personal is
// left.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every support case as it stands, with all that happened in it.
public enum CaseBoard: Projector {
  public static let name = "CaseBoard"
  public static let version = 8
  public static let eventTypes = Suspensions.eventTypes.union([
    "CaseOpened", "CaseAssigned", "CaseStatusChanged", "CaseSeverityChanged",
    "CaseRefundRequested", "CaseReturnRequested", "StoreCreditGranted", "CaseResolved",
    "CaseReopened", "CaseClosed",
    "CaseHoldApplied", "CaseHoldEnded", "ChargebackOpened", "ChargebackRepresented",
    "ChargebackEnded", "MessagePosted", "EvidenceAttached", "ContentHidden", "ContentRestored",
    "DepositCaptured", "CaseWatcherAdded", "CaseWatcherRemoved", "SlaClocksStarted",
    "SlaClocksPaused", "SlaClocksResumed", "SlaRetargeted", "SlaFirstResponseMet", "SlaBreached",
    "LegalHoldPlaced", "LegalHoldReleased", "SubjectErased",
  ])

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    if case .privacy(.subjectErased(let event)) = recorded.event {
      return try erase(event.subjectID, of: recorded.tenant, in: database)
    }
    guard let line = TimelineLine(recorded.event) else {
      return try Suspensions.apply(recorded, to: database)
    }
    let row = CaseEvent(recorded: recorded, caseID: line.caseID, database: database)
    switch recorded.event {
    case .supportCase(.caseOpened(let event)): try row.insert(event)
    case .supportCase(.caseAssigned(let event)): try row.set("owner", event.owner.rawValue)
    case .supportCase(.caseStatusChanged(let event)): try row.set("status", event.to.rawValue)
    case .supportCase(.caseSeverityChanged(let event)): try row.set("severity", event.to.rawValue)
    case .supportCase(.caseResolved(let event)): try row.set("status", event.resolution.rawValue)
    case .supportCase(.caseReopened): try row.set("status", CaseStatus.investigating.rawValue)
    case .supportCase(.caseClosed):
      try row.set("status", CaseStatus.closed.rawValue)
      try row.set("closed_at", row.time)
    case .supportCase(.messagePosted(let event)): try row.insert(event)
    case .supportCase(.evidenceAttached(let event)): try row.insert(event)
    case .supportCase(.caseWatcherAdded(let event)):
      try database.run(
        "INSERT INTO watchers VALUES (?, ?, ?)", row.tenant, row.caseID.rawValue,
        event.agentID.rawValue)
    case .supportCase(.caseWatcherRemoved(let event)):
      try database.run(
        "DELETE FROM watchers WHERE tenant = ? AND case_id = ? AND agent_id = ?", row.tenant,
        row.caseID.rawValue, event.agentID.rawValue)
    default: break
    }
    try CaseTargets(recorded: recorded, caseID: line.caseID, database: database).apply()
    try row.note(line.note)
  }

  private static func erase(
    _ subject: SubjectID, of tenant: TenantID, in database: Database
  ) throws {
    let cases = "(SELECT case_id FROM cases WHERE tenant = ?2 AND customer_id = ?3)"
    for statement in [
      """
      UPDATE cases SET description = ?1
      WHERE tenant = ?2 AND customer_id = ?3 AND description IS NOT NULL
      """,
      "UPDATE messages SET body = ?1 WHERE tenant = ?2 AND case_id IN \(cases)",
      """
      UPDATE evidence SET description = ?1
      WHERE tenant = ?2 AND case_id IN \(cases) AND description IS NOT NULL
      """,
    ] {
      try database.run(statement, PersonalText.erased, tenant.rawValue, subject.rawValue)
    }
  }
}

/// One event of a case, and the rows it changes.
private struct CaseEvent {
  var recorded: RecordedEvent
  var caseID: CaseID
  var database: Database

  var tenant: String { recorded.tenant.rawValue }
  var time: String { recorded.time.description }
  var position: Int { Int(recorded.position.value) }

  func set(_ column: String, _ value: String) throws {
    try database.run(
      "UPDATE cases SET \(column) = ? WHERE tenant = ? AND case_id = ?", value, tenant,
      caseID.rawValue)
  }

  func note(_ note: String?) throws {
    // A case that is opened was inserted with it.
    if recorded.event.type != CaseOpened.typeName { try set("updated_at", time) }
    try database.run(
      "INSERT INTO case_timeline VALUES (?, ?, ?, ?, ?, ?, ?)", tenant, caseID.rawValue, position,
      time, recorded.event.type, recorded.actor.rawValue, note)
  }

  func insert(_ event: CaseOpened) throws {
    try database.run(
      """
      INSERT INTO cases (tenant, case_id, position, customer_id, order_id, title, description, type,
        subtype, severity, status, reason_code, lbg_id, leg_id, studio_id, creator_id, payout_id,
        opened_at, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant, caseID.rawValue, position, event.customerID.rawValue, event.orderID?.rawValue,
      event.title, event.description, event.type.rawValue, event.subtype, event.severity.rawValue,
      event.reasonCode, event.lbgID?.rawValue, event.legID?.rawValue, event.studioID?.rawValue,
      event.creatorID?.rawValue, event.payoutID?.rawValue, time, time)
  }

  func insert(_ event: MessagePosted) throws {
    try database.run(
      "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", tenant, caseID.rawValue, position,
      event.messageID.rawValue, event.authorRole.rawValue, event.author.rawValue, event.body,
      event.postedAt.description)
    // M1: the first message of an agent.
    guard event.authorRole == .agent else { return }
    try database.run(
      """
      UPDATE cases SET first_response_at = coalesce(first_response_at, ?)
      WHERE tenant = ? AND case_id = ?
      """, event.postedAt.description, tenant, caseID.rawValue)
  }

  func insert(_ event: EvidenceAttached) throws {
    try database.run(
      "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant, caseID.rawValue,
      position, event.evidenceKey.rawValue, event.sha256.rawValue, event.bytes,
      event.mime.rawValue, event.description, event.messageID?.rawValue,
      event.returnID?.rawValue, event.lineID?.rawValue)
  }
}
