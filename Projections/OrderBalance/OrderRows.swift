// The rows of the order balance, and the questions that they answer.

public import EventSourcing
public import Events
public import Projecting
public import SQLite

/// What was captured for an order and what is left to refund, in minor units (O2).
public struct OrderBalanceRow: Row, Hashable {
  public static let table = "orders"
  public static let expressions = [
    "requestable": """
      max(0, refundable - credited_instead - (
        SELECT coalesce(sum(max(0, p.uncovered - p.reserved)), 0) FROM payments p
        WHERE p.tenant = orders.tenant AND p.order_id = orders.order_id))
      """
  ]

  public var orderID: String
  public var orderNumber: String?
  public var customerID: String
  public var currency: String
  public var total: Int
  public var captured: Int
  public var executed: Int
  public var reserved: Int
  public var disputed: Int
  public var refundable: Int
  /// What banks claim and the balance does not cover, because refunds have it, or had (B1).
  public var uncovered: Int
  /// What may still be requested (R3): less what was given as credit instead, and what banks want
  /// of payments that refunds had paid.
  public var requestable: Int
  /// Given beside the balance, on which it does not draw.
  public var storeCredit: Int
  public var placedAt: String
  public var deliveredAt: String?
  public var cancelledAt: String?
  public var revision: Int
}

/// One payment's part of an order's balance, in minor units (O2).
public struct PaymentBalanceRow: Row, Hashable {
  public static let table = "payments"

  public var paymentID: String
  public var captured: Int
  public var executed: Int
  public var reserved: Int
  public var disputed: Int
  public var refundable: Int
  public var uncovered: Int
}

extension OrderBalance {
  public static func order(
    _ id: OrderID, tenant: TenantID, in database: Database
  ) throws -> OrderBalanceRow? {
    try database.row(
      OrderBalanceRow.self, "WHERE tenant = ? AND order_id = ?", tenant.rawValue, id.rawValue)
  }

  /// The customers of the orders that go by these names: our id, the shop's, or the number.
  public static func customers(
    ofOrders names: some Sequence<String>, tenant: TenantID, in database: Database
  ) throws -> Set<String> {
    Set(
      try names.flatMap { name in
        try database.texts(
          """
          SELECT customer_id FROM orders WHERE tenant = ?1 AND order_id = ?2
          UNION SELECT customer_id FROM orders WHERE tenant = ?1 AND external_id = ?2
          UNION SELECT customer_id FROM orders WHERE tenant = ?1 AND order_number IN (?2, '#' || ?2)
          """, tenant.rawValue, name)
      })
  }

  /// The ids of all orders of a customer.
  public static func orders(
    of customer: String, tenant: TenantID, in database: Database
  ) throws -> [OrderID] {
    try database.texts(
      "SELECT order_id FROM orders WHERE tenant = ? AND customer_id = ?", tenant.rawValue, customer
    ).map { OrderID(unchecked: $0) }
  }

  /// In order of capture.
  static func payments(
    of id: OrderID, tenant: TenantID, in database: Database
  ) throws -> [PaymentBalanceRow] {
    try database.rows(
      PaymentBalanceRow.self, "WHERE tenant = ? AND order_id = ? ORDER BY captured_at, payment_id",
      tenant.rawValue, id.rawValue)
  }
}
