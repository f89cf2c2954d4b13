// What is to be sent: the messages after the last one that was, for each tenant.

public import EventSourcing
import Events
public import SQLite

extension Notifications {
  /// The messages that nobody has been sent yet, in the order of their events.
  ///
  /// - Parameters:
  ///   - cursors: for each tenant, the first event that nobody was told of; without one, its first.
  ///   - limit: so many events of a tenant at the most; all messages of one event come together.
  public static func due(
    after cursors: [TenantID: Position], limit: Int, in database: Database
  ) throws -> [Notice] {
    let tenants = try database.rows(
      """
      SELECT tenant, name, (
        SELECT max(position) FROM notices WHERE notices.tenant = tenants.tenant)
      FROM tenants
      """,
      row: { (TenantID(unchecked: $0.text(0)), $0.text(1), $0.optionalInt(2)) })
    return try tenants.flatMap { tenant, name, last -> [Notice] in
      let next = cursors[tenant] ?? .first
      guard let last, last >= Int(next.value) else { return [] }
      return try notices(of: tenant, named: name, from: next, limit: limit, in: database)
    }
  }

  private static func notices(
    of tenant: TenantID, named name: String, from next: Position, limit: Int,
    in database: Database
  ) throws -> [Notice] {
    try database.rows(
      """
      SELECT position, kind, id, email, topic, about, amount, currency, detail, recorded_at
      FROM notices LEFT JOIN people USING (tenant, kind, id)
      WHERE tenant = ?1 AND position IN (
        SELECT DISTINCT position FROM notices WHERE tenant = ?1 AND position >= ?2
        ORDER BY position LIMIT ?3)
      ORDER BY position, kind, id
      """, tenant.rawValue, Int(next.value), limit,
      row: { row in
        let kind = Actor.Kind(rawValue: row.text(1)) ?? .customer
        let facts = NoticeFacts(
          topic: NoticeTopic(rawValue: row.text(4)) ?? .caseOpened, isForAgent: kind == .agent,
          about: row.text(5), amount: row.optionalInt(6).map { money($0, row.text(7)) },
          detail: row.optionalText(8), sender: name)
        return Notice(
          tenant: tenant, position: Position(UInt64(row.int(0))),
          recipient: Actor(kind, row.text(2)),
          address: row.optionalText(3).flatMap { EmailAddress($0) }, sender: name,
          subject: facts.subject, body: facts.body,
          time: Timestamp(row.text(9)) ?? Timestamp(microseconds: 0))
      })
  }
}
