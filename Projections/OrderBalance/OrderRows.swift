// The rows of the order balance and their queries.

public import EventSourcing
public import Events
public import Projecting
public import SQLite

/// The captured and the refundable amounts of an order, in minor units (O2).
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
  /// The part of chargebacks that the balance does not cover, because refunds hold or held it (B1).
  public var uncovered: Int
  /// The amount that may still be requested (R3): less store credit for returns, and less
  /// chargebacks on payments that refunds had paid back.
  public var requestable: Int
  /// The granted store credit, which does not reduce the balance.
  public var storeCredit: Int
  public var placedAt: String
  public var deliveredAt: String?
  public var cancelledAt: String?
  public var revision: Int
}

/// The balance of one payment, in minor units (O2).
public struct PaymentBalanceRow: Row, Hashable {
  public static let table = "payments"

  public var paymentID: String
  public var captured, executed, reserved, disputed, refundable, uncovered: Int
}

extension OrderBalance {
  public static func order(
    _ id: OrderID, tenant: TenantID, in database: Database
  ) throws -> OrderBalanceRow? {
    try database.row(OrderBalanceRow.self, tenant: tenant, "order_id", id)
  }

  /// The customers of the orders with these names: our id, the shop's id, or the number.
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
  public static func payments(
    of id: OrderID, tenant: TenantID, in database: Database
  ) throws -> [PaymentBalanceRow] {
    try database.rows(
      PaymentBalanceRow.self, tenant: tenant, "order_id", id, by: "captured_at, payment_id")
  }
}
