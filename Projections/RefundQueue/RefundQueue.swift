// The refund queue: the current state of every refund and of its legs, its timeline, the derivation
// of its amount, and totals by status. It answers which refunds can be approved until when, and
// which were paid.

import Domain
import EventSourcing
import Events
public import Projecting
public import Routing
import SQLite

/// The current state of every refund, with its legs, its timeline and totals by status.
public enum RefundQueue: ReadModel {
  public static let name = "RefundQueue"
  public static let version = 9

  /// The statuses, in the order of a refund's life (rule book, Refund).
  public static let statuses = [
    "pending", "approved", "processing", "outcome_unknown", "failed", "partly_executed", "executed",
    "denied", "cancelled",
  ]

  public static let streams = [StreamTable("refund", table: "refunds", id: "refund_id")]

  public static let handlers = Handlers(RefundWriter.self) {
    on(TenantRegistered.self) { event, row in try row.insert(event) }
    on(TenantSettingsChanged.self) { event, row in try row.update(event.settings) }
    on(OrderDelivered.self) { event, row in try row.setDelivery(event) }
    on(ReturnRequested.self) { event, row in try row.insert(event) }
    life()
    execution()
    wholeAttempts()
    on(CommandRejected.self) { event, row in try row.note(event) }
  }

  @HandlersBuilder<RefundWriter>
  private static func life() -> [Handler<RefundWriter>] {
    on(RefundRequested.self) { event, row in try row.insert(event) }
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
        event.approvedAmount, row.time, event.approvedBy.rawValue)
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
      try row.giveUp(event.refundID, as: "cancelled", event.reason)
      try row.note(event.refundID, event.reason)
    }
  }

  @HandlersBuilder<RefundWriter>
  private static func execution() -> [Handler<RefundWriter>] {
    on(RefundExecutionStarted.self) { event, row in try row.start(event) }
    on(RefundLegAccepted.self) { event, row in
      try row.set(
        event.refundID, event.paymentID, event.attempt, to: .accepted,
        providerReference: event.providerReference, reason: event.reason)
      try row.follow(event.refundID, event.status)
      try row.note(event.refundID, event.paymentID, event.reason)
    }
    on(RefundLegSettled.self) { event, row in
      try row.set(
        event.refundID, event.paymentID, event.attempt, to: .settled,
        settlementReference: event.settlementReference, settled: event.settled)
      try row.follow(event.refundID, event.status)
      try row.note(
        event.refundID, event.paymentID, amount: event.amount, event.settlementReference)
    }
    on(RefundLegFailed.self) { event, row in
      try row.set(
        event.refundID, event.paymentID, event.attempt, to: .failed, code: event.code,
        reason: event.reason)
      try row.follow(event.refundID, event.status)
      try row.note(event.refundID, event.paymentID, event.reason)
    }
    on(RefundLegOutcomeUnknown.self) { event, row in
      try row.set(
        event.refundID, event.paymentID, event.attempt, to: .unknown, reason: event.reason)
      try row.follow(event.refundID, event.status)
      try row.note(event.refundID, event.paymentID, event.reason)
    }
    on(RefundLegReturned.self) { event, row in
      try row.set(
        event.refundID, event.paymentID, event.attempt, to: .returned, reason: event.reason)
      try row.follow(event.refundID, event.status)
      try row.note(event.refundID, event.paymentID, amount: event.amount, event.reason)
    }
    on(RefundRestGivenUp.self) { event, row in
      try row.giveUp(event.refundID, as: RefundProgress.executed.rawValue, event.reason)
      try row.note(event.refundID, amount: event.amount, event.reason)
    }
  }

  /// What became of all legs at once, as histories have it from before legs were told apart.
  @HandlersBuilder<RefundWriter>
  private static func wholeAttempts() -> [Handler<RefundWriter>] {
    on(RefundExecuted.self) { event, row in
      try row.set(
        event.refundID, nil, event.attempt, to: .settled,
        settlementReference: event.settlementReference)
      try row.follow(event.refundID, .executed)
      try row.note(event.refundID, amount: event.amount, event.settlementReference)
    }
    on(RefundFailed.self) { event, row in
      try row.set(
        event.refundID, nil, event.attempt, to: .failed, code: event.code, reason: event.reason)
      try row.follow(event.refundID, .failed)
      try row.note(event.refundID, event.reason)
    }
    on(RefundOutcomeUnknown.self) { event, row in
      try row.set(event.refundID, nil, event.attempt, to: .unknown, reason: event.reason)
      try row.follow(event.refundID, .outcomeUnknown)
      try row.note(event.refundID, event.reason)
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    RefundRoutes(models: models).all
  }
}

