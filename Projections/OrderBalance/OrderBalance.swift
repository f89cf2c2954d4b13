// The refundable balance of every order and of each of its payments (O2):
// captured − executed − reserved − disputed.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// What can still be refunded, by order and by payment.
public enum OrderBalance: Projector {
  public static let name = "OrderBalance"
  public static let version = 5
  public static let eventTypes: Set<String> = [
    "OrderRecorded", "OrderAmended", "OrderDelivered", "OrderCancelled", "PaymentCaptured",
    "OrderBalanceReserved", "OrderReservationReduced", "OrderReservationReleased",
    "OrderReservationSettled", "OrderBalanceDisputed", "OrderDisputeCovered",
    "OrderDisputeReleased", "OrderDisputeSettled", "StoreCreditGranted",
  ]

  public static let schema = """
    CREATE TABLE orders (
      tenant TEXT NOT NULL, order_id TEXT NOT NULL, order_number TEXT, external_id TEXT,
      customer_id TEXT NOT NULL, currency TEXT NOT NULL, total INTEGER NOT NULL,
      captured INTEGER NOT NULL DEFAULT 0, executed INTEGER NOT NULL DEFAULT 0,
      reserved INTEGER NOT NULL DEFAULT 0, disputed INTEGER NOT NULL DEFAULT 0,
      refundable INTEGER NOT NULL AS (captured - executed - reserved - disputed),
      -- beside the balance, on which it does not draw
      store_credit INTEGER NOT NULL DEFAULT 0,
      -- what of it was given for returns, instead of money
      credited_instead INTEGER NOT NULL DEFAULT 0,
      -- what banks claim and the balance does not cover, because refunds have it, or had (B1)
      uncovered INTEGER NOT NULL DEFAULT 0,
      placed_at TEXT NOT NULL, delivered_at TEXT, cancelled_at TEXT, updated_at TEXT NOT NULL,
      PRIMARY KEY (tenant, order_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX orders_by_number ON orders (tenant, order_number) WHERE order_number IS NOT NULL;
    CREATE INDEX orders_by_external_id ON orders (tenant, external_id) WHERE external_id IS NOT NULL;
    CREATE INDEX orders_by_customer ON orders (tenant, customer_id);

    CREATE TABLE payments (
      tenant TEXT NOT NULL, order_id TEXT NOT NULL, payment_id TEXT NOT NULL,
      captured INTEGER NOT NULL, executed INTEGER NOT NULL DEFAULT 0,
      reserved INTEGER NOT NULL DEFAULT 0, disputed INTEGER NOT NULL DEFAULT 0,
      refundable INTEGER NOT NULL AS (captured - executed - reserved - disputed),
      uncovered INTEGER NOT NULL DEFAULT 0,
      captured_at TEXT NOT NULL,
      PRIMARY KEY (tenant, order_id, payment_id)
    ) STRICT, WITHOUT ROWID;

    -- what each open chargeback claims and the balance does not cover
    CREATE TABLE claims (
      tenant TEXT NOT NULL, order_id TEXT NOT NULL, chargeback_id TEXT NOT NULL,
      uncovered INTEGER NOT NULL,
      PRIMARY KEY (tenant, order_id, chargeback_id)
    ) STRICT, WITHOUT ROWID;

    -- what each refund that is not settled yet holds of each payment
    CREATE TABLE reservations (
      tenant TEXT NOT NULL, order_id TEXT NOT NULL, refund_id TEXT NOT NULL,
      payment_id TEXT NOT NULL, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, order_id, refund_id, payment_id)
    ) STRICT, WITHOUT ROWID;
    """

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let writer = OrderRowWriter(recorded: recorded, database: database)
    switch recorded.event {
    case .order(.orderRecorded(let event)): try writer.insert(event)
    case .order(.orderAmended(let event)):
      try writer.update(
        event.orderID, "total = ?, updated_at = ?", event.total, event.updatedAt.description)
    case .order(.orderDelivered(let event)):
      try writer.update(event.orderID, "delivered_at = ?", event.deliveredAt.description)
    case .order(.orderCancelled(let event)):
      try writer.update(event.orderID, "cancelled_at = ?", event.cancelledAt.description)
    case .order(.paymentCaptured(let event)): try writer.insert(event)
    case .order(.orderBalanceReserved(let event)):
      try writer.update(event.orderID, "reserved = reserved + ?", event.amount)
      for part in event.payments {
        try writer.reserve(event.orderID, event.refundID, part.paymentID, part.amount)
      }
    case .order(.orderReservationReduced(let event)):
      try writer.update(event.orderID, "reserved = reserved - ?", event.amount)
      for part in event.payments {
        try writer.reserve(event.orderID, event.refundID, part.paymentID, -part.amount)
      }
    case .order(.orderReservationReleased(let event)):
      try writer.update(event.orderID, "reserved = reserved - ?", event.amount)
      try writer.endReservation(event.orderID, event.refundID, isExecuted: false)
    case .order(.orderReservationSettled(let event)):
      try writer.update(
        event.orderID, "reserved = reserved - ?, executed = executed + ?", event.amount,
        event.amount)
      try writer.endReservation(event.orderID, event.refundID, isExecuted: true)
    case .order(.storeCreditGranted(let event)):
      try writer.update(
        event.orderID, "store_credit = store_credit + ?, credited_instead = credited_instead + ?",
        event.amount, event.returnID == nil ? 0 : event.amount)
    case .order(.orderBalanceDisputed(let event)):
      try writer.dispute(event.orderID, event.paymentID, disputed: event.covered)
      try writer.claim(
        event.orderID, event.paymentID, event.chargebackID, uncovered: event.amount - event.covered)
    case .order(.orderDisputeCovered(let event)):
      try writer.dispute(
        event.orderID, event.paymentID, disputed: event.isLost ? 0 : event.amount,
        executed: event.isLost ? event.amount : 0)
      try writer.claim(
        event.orderID, event.paymentID, event.chargebackID, uncovered: -event.amount)
    case .order(.orderDisputeReleased(let event)):
      try writer.dispute(event.orderID, event.paymentID, disputed: -event.amount)
      try writer.endClaim(event.orderID, event.paymentID, event.chargebackID)
    case .order(.orderDisputeSettled(let event)):
      try writer.dispute(
        event.orderID, event.paymentID, disputed: -event.amount, executed: event.amount)
    default: break
    }
  }
}

/// Writes what one event changes.
private struct OrderRowWriter {
  var recorded: RecordedEvent
  var database: Database

  private var tenant: String { recorded.tenant.rawValue }

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

  func reserve(
    _ order: OrderID, _ refund: RefundID, _ payment: PaymentID, _ amount: Int
  ) throws {
    try database.run(
      """
      UPDATE payments SET reserved = reserved + ?
      WHERE tenant = ? AND order_id = ? AND payment_id = ?
      """, amount, tenant, order.rawValue, payment.rawValue)
    try database.run(
      """
      INSERT INTO reservations VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET amount = amount + excluded.amount
      """, tenant, order.rawValue, refund.rawValue, payment.rawValue, amount)
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
    let uncovered = try database.row(
      """
      DELETE FROM claims WHERE tenant = ? AND order_id = ? AND chargeback_id = ? RETURNING uncovered
      """, tenant, order.rawValue, chargeback.rawValue, row: { $0.int(0) })
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
