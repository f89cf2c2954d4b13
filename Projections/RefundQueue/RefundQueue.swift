import Domain
import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every refund as it stands, with totals by status and its timeline.
public enum RefundQueue: Projector {
  public static let name = "RefundQueue"
  public static let version = 7

  /// In the order of a refund's life (rule book, Refund).
  public static let statuses = [
    "pending", "approved", "processing", "outcome_unknown", "failed", "executed", "denied",
    "cancelled",
  ]

  public static let eventTypes = Suspensions.eventTypes.union([
    "TenantSettingsChanged", "OrderDelivered", "PaymentCaptured", "OrderReservationReleased",
    "OrderDisputeReleased", "OrderDisputeCovered", "ReturnRequested", "RefundRequested",
    "RefundAmended", "RefundApproved", "RefundApprovalReset",
    "RefundDenied", "RefundCancelled", "RefundExecutionStarted", "RefundExecuted", "RefundFailed",
    "RefundOutcomeUnknown", "CommandRejected",
  ])

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let row = RefundRowWriter(recorded: recorded, database: database)
    switch recorded.event {
    case .tenant(.tenantRegistered(let event)): try row.insert(event)
    case .tenant(.tenantSettingsChanged(let event)): try row.update(event.settings)
    case .order(.orderDelivered(let event)): try row.setDelivery(event)
    case .return(.returnRequested(let event)): try row.insert(event)
    case .refund(.refundRequested(let event)): try row.insert(event)
    case .order(.paymentCaptured(let event)): try row.noteClaims(on: event.orderID)
    case .order(.orderReservationReleased(let event)): try row.noteClaims(on: event.orderID)
    case .order(.orderDisputeReleased(let event)): try row.noteClaims(on: event.orderID)
    case .order(.orderDisputeCovered(let event)): try row.noteClaims(on: event.orderID)

    case .refund(.refundAmended(let event)):
      try row.update(
        event.refundID, "requested_amount = ?, reason = ?", event.requestedAmount, event.reason)
      try row.note(event.refundID, amount: event.requestedAmount, event.reason)
      try row.derive(event)
    case .refund(.refundApproved(let event)):
      try row.move(
        event.refundID, to: "approved",
        "approved_amount = ?, approved_at = ?, approved_by = ?, note = NULL",
        event.approvedAmount, recorded.time.description, event.approvedBy.rawValue)
      try row.note(
        event.refundID, amount: event.approvedAmount,
        event.returnRequestedOn.map { "return requested on \($0)" }
          ?? "until \(event.facts.lastDay)")
    case .refund(.refundApprovalReset(let event)):
      try row.move(
        event.refundID, to: "pending",
        "approved_amount = NULL, approved_at = NULL, approved_by = NULL")
      try row.note(event.refundID, amount: event.approvedAmount, nil)
    case .refund(.refundDenied(let event)):
      try row.move(event.refundID, to: "denied", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    case .refund(.refundCancelled(let event)):
      try row.move(event.refundID, to: "cancelled", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    case .refund(.refundExecutionStarted(let event)):
      try row.move(
        event.refundID, to: "processing",
        """
        attempt = ?, is_started_by_hand = ?, is_told = ?, idempotency_key = ?, failure_code = NULL,
        note = NULL
        """, event.attempt, recorded.actor.kind == .system ? 0 : 1, event.told == true ? 1 : 0,
        event.idempotencyKey)
      try row.insert(event.payments, of: event.refundID)
      try row.note(event.refundID, amount: event.amount, "attempt \(event.attempt)")
    case .refund(.refundExecuted(let event)):
      try row.move(
        event.refundID, to: "executed", "executed_at = ?, settlement_reference = ?, note = NULL",
        recorded.time.description, event.settlementReference)
      try row.note(event.refundID, amount: event.amount, event.settlementReference)
    case .refund(.refundFailed(let event)):
      try row.move(
        event.refundID, to: "failed", "failure_code = ?, note = ?", event.code.rawValue,
        event.reason)
      try row.note(event.refundID, event.reason)
    case .refund(.refundOutcomeUnknown(let event)):
      try row.move(event.refundID, to: "outcome_unknown", "note = ?", event.reason)
      try row.note(event.refundID, event.reason)
    case .command(.commandRejected(let event)): try row.note(event)
    default: try Suspensions.apply(recorded, to: database)
    }
  }
}

/// Writes what one event changes.
private struct RefundRowWriter {
  var recorded: RecordedEvent
  var database: Database

  private var tenant: String { recorded.tenant.rawValue }
  private var position: Int { Int(recorded.position.value) }
  private var time: String { recorded.time.description }

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
