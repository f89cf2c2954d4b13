// Applies one event to the refund queue.

import Domain
import EventSourcing
import Events
import Projecting
import SQLite

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
    case ExecuteRefund.typeName: statuses = "'approved', 'failed'"
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

  /// Changes the status, with an optional reason.
  func end(_ id: RefundID, as status: String, _ reason: String?) throws {
    try move(id, to: status, "note = ?", reason)
    try note(id, reason)
  }

  func note(_ id: RefundID, amount: Int? = nil, _ note: String?) throws {
    try Self.timeline.note(id, amount: amount, note, self)
  }
}
