// Applies one event to the case board.

import EventSourcing
import Events
import Projecting
import SQLite

struct CaseWriter: RowWriter {
  var recorded: RecordedEvent
  var database: Database

  private static let timeline = Timeline(owner: "cases", id: "case_id")

  func set(_ column: String, _ value: String, of id: CaseID) throws {
    try database.run(
      "UPDATE cases SET \(column) = ? WHERE tenant = ? AND case_id = ?", value, tenant, id.rawValue)
  }

  func set(_ column: String, _ value: String, of id: CaseID, note: String?) throws {
    try set(column, value, of: id)
    try self.note(id, note)
  }

  /// Every event of a case after the first changes its time of update.
  func note(_ id: CaseID, _ note: String?) throws {
    try set("updated_at", time, of: id)
    try Self.timeline.note(id, note, self)
  }

  func insert(_ event: CaseOpened) throws {
    try database.run(
      """
      INSERT INTO cases (tenant, case_id, position, customer_id, order_id, title, description, type,
        subtype, severity, status, reason_code, lbg_id, leg_id, studio_id, creator_id, payout_id,
        opened_at, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant, event.caseID.rawValue, position, event.customerID.rawValue,
      event.orderID?.rawValue, event.title, event.description, event.type.rawValue, event.subtype,
      event.severity.rawValue, event.reasonCode, event.lbgID?.rawValue, event.legID?.rawValue,
      event.studioID?.rawValue, event.creatorID?.rawValue, event.payoutID?.rawValue, time, time)
    try Self.timeline.note(event.caseID, event.title, self)
  }

  // MARK: The record

  func insert(_ event: MessagePosted) throws {
    try database.run(
      "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant, event.caseID.rawValue,
      position, event.messageID.rawValue, event.authorRole.rawValue, event.author.rawValue,
      event.body, event.postedAt.description, jsonArray(event.attachments))
    // M1: the first message of an agent.
    if event.authorRole == .agent {
      try database.run(
        """
        UPDATE cases SET first_response_at = coalesce(first_response_at, ?)
        WHERE tenant = ? AND case_id = ?
        """, event.postedAt.description, tenant, event.caseID.rawValue)
    }
    try note(event.caseID, "\(event.author) as \(event.authorRole.rawValue)")
  }

  func insert(_ event: EvidenceAttached) throws {
    try database.run(
      "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant,
      event.caseID.rawValue, position, event.evidenceKey.rawValue, event.sha256.rawValue,
      event.bytes, event.mime.rawValue, event.description, event.messageID?.rawValue,
      event.returnID?.rawValue, event.lineID?.rawValue)
    try note(
      event.caseID, "\(event.evidenceKey): \(grouped(event.bytes)) bytes of \(event.mime)")
  }

  func add(_ event: CaseWatcherAdded) throws {
    try database.run(
      "INSERT INTO watchers VALUES (?, ?, ?)", tenant, event.caseID.rawValue,
      event.agentID.rawValue)
    try note(event.caseID, event.agentID.rawValue)
  }

  func remove(_ event: CaseWatcherRemoved) throws {
    try database.run(
      "DELETE FROM watchers WHERE tenant = ? AND case_id = ? AND agent_id = ?", tenant,
      event.caseID.rawValue, event.agentID.rawValue)
    try note(event.caseID, event.agentID.rawValue)
  }

  func erase(_ subject: SubjectID) throws {
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
      try database.run(statement, PersonalText.erased, tenant, subject.rawValue)
    }
  }

  // MARK: Targets

  func start(_ event: SlaClocksStarted) throws {
    func begin(_ target: SlaTargetKind, _ minutes: Int, _ dueAt: Timestamp) throws {
      try database.run(
        "INSERT INTO targets VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, 1)", tenant,
        event.caseID.rawValue, target.rawValue, event.severity.rawValue, minutes,
        event.calendarID.rawValue, event.calendarVersion, dueAt.description, position)
    }
    try begin(.firstResponse, event.firstResponseMinutes, event.firstResponseDueAt)
    try begin(.resolution, event.resolutionMinutes, event.resolutionDueAt)
    try note(
      event.caseID,
      "\(CaseBoard.due(event.firstResponseDueAt, event.resolutionDueAt)); calendar "
        + "\(event.calendarID) version \(event.calendarVersion)")
  }

  func setDue(_ id: CaseID, firstResponse: Timestamp?, resolution: Timestamp?) throws {
    let due = [(SlaTargetKind.firstResponse, firstResponse), (.resolution, resolution)]
    for (target, dueAt) in due {
      try updateOpen(target, of: id, "due_at = ?, cause = ?", dueAt?.description, position)
    }
  }

  func retarget(_ event: SlaRetargeted) throws {
    for (target, minutes) in [
      (SlaTargetKind.firstResponse, event.firstResponseMinutes),
      (.resolution, event.resolutionMinutes),
    ] {
      try updateOpen(
        target, of: event.caseID, "severity = ?, minutes = ?", event.severity.rawValue, minutes)
    }
    try setDue(
      event.caseID, firstResponse: event.firstResponseDueAt, resolution: event.resolutionDueAt)
    let due = CaseBoard.due(event.firstResponseDueAt, event.resolutionDueAt)
    try note(event.caseID, "\(event.severity.rawValue): \(due)")
  }

  private func updateOpen<each Value: SQLiteValue>(
    _ target: SlaTargetKind, of id: CaseID, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      """
      UPDATE targets SET \(assignments)
      WHERE tenant = ? AND case_id = ? AND target = ? AND state = 'open'
      """, repeat each values, tenant, id.rawValue, target.rawValue)
  }

  func end(_ target: SlaTargetKind, of id: CaseID, _ state: String, _ dueAt: Timestamp?) throws {
    try database.run(
      "UPDATE targets SET state = ?, due_at = ? WHERE tenant = ? AND case_id = ? AND target = ?",
      state, dueAt?.description, tenant, id.rawValue, target.rawValue)
  }

  func setWorkedOn(_ isWorkedOn: Bool, _ id: CaseID) throws {
    try database.run(
      "UPDATE targets SET is_worked_on = ? WHERE tenant = ? AND case_id = ?", isWorkedOn ? 1 : 0,
      tenant, id.rawValue)
  }
}
