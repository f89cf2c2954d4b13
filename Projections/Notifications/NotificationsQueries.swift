// The messages to send: for each tenant, those after the last sent one.

public import EventSourcing
import Events
import Projecting
public import SQLite

extension Notifications {
  /// The messages that were not sent yet, in the order of their events.
  ///
  /// - Parameters:
  ///   - cursors: for each tenant, the first event whose messages were not sent; by default its
  ///     first event.
  ///   - limit: the most events of each tenant; all messages of one event come together.
  public static func due(
    after cursors: [TenantID: Position], limit: Int, in database: Database
  ) throws -> [Notice] {
    try database.rows(SenderRow.self, "ORDER BY tenant").flatMap { sender -> [Notice] in
      let tenant = TenantID(unchecked: sender.tenant)
      let next = Int((cursors[tenant] ?? .first).value)
      guard let last = sender.lastPosition, last >= next else { return [] }
      let rows = try database.rows(
        NoticeRow.self,
        """
        WHERE tenant = ?1 AND position IN (
          SELECT DISTINCT position FROM notices WHERE tenant = ?1 AND position >= ?2
          ORDER BY position LIMIT ?3)
        ORDER BY position, kind, id
        """, sender.tenant, next, limit)
      return rows.map { $0.notice(of: tenant, named: sender.name) }
    }
  }
}

/// A tenant that sends messages.
private struct SenderRow: Row {
  static let table = "tenants"
  static let expressions = [
    "lastPosition": "(SELECT max(position) FROM notices WHERE notices.tenant = tenants.tenant)"
  ]

  var tenant: String
  var name: String
  var lastPosition: Int?
}

/// A message that is due, with its reader's address.
private struct NoticeRow: Row {
  static let table = "notices LEFT JOIN people USING (tenant, kind, id)"

  var position: Int
  var kind: String
  var id: String
  var email: String?
  var topic: String
  var about: String
  var amount: Int?
  var unpaid: Int?
  var currency: String?
  var detail: String?
  var recordedAt: String

  func notice(of tenant: TenantID, named name: String) -> Notice {
    let kind = Actor.Kind(rawValue: kind) ?? .customer
    let facts = NoticeFacts(
      topic: NoticeTopic(rawValue: topic) ?? .caseOpened, isForAgent: kind == .agent, about: about,
      amount: amount.map { money($0, currency ?? "") },
      unpaid: unpaid.map { money($0, currency ?? "") }, detail: detail, sender: name)
    return Notice(
      tenant: tenant, position: Position(UInt64(position)), recipient: Actor(kind, id),
      address: email.flatMap { EmailAddress($0) }, sender: name, subject: facts.subject,
      body: facts.body, time: Timestamp(recordedAt) ?? Timestamp(microseconds: 0))
  }
}
