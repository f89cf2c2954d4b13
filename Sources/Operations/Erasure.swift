// Erasing a person from the operational records: drafts that name them and webhooks whose payload does.
// Drafts are found by customer and address. A payload is read as JSON, so that an address is found however
// it was written, and a customer's id only where a customer's id stands.

public import EventSourcing
import JSON
import SQLite

extension OperationalRecords {
  /// Removes every draft and webhook of a customer, so that not even the file's free pages have them.
  ///
  /// - Parameters:
  ///   - subject: the customer's id.
  ///   - email: the customer's address, if it is known; in any case.
  /// - Returns: how many of each kind were removed; nothing for the others.
  @discardableResult
  public func erase(tenant: TenantID, subject: String, email: String?) throws -> [RecordKind: Int] {
    let email = email?.lowercased()
    let removed = try transaction { database in
      var removed: [RecordKind: Int] = [:]
      try database.run(
        "DELETE FROM drafts WHERE tenant = ? AND (customer_id = ? OR customer_email = ?)",
        tenant.rawValue, subject, email)
      if database.changes > 0 { removed[.drafts] = database.changes }
      let named = try database.rows(
        "SELECT webhook_id, payload, topic FROM webhooks WHERE tenant = ?", tenant.rawValue,
        row: {
          Self.names(subject, email, in: $0.blob(1), topic: $0.text(2)) ? $0.int(0) : nil
        }
      ).compactMap { $0 }
      for id in named { try database.run("DELETE FROM webhooks WHERE webhook_id = ?", id) }
      if !named.isEmpty { removed[.webhooks] = named.count }
      return removed
    }
    try forgetDeleted()
    return removed
  }

  private static func names(
    _ subject: String, _ email: String?, in payload: [UInt8], topic: String
  ) -> Bool {
    guard let value = try? JSONValue(parsing: payload) else { return false }
    if topic.hasPrefix("customers/"), value["id"]?.name == subject { return true }
    return value.names(customer: subject, email: email)
  }
}

extension JSONValue {
  /// Whether a customer's id or an address stands anywhere inside.
  fileprivate func names(customer: String, email: String?) -> Bool {
    switch self {
    case .null, .bool, .integer, .number: false
    case .string(let text): email.map { text.lowercased().contains($0) } ?? false
    case .array(let elements): elements.contains { $0.names(customer: customer, email: email) }
    case .object(let members):
      members.contains { member in
        // A number alone says nothing: it may be a quantity.
        switch member.key {
        case "customer_id", "customerId": if member.value.name == customer { return true }
        case "customer": if member.value["id"]?.name == customer { return true }
        default: break
        }
        return member.value.names(customer: customer, email: email)
      }
    }
  }

  /// An id as a text, however it is written.
  fileprivate var name: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .integer(let integer): String(integer)
    default: nil
    }
  }
}
