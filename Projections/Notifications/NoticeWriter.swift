// Writes the messages of one event.

import EventSourcing
import Events
import Projecting
import SQLite

struct NoticeWriter: RowWriter {
  var recorded: RecordedEvent
  var database: Database

  /// A message about an event that was recorded later than this is not sent.
  private static let lateSecondsMax: Int64 = 86_400
  private static let keptSeconds: Int64 = 30 * 86_400

  /// Stores a person's address, or deletes it when the new one cannot receive messages.
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

  /// Stores a customer's address from an order, unless the customer registered another.
  func set(_ email: String?, ofOrderBy id: CustomerID) throws {
    guard let address = email.flatMap({ EmailAddress($0) }) else { return }
    try database.run(
      "INSERT OR IGNORE INTO people VALUES (?, 'customer', ?, ?)", tenant, id.rawValue,
      address.rawValue)
  }

  func set(_ role: AgentRole?, of agent: AgentID) throws {
    try database.run(
      role == .admin
        ? "INSERT OR IGNORE INTO admins VALUES (?, ?)"
        : "DELETE FROM admins WHERE tenant = ? AND id = ?", tenant, agent.rawValue)
  }

  /// - Parameters:
  ///   - id: the reader; `nil` for none.
  ///   - unpaid: what is not paid, beside the amount that is.
  func notify(
    _ kind: Actor.Kind, _ id: String?, _ topic: NoticeTopic, _ about: some Identifier,
    money: (amount: Int, currency: String)? = nil, unpaid: Int? = nil, detail: String? = nil
  ) throws {
    guard let id, try isDue() else { return }
    try database.run(
      "DELETE FROM notices WHERE recorded_at < ?",
      recorded.recordedTime.earlier(by: Self.keptSeconds).description)
    try database.run(
      "INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant,
      Int(recorded.position.value), kind.rawValue, id, topic.rawValue, about.rawValue,
      money?.amount, unpaid, money?.currency, detail, recorded.recordedTime.description)
  }

  private func isDue() throws -> Bool {
    guard recorded.time >= recorded.recordedTime.earlier(by: Self.lateSecondsMax) else {
      return false
    }
    return try database.int("SELECT wants_email FROM tenants WHERE tenant = ?", tenant) == 1
  }

  func notifyOwner(_ topic: NoticeTopic, of id: HoldID, detail: String? = nil) throws {
    let hold = try database.row(
      HoldNotice.self, "WHERE tenant = ? AND hold_id = ?", tenant, id.rawValue)
    guard let hold else { return }
    try notify(
      .agent, hold.owner, topic, id, money: (hold.amount, hold.currency), detail: detail)
  }

  func notifyCustomer(_ topic: NoticeTopic, of id: ReturnID, detail: String? = nil) throws {
    let customer = try database.text(
      "SELECT customer_id FROM returns WHERE tenant = ? AND return_id = ?", tenant, id.rawValue)
    try notify(.customer, customer, topic, id, detail: detail)
  }

  func notifyCustomer(
    _ topic: NoticeTopic, of id: CaseID, money: (amount: Int, currency: String)? = nil,
    detail: String? = nil
  ) throws {
    let customer = try database.text(
      "SELECT customer_id FROM cases WHERE tenant = ? AND case_id = ?", tenant, id.rawValue)
    try notify(.customer, customer, topic, id, money: money, detail: detail)
  }
}

/// The fields of a payout hold that messages need.
private struct HoldNotice: Row {
  static let table = "holds JOIN cases USING (tenant, case_id)"

  var owner: String?
  var amount: Int
  var currency: String
}

extension Timestamp {
  fileprivate func earlier(by seconds: Int64) -> Timestamp {
    max(Timestamp.range.lowerBound, Timestamp(microseconds: microseconds - seconds * 1_000_000))
  }
}
