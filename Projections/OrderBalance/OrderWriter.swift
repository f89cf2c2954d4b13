// Applies one event to the balance of an order.

import EventSourcing
import Events
import Projecting
import SQLite

struct OrderWriter: RowWriter {
  var recorded: RecordedEvent
  var database: Database

  func insert(_ event: OrderRecorded) throws {
    try database.run(
      """
      INSERT INTO orders (tenant, order_id, order_number, external_id, customer_id, currency, total,
        placed_at, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant, event.orderID.rawValue, event.orderNumber, event.externalID,
      event.customerID.rawValue,
      event.currency.rawValue, event.total, event.placedAt.description,
      event.updatedAt.description)
  }

  func insert(_ event: PaymentCaptured) throws {
    try update(event.orderID, "captured = captured + ?", event.amount)
    try database.run(
      """
      INSERT INTO payments (tenant, order_id, payment_id, captured, captured_at)
      VALUES (?, ?, ?, ?, ?)
      """, tenant, event.orderID.rawValue, event.paymentID.rawValue, event.amount,
      event.capturedAt.description)
  }

  func update<each Value: SQLiteValue>(
    _ id: OrderID, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      "UPDATE orders SET \(assignments) WHERE tenant = ? AND order_id = ?",
      repeat each values, tenant, id.rawValue)
  }

  /// Changes what a refund holds of a payment, and what was paid back of it.
  func move(
    _ order: OrderID, _ refund: RefundID, _ payment: PaymentID, reserved: Int, executed: Int = 0
  ) throws {
    try database.run(
      """
      UPDATE payments SET reserved = reserved + ?, executed = executed + ?
      WHERE tenant = ? AND order_id = ? AND payment_id = ?
      """, reserved, executed, tenant, order.rawValue, payment.rawValue)
    try database.run(
      """
      INSERT INTO reservations VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET amount = amount + excluded.amount
      """, tenant, order.rawValue, refund.rawValue, payment.rawValue, reserved)
    try database.run(
      """
      DELETE FROM reservations
      WHERE tenant = ? AND order_id = ? AND refund_id = ? AND payment_id = ? AND amount = 0
      """, tenant, order.rawValue, refund.rawValue, payment.rawValue)
  }

  func dispute(
    _ order: OrderID, _ payment: PaymentID, disputed: Int, executed: Int = 0
  ) throws {
    try update(
      order, "disputed = disputed + ?, executed = executed + ?", disputed, executed)
    try database.run(
      """
      UPDATE payments SET disputed = disputed + ?, executed = executed + ?
      WHERE tenant = ? AND order_id = ? AND payment_id = ?
      """, disputed, executed, tenant, order.rawValue, payment.rawValue)
  }

  func claim(
    _ order: OrderID, _ payment: PaymentID, _ chargeback: ChargebackID, uncovered: Int
  ) throws {
    guard uncovered != 0 else { return }
    try database.run(
      """
      INSERT INTO claims VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET uncovered = uncovered + excluded.uncovered
      """, tenant, order.rawValue, chargeback.rawValue, uncovered)
    try addUncovered(uncovered, order, payment)
  }

  func endClaim(_ order: OrderID, _ payment: PaymentID, _ chargeback: ChargebackID) throws {
    let uncovered = try database.int(
      """
      DELETE FROM claims WHERE tenant = ? AND order_id = ? AND chargeback_id = ? RETURNING uncovered
      """, tenant, order.rawValue, chargeback.rawValue)
    if let uncovered { try addUncovered(-uncovered, order, payment) }
  }

  private func addUncovered(_ amount: Int, _ order: OrderID, _ payment: PaymentID) throws {
    try update(order, "uncovered = uncovered + ?", amount)
    try database.run(
      """
      UPDATE payments SET uncovered = uncovered + ?
      WHERE tenant = ? AND order_id = ? AND payment_id = ?
      """, amount, tenant, order.rawValue, payment.rawValue)
  }

  func endReservation(_ order: OrderID, _ refund: RefundID, isExecuted: Bool) throws {
    try database.run(
      """
      UPDATE payments SET reserved = reserved - held.amount, executed = executed + ? * held.amount
      FROM (SELECT payment_id, amount FROM reservations
            WHERE tenant = ? AND order_id = ? AND refund_id = ?) AS held
      WHERE tenant = ? AND order_id = ? AND payments.payment_id = held.payment_id
      """, isExecuted ? 1 : 0, tenant, order.rawValue, refund.rawValue, tenant, order.rawValue)
    try database.run(
      "DELETE FROM reservations WHERE tenant = ? AND order_id = ? AND refund_id = ?", tenant,
      order.rawValue, refund.rawValue)
  }
}
