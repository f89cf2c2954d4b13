// What the order balance answers.

public import EventSourcing
public import Events
public import SQLite

/// What was captured for an order and what is left to refund, in minor units (O2).
public struct OrderBalanceRow: Sendable, Hashable {
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
}

/// One payment's part of an order's balance, in minor units (O2).
public struct PaymentBalanceRow: Sendable, Hashable {
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
      """
      SELECT order_id, order_number, customer_id, currency, total, captured, executed, reserved,
        disputed, refundable, placed_at, delivered_at, cancelled_at, store_credit, uncovered,
        max(0, refundable - credited_instead - (
          SELECT coalesce(sum(max(0, p.uncovered - p.reserved)), 0) FROM payments p
          WHERE p.tenant = orders.tenant AND p.order_id = orders.order_id))
      FROM orders WHERE tenant = ? AND order_id = ?
      """, tenant.rawValue, id.rawValue,
      row: {
        OrderBalanceRow(
          orderID: $0.text(0), orderNumber: $0.optionalText(1), customerID: $0.text(2),
          currency: $0.text(3), total: $0.int(4), captured: $0.int(5), executed: $0.int(6),
          reserved: $0.int(7), disputed: $0.int(8), refundable: $0.int(9),
          uncovered: $0.int(14),
          requestable: $0.int(15), storeCredit: $0.int(13), placedAt: $0.text(10),
          deliveredAt: $0.optionalText(11), cancelledAt: $0.optionalText(12))
      })
  }

  /// Whose the orders are that somebody calls so, by our id, the shop's, or the number.
  public static func customers(
    ofOrders names: some Sequence<String>, tenant: TenantID, in database: Database
  ) throws -> Set<String> {
    var customers: Set<String> = []
    for name in names {
      customers.formUnion(
        try database.rows(
          """
          SELECT customer_id FROM orders WHERE tenant = ?1 AND order_id = ?2
          UNION SELECT customer_id FROM orders WHERE tenant = ?1 AND external_id = ?2
          UNION SELECT customer_id FROM orders WHERE tenant = ?1 AND order_number IN (?2, '#' || ?2)
          """, tenant.rawValue, name, row: { $0.text(0) }))
    }
    return customers
  }

  /// The names of all orders of a customer.
  public static func orders(
    of customer: String, tenant: TenantID, in database: Database
  ) throws -> [OrderID] {
    try database.rows(
      "SELECT order_id FROM orders WHERE tenant = ? AND customer_id = ?", tenant.rawValue, customer,
      row: { OrderID(unchecked: $0.text(0)) })
  }

  /// In order of capture.
  public static func payments(
    of id: OrderID, tenant: TenantID, in database: Database
  ) throws -> [PaymentBalanceRow] {
    try database.rows(
      """
      SELECT payment_id, captured, executed, reserved, disputed, refundable, uncovered FROM payments
      WHERE tenant = ? AND order_id = ? ORDER BY captured_at, payment_id
      """, tenant.rawValue, id.rawValue,
      row: {
        PaymentBalanceRow(
          paymentID: $0.text(0), captured: $0.int(1), executed: $0.int(2), reserved: $0.int(3),
          disputed: $0.int(4), refundable: $0.int(5), uncovered: $0.int(6))
      })
  }
}
