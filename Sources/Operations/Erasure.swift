// Erasing a person from the operational records: drafts that name them and webhooks whose payload
// does. Drafts are found by customer, order and address. A payload is read as JSON, so that an
// address is found however it was written, and the id of a customer or an order only where such an
// id stands.

public import EventSourcing
import JSON
import SQLite

extension OperationalRecords {
  /// Removes every draft and webhook of a customer, so that not even the file's free pages have
  /// them.
  ///
  /// - Parameters:
  ///   - subject: the customer's id.
  ///   - emails: the customer's addresses, as far as they are known; in any case.
  ///   - orders: the customer's orders, by every id that they have.
  /// - Returns: how many of each kind were removed; nothing for the others.
  @discardableResult
  public func erase(
    tenant: TenantID, subject: String, emails: [String] = [], orders: Set<String> = []
  ) throws -> [RecordKind: Int] {
    let emails = emails.map { $0.lowercased() }
    let removed = try transaction { database in
      var removed: [RecordKind: Int] = [:]
      let drafts = try database.rows(
        "SELECT draft_id, customer_id, customer_email, order_id FROM drafts WHERE tenant = ?",
        tenant.rawValue,
        row: { draft in
          draft.optionalText(1) == subject || orders.contains(draft.text(3))
            || draft.optionalText(2).map(emails.contains) == true
            ? draft.text(0) : nil
        }
      ).compactMap { $0 }
      for id in drafts {
        try database.run(
          "DELETE FROM drafts WHERE tenant = ? AND draft_id = ?", tenant.rawValue, id)
      }
      if !drafts.isEmpty { removed[.drafts] = drafts.count }
      let webhooks = try database.rows(
        "SELECT webhook_id, payload, topic FROM webhooks WHERE tenant = ?", tenant.rawValue,
        row: { webhook in
          let subjects = PayloadSubjects(of: webhook.blob(1), topic: webhook.text(2))
          return subjects.customers.contains(subject) || !subjects.orders.isDisjoint(with: orders)
            || subjects.says(anyOf: emails) ? webhook.int(0) : nil
        }
      ).compactMap { $0 }
      for id in webhooks { try database.run("DELETE FROM webhooks WHERE webhook_id = ?", id) }
      if !webhooks.isEmpty { removed[.webhooks] = webhooks.count }
      return removed
    }
    try forgetDeleted()
    return removed
  }
}

/// Whom a webhook's payload is about.
public struct PayloadSubjects {
  /// Ids of customers, wherever one stands.
  public private(set) var customers: Set<String> = []
  /// Ids of orders, wherever one stands.
  public private(set) var orders: Set<String> = []
  private var texts: [String] = []

  /// - Parameter payload: in one that is not JSON no person is found.
  public init(of payload: [UInt8], topic: String) {
    guard let value = try? JSONValue(parsing: payload) else { return }
    if topic.hasPrefix("customers/") { add(value["id"]?.name, to: \.customers) }
    if topic.hasPrefix("orders/") {
      for key in ["id", "name", "order_number"] { add(value[key]?.name, to: \.orders) }
    }
    collect(value)
  }

  /// Whether one of these addresses stands anywhere inside; in lower case.
  func says(anyOf emails: [String]) -> Bool {
    texts.contains { text in emails.contains { text.contains($0) } }
  }

  private mutating func collect(_ value: JSONValue) {
    switch value {
    case .null, .bool, .integer, .number: break
    case .string(let text): if text.contains("@") { texts.append(text.lowercased()) }
    case .array(let elements): for element in elements { collect(element) }
    case .object(let members):
      for member in members {
        // A number alone says nothing: it may be a quantity.
        switch member.key {
        case "customer_id", "customerId": add(member.value.name, to: \.customers)
        case "customer": add(member.value["id"]?.name, to: \.customers)
        case "order_id", "orderId", "order_number": add(member.value.name, to: \.orders)
        case "order": add(member.value["id"]?.name, to: \.orders)
        default: break
        }
        collect(member.value)
      }
    }
  }

  private mutating func add(_ id: String?, to ids: WritableKeyPath<Self, Set<String>>) {
    guard let id else { return }
    self[keyPath: ids].insert(id)
    // Shopify's longer names: gid://shopify/Order/4711, and #1001 for number 1001.
    if id.hasPrefix("gid://"), let last = id.split(separator: "/").last {
      self[keyPath: ids].insert(String(last))
    }
    if id.hasPrefix("#") { self[keyPath: ids].insert(String(id.dropFirst())) }
  }
}

extension JSONValue {
  /// An id as a text, however it is written.
  fileprivate var name: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .integer(let integer): String(integer)
    default: nil
    }
  }
}
