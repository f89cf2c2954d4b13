// How the cases stand to their targets: what is open and when it runs out, what was met, what was
// missed.

public import EventSourcing
public import Events
public import SQLite

/// The targets of one case, as one event changes them.
struct CaseTargets {
  var recorded: RecordedEvent
  var caseID: CaseID
  var database: Database

  private var tenant: String { recorded.tenant.rawValue }
  private var position: Int { Int(recorded.position.value) }

  func apply() throws {
    switch recorded.event {
    case .slaClocksStarted(let event):
      try begin(.firstResponse, event, event.firstResponseMinutes, event.firstResponseDueAt)
      try begin(.resolution, event, event.resolutionMinutes, event.resolutionDueAt)
    case .slaClocksPaused:
      try setDue(.firstResponse, nil)
      try setDue(.resolution, nil)
    case .slaClocksResumed(let event):
      try setDue(.firstResponse, event.firstResponseDueAt)
      try setDue(.resolution, event.resolutionDueAt)
    case .slaRetargeted(let event):
      try retarget(.firstResponse, event, event.firstResponseMinutes, event.firstResponseDueAt)
      try retarget(.resolution, event, event.resolutionMinutes, event.resolutionDueAt)
    case .slaFirstResponseMet(let event): try end(.firstResponse, "met", event.dueAt)
    case .slaBreached(let event): try end(event.targetKind, "breached", event.dueAt)
    case .caseResolved, .caseClosed: try setWorkedOn(false)
    case .caseReopened: try setWorkedOn(true)
    default: break
    }
  }

  private func begin(
    _ target: SlaTargetKind, _ event: SlaClocksStarted, _ minutes: Int, _ dueAt: Timestamp
  ) throws {
    try database.run(
      "INSERT INTO targets VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, 1)", tenant,
      caseID.rawValue, target.rawValue, event.severity.rawValue, minutes,
      event.calendarID.rawValue, event.calendarVersion, dueAt.description, position)
  }

  private func setDue(_ target: SlaTargetKind, _ dueAt: Timestamp?) throws {
    try database.run(
      """
      UPDATE targets SET due_at = ?, cause = ?
      WHERE tenant = ? AND case_id = ? AND target = ? AND state = 'open'
      """, dueAt?.description, position, tenant, caseID.rawValue, target.rawValue)
  }

  private func retarget(
    _ target: SlaTargetKind, _ event: SlaRetargeted, _ minutes: Int, _ dueAt: Timestamp?
  ) throws {
    try database.run(
      """
      UPDATE targets SET severity = ?, minutes = ?
      WHERE tenant = ? AND case_id = ? AND target = ? AND state = 'open'
      """, event.severity.rawValue, minutes, tenant, caseID.rawValue, target.rawValue)
    try setDue(target, dueAt)
  }

  private func end(_ target: SlaTargetKind, _ state: String, _ dueAt: Timestamp?) throws {
    try database.run(
      "UPDATE targets SET state = ?, due_at = ? WHERE tenant = ? AND case_id = ? AND target = ?",
      state, dueAt?.description, tenant, caseID.rawValue, target.rawValue)
  }

  private func setWorkedOn(_ isWorkedOn: Bool) throws {
    try database.run(
      "UPDATE targets SET is_worked_on = ? WHERE tenant = ? AND case_id = ?", isWorkedOn ? 1 : 0,
      tenant, caseID.rawValue)
  }
}

/// A target of a case.
public struct TargetRow: Sendable, Hashable {
  public var caseID: String
  public var target: String
  /// open, met or breached.
  public var state: String
  public var severity: String
  /// In business hours.
  public var minutes: Int
  public var calendarID: String
  public var calendarVersion: Int
  /// When it runs out or ran out; `nil` while the case's clocks stand still.
  public var dueAt: String?
  public var title: String
  public var status: String
  public var owner: String?
}

extension CaseBoard {
  private static let targetColumns = """
    case_id, target, state, targets.severity, minutes, calendar_id, calendar_version, due_at, title,
    status, owner FROM targets JOIN cases USING (tenant, case_id)
    """

  private static func readTarget(_ row: Statement) -> TargetRow {
    TargetRow(
      caseID: row.text(0), target: row.text(1), state: row.text(2), severity: row.text(3),
      minutes: row.int(4), calendarID: row.text(5), calendarVersion: row.int(6),
      dueAt: row.optionalText(7), title: row.text(8), status: row.text(9),
      owner: row.optionalText(10))
  }

  /// The targets of a case; none where its tenant had none when it was opened.
  public static func targets(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [TargetRow] {
    try database.rows(
      "SELECT \(targetColumns) WHERE tenant = ? AND case_id = ? ORDER BY target", tenant.rawValue,
      id.rawValue, row: readTarget)
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
      """
      SELECT \(targetColumns)
      WHERE tenant = ? AND state = ? AND is_worked_on = 1 AND due_at > ?
      ORDER BY due_at, case_id, target LIMIT ?
      """, tenant.rawValue, isBreached ? "breached" : "open", after?.description ?? "", limit,
      row: readTarget)
  }
}
