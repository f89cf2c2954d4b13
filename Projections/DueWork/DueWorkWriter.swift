// Adds, changes and deletes entries. What must hold: an unchanged entry keeps its sequence number;
// every change gives it a new one.

import EventSourcing
import Events
import Projecting
import SQLite

/// Applies one event to the entries of its tenant.
struct DueWorkWriter: RowWriter {
  /// The fields of an entry beside its key and its sequence number.
  struct Entry: Row, Hashable {
    static let table = "work"

    var dueAt: String?
    var cause: Int
    var resumption: Int?
  }

  var recorded: RecordedEvent
  var database: Database

  /// Sets the entry of a subject; `nil` deletes it.
  func set(
    _ manager: DueWork.Manager, of subject: String, part: String = "", to wanted: Entry?
  ) throws {
    let current = try database.row(
      Entry.self, "WHERE tenant = ? AND subject = ? AND manager = ? AND part = ?", tenant,
      subject, manager.rawValue, part)
    if current == wanted { return }
    guard let wanted else {
      return try database.run(
        "DELETE FROM work WHERE tenant = ? AND subject = ? AND manager = ? AND part = ?", tenant,
        subject, manager.rawValue, part)
    }
    try database.run(
      "INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?, ?, ?)", tenant, subject,
      manager.rawValue, part, takeSequences(1), wanted.dueAt, wanted.cause, wanted.resumption)
  }

  /// - Returns: the last of the new sequence numbers.
  private func takeSequences(_ count: Int) throws -> Int {
    try database.run(
      "INSERT INTO sequences VALUES (1, ?1) ON CONFLICT DO UPDATE SET last = last + ?1", count)
    return try database.int("SELECT last FROM sequences WHERE id = 1") ?? count
  }

  /// The last of these events after the cause; it may allow a refused command.
  func resumption(after cause: Int, _ events: Int...) -> Int? {
    events.max().flatMap { $0 > cause ? $0 : nil }
  }

  // MARK: Tenants

  /// The state of the tenant that entries depend on.
  struct Tenant: Row {
    static let table = "tenants"

    var activeSince: Int
    var settingsChanged: Int
    var currency: String
    var autoApproveLimit: Int
  }

  func readTenant() throws -> Tenant {
    try database.row(Tenant.self, "WHERE tenant = ?", tenant)
      ?? Tenant(activeSince: 0, settingsChanged: 0, currency: "", autoApproveLimit: 0)
  }

  func register(_ event: TenantRegistered) throws {
    try database.run(
      """
      INSERT INTO tenants (tenant, active_since, currency, auto_approve_limit)
      VALUES (?, ?, ?, ?)
      """,
      tenant, position, event.settings.currency.rawValue, event.settings.autoApproveLimit)
  }

  func setTenant(_ assignment: String) throws {
    try database.run("UPDATE tenants SET \(assignment) WHERE tenant = ?", tenant)
  }

  func limit(_ settings: TenantSettings) throws {
    try database.run(
      """
      UPDATE tenants SET settings_changed = ?, currency = ?, auto_approve_limit = ?
      WHERE tenant = ?
      """, position, settings.currency.rawValue, settings.autoApproveLimit, tenant)
    try refreshReturns("tenant = ?", tenant)
  }

  /// Makes all entries of the tenant due again, in their order, under new command ids.
  func resume() throws {
    try database.run("UPDATE tenants SET active_since = ? WHERE tenant = ?", position, tenant)
    let count = try database.int("SELECT count(*) FROM work WHERE tenant = ?", tenant)
    guard let count, count > 0 else { return }
    let first = try takeSequences(count) - count
    try database.run(
      """
      UPDATE work SET resumption = ?1, sequence = ?2 + renumbered.number
      FROM (
        SELECT subject, manager, part, row_number() OVER (ORDER BY sequence) AS number
        FROM work WHERE tenant = ?3
      ) AS renumbered
      WHERE tenant = ?3 AND work.subject = renumbered.subject
        AND work.manager = renumbered.manager AND work.part = renumbered.part
      """, position, first, tenant)
  }

  // MARK: Payout holds and targets

  func setExpiry(of hold: HoldID, _ expiresAt: Timestamp?) throws {
    try set(
      .holdExpiry, of: "hold/\(hold)",
      to: expiresAt.map { Entry(dueAt: $0.description, cause: position) })
  }

  func begin(_ target: SlaTargetKind, of id: CaseID, _ dueAt: Timestamp) throws {
    try database.run(
      "INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?)", tenant, id.rawValue,
      target.rawValue, dueAt.description, position)
    try refresh(target, of: id)
  }

  func move(_ target: SlaTargetKind, of id: CaseID, to dueAt: Timestamp?) throws {
    try database.run(
      "UPDATE targets SET due_at = ?, cause = ? WHERE tenant = ? AND case_id = ? AND target = ?",
      dueAt?.description, position, tenant, id.rawValue, target.rawValue)
    try refresh(target, of: id)
  }

  func end(_ target: SlaTargetKind, of id: CaseID) throws {
    try database.run(
      "DELETE FROM targets WHERE tenant = ? AND case_id = ? AND target = ?", tenant, id.rawValue,
      target.rawValue)
    try refresh(target, of: id)
  }

  private struct Target: Row {
    static let table = "targets"

    var dueAt: String
    var cause: Int
  }

  private func refresh(_ target: SlaTargetKind, of id: CaseID) throws {
    let running = try database.row(
      Target.self, "WHERE tenant = ? AND case_id = ? AND target = ? AND due_at IS NOT NULL",
      tenant, id.rawValue, target.rawValue)
    try set(
      .slaClocks, of: "case/\(id)", part: target.rawValue,
      to: running.map { Entry(dueAt: $0.dueAt, cause: $0.cause) })
  }
}
