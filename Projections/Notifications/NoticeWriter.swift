// Writes what one event makes due, for whoever is to be told.

import EventSourcing
import Events
import SQLite

struct NoticeWriter {
  var recorded: RecordedEvent
  var database: Database

  /// Of which a tenant's own time to act, and a mail's sense, is over.
  private static let lateSecondsMax: Int64 = 86_400
  private static let keptSeconds: Int64 = 30 * 86_400

  var tenant: String { recorded.tenant.rawValue }

  /// Keeps somebody's address, or forgets it where there is none that a message can be sent to.
  func set(_ email: String?, of kind: Actor.Kind, _ id: some Identifier) throws {
    guard let address = email.flatMap({ EmailAddress($0) }) else {
      return try database.run(
        "DELETE FROM people WHERE tenant = ? AND kind = ? AND id = ?", tenant, kind.rawValue,
        id.rawValue)
    }
    try database.run(
      "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)", tenant, kind.rawValue, id.rawValue,
      address.rawValue)
  }

  /// Keeps a customer's address as an order says it, unless they said one themselves.
  func set(_ email: String?, ofOrderBy id: CustomerID) throws {
    guard let address = email.flatMap({ EmailAddress($0) }) else { return }
    try database.run(
      "INSERT OR IGNORE INTO people VALUES (?, 'customer', ?, ?)", tenant, id.rawValue,
      address.rawValue)
  }

  /// Tells those who can do something about a refund: the case's owner, or who approved it, or else
  /// the admins.
  func tellPeople(_ topic: NoticeTopic, of refund: Refund, _ id: RefundID, detail: String?) throws {
    var agents = [refund.agent].compactMap { $0 }
    if agents.isEmpty {
      agents = try database.rows(
        "SELECT id FROM admins WHERE tenant = ? ORDER BY id", tenant, row: { $0.text(0) })
    }
    for agent in agents {
      try tell(
        .agent, agent, topic, id, money: (refund.amount, refund.currency), detail: detail)
    }
  }

  func set(_ role: AgentRole?, of agent: AgentID) throws {
    try database.run(
      role == .admin
        ? "INSERT OR IGNORE INTO admins VALUES (?, ?)"
        : "DELETE FROM admins WHERE tenant = ? AND id = ?", tenant, agent.rawValue)
  }

  /// - Parameter id: who; `nil` tells nobody.
  func tell(
    _ kind: Actor.Kind, _ id: String?, _ topic: NoticeTopic, _ about: some Identifier,
    money: (amount: Int, currency: String)? = nil, detail: String? = nil
  ) throws {
    guard let id, try isDue() else { return }
    try database.run(
      "DELETE FROM notices WHERE recorded_at < ?",
      recorded.recordedTime.earlier(by: Self.keptSeconds).description)
    try database.run(
      "INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant,
      Int(recorded.position.value), kind.rawValue, id, topic.rawValue, about.rawValue,
      money?.amount, money?.currency, detail, recorded.recordedTime.description)
  }

  private func isDue() throws -> Bool {
    guard recorded.time >= recorded.recordedTime.earlier(by: Self.lateSecondsMax) else {
      return false
    }
    return try database.row(
      "SELECT wants_email FROM tenants WHERE tenant = ?", tenant, row: { $0.int(0) != 0 }) ?? false
  }

  func tellOwner(_ topic: NoticeTopic, of id: HoldID, detail: String? = nil) throws {
    let hold = try database.row(
      """
      SELECT owner, amount, currency FROM holds JOIN cases USING (tenant, case_id)
      WHERE tenant = ? AND hold_id = ?
      """, tenant, id.rawValue, row: { ($0.optionalText(0), $0.int(1), $0.text(2)) })
    guard let (owner, amount, currency) = hold else { return }
    try tell(.agent, owner, topic, id, money: (amount, currency), detail: detail)
  }

  func tellCustomer(_ topic: NoticeTopic, of id: ReturnID, detail: String? = nil) throws {
    let customer = try database.row(
      "SELECT customer_id FROM returns WHERE tenant = ? AND return_id = ?", tenant, id.rawValue,
      row: { $0.text(0) })
    try tell(.customer, customer, topic, id, detail: detail)
  }

  func customer(of id: CaseID) throws -> String? {
    try database.row(
      "SELECT customer_id FROM cases WHERE tenant = ? AND case_id = ?", tenant, id.rawValue,
      row: { $0.text(0) })
  }

  /// What a message about a refund needs.
  struct Refund {
    var customerID: String
    /// The case's owner, or whoever approved it.
    var agent: String?
    var amount: Int
    var currency: String
  }

  func refund(_ id: RefundID) throws -> Refund {
    let refund = try database.row(
      """
      SELECT refunds.customer_id, coalesce(owner, approver), amount, currency
      FROM refunds LEFT JOIN cases USING (tenant, case_id) WHERE tenant = ? AND refund_id = ?
      """, tenant, id.rawValue,
      row: {
        Refund(
          customerID: $0.text(0), agent: $0.optionalText(1), amount: $0.int(2),
          currency: $0.text(3))
      })
    guard let refund else { throw UnknownRefund(id: id) }
    return refund
  }
}

/// An event of a refund that nobody requested.
private struct UnknownRefund: Error, CustomStringConvertible {
  var id: RefundID

  var description: String { "there is no refund \(id) that could be told of" }
}

extension Timestamp {
  fileprivate func earlier(by seconds: Int64) -> Timestamp {
    max(Timestamp.range.lowerBound, Timestamp(microseconds: microseconds - seconds * 1_000_000))
  }
}
