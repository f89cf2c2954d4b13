// What was written in a case, and what evidence is on its record.

public import EventSourcing
public import Events
public import SQLite

/// A message of a case.
public struct MessageRow: Sendable, Hashable {
  public var messageID: String
  public var position: Int
  public var authorRole: String
  public var author: String
  /// Markdown, by whoever wrote it: for no page as it is.
  public var body: String
  public var postedAt: String
}

/// A piece of evidence on a case's record.
public struct EvidenceRow: Sendable, Hashable {
  public var evidenceKey: String
  public var position: Int
  public var sha256: String
  public var bytes: Int
  public var mime: String
  public var description: String?
  public var messageID: String?
  public var returnID: String?
  public var lineID: String?
}

extension CaseBoard {
  /// Oldest first.
  public static func messages(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [MessageRow] {
    try database.rows(
      """
      SELECT message_id, position, author_role, author, body, posted_at FROM messages
      WHERE tenant = ? AND case_id = ? ORDER BY position
      """, tenant.rawValue, id.rawValue,
      row: {
        MessageRow(
          messageID: $0.text(0), position: $0.int(1), authorRole: $0.text(2), author: $0.text(3),
          body: $0.text(4), postedAt: $0.text(5))
      })
  }

  /// In the order in which it came on record.
  public static func evidence(
    of id: CaseID, tenant: TenantID, in database: Database
  ) throws -> [EvidenceRow] {
    try database.rows(
      """
      SELECT evidence_key, position, sha256, bytes, mime, description, message_id, return_id, line_id
      FROM evidence WHERE tenant = ? AND case_id = ? ORDER BY position
      """, tenant.rawValue, id.rawValue,
      row: {
        EvidenceRow(
          evidenceKey: $0.text(0), position: $0.int(1), sha256: $0.text(2), bytes: $0.int(3),
          mime: $0.text(4), description: $0.optionalText(5), messageID: $0.optionalText(6),
          returnID: $0.optionalText(7), lineID: $0.optionalText(8))
      })
  }
}
