// Saving drafts of returns, and finding them again while they live.

public import EventSourcing
import JSON
import SQLite

/// A draft with the times of its life.
public struct SavedDraft: Sendable, Hashable {
  public var id: DraftID
  public var draft: ReturnDraft
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  public var expiresAt: Timestamp
}

/// Why a draft cannot be saved.
public enum DraftRefusal: Error, Sendable, Hashable {
  /// It became a return.
  case submitted(DraftID)

  /// What is wrong, and what would be right.
  public var explanation: String {
    switch self {
    case .submitted(let id):
      "The draft \(id) became a return, and is not filled in any more. "
        + "Save another one under a new id."
    }
  }
}

extension OperationalRecords {
  /// Keeps a draft, in place of what was saved under its id, for twelve hours from now.
  ///
  /// - Returns: the draft, and whether there was none of that id.
  /// - Throws: ``DraftRefusal/submitted(_:)`` where another one was submitted under the id, and
  ///   ``QuotaExceeded``.
  public func save(
    _ draft: ReturnDraft, as id: DraftID, tenant: TenantID, at now: Timestamp
  ) throws -> (saved: SavedDraft, isNew: Bool) {
    try makingRoom(at: now) {
      try transaction { try self.save(draft, as: id, tenant: tenant, at: now, in: $0) }
    }
  }

  private func save(
    _ draft: ReturnDraft, as id: DraftID, tenant: TenantID, at now: Timestamp, in database: Database
  ) throws -> (saved: SavedDraft, isNew: Bool) {
    let earlier = try Self.draft(id, tenant: tenant, at: now, in: database)
    if let earlier, earlier.draft.status == .submitted {
      guard earlier.draft == draft else { throw DraftRefusal.submitted(id) }
      return (earlier, false)
    }
    if earlier == nil { try requireRoom(for: .drafts, of: tenant, in: database) }
    let saved = SavedDraft(
      id: id, draft: draft, createdAt: earlier?.createdAt ?? now, updatedAt: now,
      expiresAt: RecordKind.drafts.expiry(from: now))
    var json: [UInt8] = []
    draft.writeJSON(to: &json)
    // A row that is replaced would not be counted as removed.
    try database.run(
      "DELETE FROM drafts WHERE tenant = ? AND draft_id = ?", tenant.rawValue, id.rawValue)
    try database.run(
      "INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant.rawValue,
      id.rawValue, draft.orderID, draft.customerID, draft.customerEmail?.rawValue.lowercased(),
      draft.status.rawValue, String(repairing: json.span), saved.createdAt.description,
      saved.updatedAt.description, saved.expiresAt.description)
    return (saved, earlier == nil)
  }

  /// - Returns: `nil` where there is none, or its time is over.
  public func draft(_ id: DraftID, tenant: TenantID, at now: Timestamp) throws -> SavedDraft? {
    try transaction { try Self.draft(id, tenant: tenant, at: now, in: $0) }
  }

  /// - Returns: whether there was one.
  public func deleteDraft(_ id: DraftID, tenant: TenantID, at now: Timestamp) throws -> Bool {
    let isDeleted = try transaction { database in
      try database.run(
        "DELETE FROM drafts WHERE tenant = ? AND draft_id = ? AND expires_at > ?",
        tenant.rawValue, id.rawValue, now.description)
      return database.changes > 0
    }
    if isDeleted { try forgetDeleted() }
    return isDeleted
  }

  private static func draft(
    _ id: DraftID, tenant: TenantID, at now: Timestamp, in database: Database
  ) throws -> SavedDraft? {
    let row = try database.row(
      """
      SELECT draft, created_at, updated_at, expires_at FROM drafts
      WHERE tenant = ? AND draft_id = ? AND expires_at > ?
      """, tenant.rawValue, id.rawValue, now.description,
      row: { (Array($0.text(0).utf8), Self.time($0, 1), Self.time($0, 2), Self.time($0, 3)) })
    guard let (json, createdAt, updatedAt, expiresAt) = row else { return nil }
    var reader = JSONReader(json.span)
    return SavedDraft(
      id: id, draft: try ReturnDraft(json: &reader), createdAt: createdAt, updatedAt: updatedAt,
      expiresAt: expiresAt)
  }

  /// A time as Redress wrote it; a text in another form counts as expired.
  static func time(_ row: Statement, _ column: Int) -> Timestamp {
    Timestamp(row.text(column)) ?? Timestamp(microseconds: 0)
  }
}
