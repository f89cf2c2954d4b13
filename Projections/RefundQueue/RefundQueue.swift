import Domain
import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every refund as it stands, with totals by status and its timeline.
public enum RefundQueue: ReadModel {
  public static let name = "RefundQueue"
  public static let version = 7

  /// In the order of a refund's life (rule book, Refund).
  public static let statuses = [
    "pending", "approved", "processing", "outcome_unknown", "failed", "executed", "denied",
    "cancelled",
  ]

  public static let handlers = Handlers(RefundRowWriter.self) {
    on(TenantRegistered.self) { event, row in try row.insert(event) }
    on(TenantSettingsChanged.self) { event, row in try row.update(event.settings) }
    on(OrderDelivered.self) { event, row in try row.setDelivery(event) }
    on(ReturnRequested.self) { event, row in try row.insert(event) }
    on(RefundRequested.self) { event, row in try row.insert(event) }
    on(PaymentCaptured.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderReservationReleased.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderDisputeReleased.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderDisputeCovered.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(RefundAmended.self) { event, row in
      try row.update(
        event.refundID, "requested_amount = ?, reason = ?", event.requestedAmount, event.reason)
      try row.note(event.refundID, amount: event.requestedAmount, event.reason)
      try row.derive(event)
    }
    on(RefundApproved.self) { event, row in
      try row.move(
        event.refundID, to: "approved",
        "approved_amount = ?, approved_at = ?, approved_by = ?, note = NULL",
        event.approvedAmount, row.recorded.time.description, event.approvedBy.rawValue)
      try row.note(
        event.refundID, amount: event.approvedAmount,
        event.returnRequestedOn.map { "return requested on \($0)" }
          ?? "until \(event.facts.lastDay)")
    }
    on(RefundApprovalReset.self) { event, row in
      try row.move(
        event.refundID, to: "pending",
        "approved_amount = NULL, approved_at = NULL, approved_by = NULL")
      try row.note(event.refundID, amount: event.approvedAmount, nil)
    }
    on(RefundDenied.self) { event, row in
      try row.move(event.refundID, to: "denied", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    }
    on(RefundCancelled.self) { event, row in
      try row.move(event.refundID, to: "cancelled", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    }
    on(RefundExecutionStarted.self) { event, row in
      try row.move(
        event.refundID, to: "processing",
        """
        attempt = ?, is_started_by_hand = ?, is_told = ?, idempotency_key = ?, failure_code = NULL,
        note = NULL
        """, event.attempt, row.recorded.actor.kind == .system ? 0 : 1, event.told == true ? 1 : 0,
        event.idempotencyKey)
      try row.insert(event.payments, of: event.refundID)
      try row.note(event.refundID, amount: event.amount, "attempt \(event.attempt)")
    }
    on(RefundExecuted.self) { event, row in
      try row.move(
        event.refundID, to: "executed", "executed_at = ?, settlement_reference = ?, note = NULL",
        row.recorded.time.description, event.settlementReference)
      try row.note(event.refundID, amount: event.amount, event.settlementReference)
    }
    on(RefundFailed.self) { event, row in
      try row.move(
        event.refundID, to: "failed", "failure_code = ?, note = ?", event.code.rawValue,
        event.reason)
      try row.note(event.refundID, event.reason)
    }
    on(RefundOutcomeUnknown.self) { event, row in
      try row.move(event.refundID, to: "outcome_unknown", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    }
    on(CommandRejected.self) { event, row in try row.note(event) }
  }
}

/// Writes what one event changes.
struct RefundRowWriter: RowWriter {
  var recorded: RecordedEvent
  var database: Database


  func insert(_ event: TenantRegistered) throws {
    try database.run(
      """
      INSERT INTO tenants (tenant, name, return_window_days, time_zone, active_since)
      VALUES (?, ?, ?, ?, ?)
      """, tenant, event.name, event.settings.returnWindowDays, event.settings.timeZone, position)
  }

  func update(_ settings: TenantSettings) throws {
    try database.run(
      "UPDATE tenants SET return_window_days = ?, time_zone = ? WHERE tenant = ?",
      settings.returnWindowDays, settings.timeZone, tenant)
  }

  func setDelivery(_ event: OrderDelivered) throws {
    try database.run(
      """
      UPDATE refunds SET delivery_date = ? WHERE tenant = ? AND order_id = ?
        AND status = 'pending'
      """, event.deliveryDate.description, tenant, event.orderID.rawValue)
  }

  func noteClaims(on order: OrderID) throws {
    try database.run(
      """
      UPDATE refunds SET claims_changed = ? WHERE tenant = ? AND order_id = ?
        AND status IN ('approved', 'failed')
      """, position, tenant, order.rawValue)
  }

  /// Why a refund is not approved or paid by itself, for whoever wonders.
  func note(_ event: CommandRejected) throws {
    guard recorded.actor.kind == .system, let target = event.target, target.hasPrefix("refund/")
    else { return }
    let statuses: String
    switch event.commandType {
    case ApproveRefund.typeName: statuses = "'pending'"
    case ExecuteRefund.typeName: statuses = "'approved', 'failed'"
    default: return
    }
    try database.run(
      """
      UPDATE refunds SET note = ?, updated_at = ? WHERE tenant = ? AND refund_id = ?
        AND status IN (\(statuses))
      """, event.detail, time, tenant, String(target.dropFirst("refund/".count)))
  }

  func insert(_ event: ReturnRequested) throws {
    try database.run(
      "INSERT INTO returns VALUES (?, ?, ?)", tenant, event.returnID.rawValue,
      event.requestedOn.description)
  }

  func insert(_ event: RefundRequested) throws {
    try database.run(
      """
      INSERT INTO refunds (tenant, refund_id, position, case_id, order_id, customer_id, return_id,
        status, currency, requested_amount, reason, delivery_date, requested_at, requested_by,
        status_position, updated_at, return_requested_on)
      VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?,
        (SELECT requested_on FROM returns WHERE tenant = ? AND return_id = ?))
      """, tenant, event.refundID.rawValue, position, event.caseID.rawValue,
      event.orderID.rawValue, event.customerID.rawValue, event.returnID?.rawValue,
      event.currency.rawValue,
      event.requestedAmount, event.reason, event.deliveryDate?.description, time,
      event.requestedBy.rawValue, position, time, tenant, event.returnID?.rawValue)
    try note(event.refundID, amount: event.requestedAmount, event.reason)
    try RefundQueue.write(
      Derivation(of: event), of: event.refundID, tenant: recorded.tenant, to: database)
  }

  func insert(_ payments: [RefundedPayment], of id: RefundID) throws {
    try database.run(
      "DELETE FROM refund_payments WHERE tenant = ? AND refund_id = ?", tenant, id.rawValue)
    for (number, payment) in payments.enumerated() {
      try database.run(
        "INSERT INTO refund_payments VALUES (?, ?, ?, ?, ?, ?)", tenant, id.rawValue, number,
        payment.paymentID.rawValue, payment.provider, payment.amount)
    }
  }

  func derive(_ event: RefundAmended) throws {
    guard
      let currency = try database.row(
        "SELECT currency FROM refunds WHERE tenant = ? AND refund_id = ?", tenant,
        event.refundID.rawValue, row: { CurrencyCode(unchecked: $0.text(0)) })
    else { return }
    try RefundQueue.write(
      Derivation(of: event, in: currency), of: event.refundID, tenant: recorded.tenant,
      to: database)
  }

  func update<each Value: SQLiteValue>(
    _ id: RefundID, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      "UPDATE refunds SET \(assignments), updated_at = ? WHERE tenant = ? AND refund_id = ?",
      repeat each values, time, tenant, id.rawValue)
  }

  func move<each Value: SQLiteValue>(
    _ id: RefundID, to status: String, _ assignments: String, _ values: repeat each Value
  ) throws {
    try update(
      id, "\(assignments), status = ?, status_position = ?", repeat each values, status, position)
  }

  func note(_ id: RefundID, amount: Int? = nil, _ note: String?) throws {
    try database.run(
      "INSERT INTO refund_timeline VALUES (?, ?, ?, ?, ?, ?, ?, ?)", tenant, id.rawValue,
      position, time, recorded.event.type, recorded.actor.rawValue, amount, note)
  }
}