/// Applies one event.
struct RefundWriter: StatusWriter {
  static let table = "refunds"
  static let key = "refund_id"

  var recorded: RecordedEvent
  var database: Database

  private static let timeline = Timeline(owner: table, id: key)

  // MARK: What refunds depend on

  func insert(_ event: TenantRegistered) throws {
    try database.run(
      "INSERT INTO tenants VALUES (?, ?)", tenant, event.settings.returnWindowDays)
  }

  func update(_ settings: TenantSettings) throws {
    try database.run(
      "UPDATE tenants SET return_window_days = ? WHERE tenant = ?", settings.returnWindowDays,
      tenant)
  }

  func setDelivery(_ event: OrderDelivered) throws {
    try database.run(
      """
      UPDATE refunds SET delivery_date = ? WHERE tenant = ? AND order_id = ?
        AND status = 'pending'
      """, event.deliveryDate.description, tenant, event.orderID.rawValue)
  }

  func insert(_ event: ReturnRequested) throws {
    try database.run(
      "INSERT INTO returns VALUES (?, ?, ?)", tenant, event.returnID.rawValue,
      event.requestedOn.description)
  }

  /// Why a refund was not approved or paid automatically.
  func note(_ event: CommandRejected) throws {
    guard recorded.actor.kind == .system, let target = event.target, target.hasPrefix("refund/")
    else { return }
    let statuses: String
    switch event.commandType {
    case ApproveRefund.typeName: statuses = "'pending'"
    case ExecuteRefund.typeName: statuses = "'approved', 'failed', 'partly_executed'"
    default: return
    }
    try database.run(
      """
      UPDATE refunds SET note = ?, updated_at = ? WHERE tenant = ? AND refund_id = ?
        AND status IN (\(statuses))
      """, event.detail, time, tenant, String(target.dropFirst("refund/".count)))
  }

  // MARK: Refunds

  func insert(_ event: RefundRequested) throws {
    try database.run(
      """
      INSERT INTO refunds (tenant, refund_id, position, case_id, order_id, customer_id, return_id,
        status, currency, requested_amount, reason, delivery_date, requested_at, requested_by,
        updated_at, return_requested_on)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending', ?8, ?9, ?10, ?11, ?12, ?13, ?12,
        (SELECT requested_on FROM returns WHERE tenant = ?1 AND return_id = ?7))
      """, tenant, event.refundID.rawValue, position, event.caseID.rawValue,
      event.orderID.rawValue, event.customerID.rawValue, event.returnID?.rawValue,
      event.currency.rawValue, event.requestedAmount, event.reason,
      event.deliveryDate?.description, time, event.requestedBy.rawValue)
    try note(event.refundID, amount: event.requestedAmount, event.reason)
    try write(Derivation(of: event), of: event.refundID)
  }

  func derive(_ event: RefundAmended) throws {
    guard
      let currency = try database.text(
        "SELECT currency FROM refunds WHERE tenant = ? AND refund_id = ?", tenant,
        event.refundID.rawValue)
    else { return }
    try write(
      Derivation(of: event, in: CurrencyCode(unchecked: currency)), of: event.refundID)
  }

  private func write(_ derivation: Derivation, of id: RefundID) throws {
    try database.run(
      "DELETE FROM derivations WHERE tenant = ? AND refund_id = ?", tenant, id.rawValue)
    for (number, row) in derivation.rows.enumerated() {
      try database.run(
        "INSERT INTO derivations VALUES (?, ?, ?, ?, ?, ?, ?)", tenant, id.rawValue, number,
        row.what, row.calculation, row.rounding, row.amount)
    }
  }

  func note(_ id: RefundID, amount: Int? = nil, _ note: String?) throws {
    try Self.timeline.note(id, amount: amount, note, self)
  }
}
