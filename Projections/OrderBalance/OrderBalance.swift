// The refundable balance of every order and of each of its payments (O2):
// captured − executed − reserved − disputed.

import EventSourcing
import Events
public import Projecting
public import Routing

/// The refundable balance of each order and payment.
public enum OrderBalance: ReadModel {
  public static let name = "OrderBalance"
  public static let version = 7
  public static let tables = """
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
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, order_id)
    ) STRICT, WITHOUT ROWID;

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

    -- what each refund holds of each payment and has not paid by it, or what came back
    CREATE TABLE reservations (
      tenant TEXT NOT NULL, order_id TEXT NOT NULL, refund_id TEXT NOT NULL,
      payment_id TEXT NOT NULL, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, order_id, refund_id, payment_id)
    ) STRICT, WITHOUT ROWID;
    """

  public static let indexes = """
    CREATE INDEX orders_by_number ON orders (tenant, order_number) WHERE order_number IS NOT NULL;
    CREATE INDEX orders_by_external_id ON orders (tenant, external_id)
      WHERE external_id IS NOT NULL;
    CREATE INDEX orders_by_customer ON orders (tenant, customer_id);
    """

  public static let streams = [StreamTable("order", table: "orders", id: "order_id")]

  public static let handlers = Handlers(OrderWriter.self) {
    on(OrderRecorded.self) { event, row in try row.insert(event) }
    on(OrderAmended.self) { event, row in
      try row.update(
        event.orderID, "total = ?, updated_at = ?", event.total, event.updatedAt.description)
    }
    on(OrderDelivered.self) { event, row in
      try row.update(event.orderID, "delivered_at = ?", event.deliveredAt.description)
    }
    on(OrderCancelled.self) { event, row in
      try row.update(event.orderID, "cancelled_at = ?", event.cancelledAt.description)
    }
    on(PaymentCaptured.self) { event, row in try row.insert(event) }
    on(OrderBalanceReserved.self) { event, row in
      try row.update(event.orderID, "reserved = reserved + ?", event.amount)
      for part in event.payments {
        try row.move(event.orderID, event.refundID, part.paymentID, reserved: part.amount)
      }
    }
    on(OrderReservationReduced.self) { event, row in
      try row.update(event.orderID, "reserved = reserved - ?", event.amount)
      for part in event.payments {
        try row.move(event.orderID, event.refundID, part.paymentID, reserved: -part.amount)
      }
    }
    on(OrderReservationReleased.self) { event, row in
      try row.update(event.orderID, "reserved = reserved - ?", event.amount)
      try row.endReservation(event.orderID, event.refundID, isExecuted: false)
    }
    on(OrderReservationSettled.self) { event, row in
      try row.update(
        event.orderID, "reserved = reserved - ?, executed = executed + ?", event.amount,
        event.amount)
      // Before legs were told apart, all was paid at once.
      if let payment = event.paymentID {
        try row.move(
          event.orderID, event.refundID, payment, reserved: -event.amount, executed: event.amount)
      } else {
        try row.endReservation(event.orderID, event.refundID, isExecuted: true)
      }
    }
    on(OrderReservationRestored.self) { event, row in
      try row.update(
        event.orderID, "reserved = reserved + ?, executed = executed - ?", event.amount,
        event.amount)
      try row.move(
        event.orderID, event.refundID, event.paymentID, reserved: event.amount,
        executed: -event.amount)
    }
    on(StoreCreditGranted.self) { event, row in
      try row.update(
        event.orderID, "store_credit = store_credit + ?, credited_instead = credited_instead + ?",
        event.amount, event.returnID == nil ? 0 : event.amount)
    }
    on(OrderBalanceDisputed.self) { event, row in
      try row.dispute(event.orderID, event.paymentID, disputed: event.covered)
      try row.claim(
        event.orderID, event.paymentID, event.chargebackID, uncovered: event.amount - event.covered)
    }
    on(OrderDisputeCovered.self) { event, row in
      try row.dispute(
        event.orderID, event.paymentID, disputed: event.isLost ? 0 : event.amount,
        executed: event.isLost ? event.amount : 0)
      try row.claim(
        event.orderID, event.paymentID, event.chargebackID, uncovered: -event.amount)
    }
    on(OrderDisputeReleased.self) { event, row in
      try row.dispute(event.orderID, event.paymentID, disputed: -event.amount)
      try row.endClaim(event.orderID, event.paymentID, event.chargebackID)
    }
    on(OrderDisputeSettled.self) { event, row in
      try row.dispute(
        event.orderID, event.paymentID, disputed: -event.amount, executed: event.amount)
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    OrderRoutes(models: models).all
  }
}
