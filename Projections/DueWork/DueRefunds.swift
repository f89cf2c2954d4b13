// When a refund has an entry: it is approved, or an attempt to pay it has no known outcome, or the
// provider has no record of its last attempt, so that another one is safe (R7). Attempts of another
// system, reported by an import, are left to agents: Redress's provider has no record of them.

import EventSourcing
import Events
import Projecting
import SQLite

extension DueWorkWriter {
  /// The state that determines the entry of a refund.
  private struct Refund: Row {
    static let table = "refunds"
    static let expressions = [
      "isDue": """
      status = 'approved'
        OR NOT is_imported AND (
          status IN ('processing', 'outcome_unknown')
          OR status = 'failed' AND failure_code = 'not_received')
      """
    ]

    var refundID: String
    var statusPosition: Int
    var claimsChanged: Int
    var isDue: Bool
  }

  func insert(_ event: RefundRequested) throws {
    try database.run(
      """
      INSERT INTO refunds (
        tenant, refund_id, order_id, status, status_position, amount, currency)
      VALUES (?, ?, ?, 'pending', ?, ?, ?)
      """, tenant, event.refundID.rawValue, event.orderID.rawValue, position,
      event.requestedAmount, event.currency.rawValue)
  }

  func approve(_ event: RefundApproved) throws {
    try database.run(
      "UPDATE refunds SET amount = ? WHERE tenant = ? AND refund_id = ?", event.approvedAmount,
      tenant, event.refundID.rawValue)
    try move(event.refundID, to: "approved")
  }

  func start(_ event: RefundExecutionStarted) throws {
    let id = event.refundID.rawValue
    try database.run(
      """
      UPDATE refunds SET attempt = ?, is_started_by_hand = ?, is_imported = ?,
        idempotency_key = ?, failure_code = NULL
      WHERE tenant = ? AND refund_id = ?
      """, event.attempt, recorded.actor.kind == .system ? 0 : 1, event.told == true ? 1 : 0,
      event.idempotencyKey, tenant, id)
    try database.run(
      "DELETE FROM refund_payments WHERE tenant = ? AND refund_id = ?", tenant, id)
    for (number, payment) in event.payments.enumerated() {
      try database.run(
        "INSERT INTO refund_payments VALUES (?, ?, ?, ?, ?, ?)", tenant, id, number,
        payment.paymentID.rawValue, payment.provider, payment.amount)
    }
    try move(event.refundID, to: "processing")
  }

  func fail(_ event: RefundFailed) throws {
    try database.run(
      "UPDATE refunds SET failure_code = ? WHERE tenant = ? AND refund_id = ?",
      event.code.rawValue, tenant, event.refundID.rawValue)
    try move(event.refundID, to: "failed")
  }

  func move(_ id: RefundID, to status: String) throws {
    try database.run(
      """
      UPDATE refunds SET status = ?, status_position = ? WHERE tenant = ? AND refund_id = ?
      """, status, position, tenant, id.rawValue)
    try refreshRefunds("refund_id = ?", id.rawValue)
  }

  /// The chargebacks' claims on the order, or their coverage, have changed (B1): its refunds may be
  /// paid now, and its returns' refunds requested and approved.
  func noteClaims(on order: OrderID) throws {
    try database.run(
      """
      UPDATE refunds SET claims_changed = ?
      WHERE tenant = ? AND order_id = ? AND status IN ('approved', 'failed')
      """, position, tenant, order.rawValue)
    try refreshRefunds("order_id = ?", order.rawValue)
    try noteChange(of: order)
  }

  func delete(_ id: RefundID) throws {
    for table in ["refunds", "refund_payments"] {
      try database.run(
        "DELETE FROM \(table) WHERE tenant = ? AND refund_id = ?", tenant, id.rawValue)
    }
    try set(.refundExecution, of: "refund/\(id)", to: nil)
  }

  /// Updates the entries of the tenant's refunds that match a condition.
  private func refreshRefunds(_ condition: String, _ value: String) throws {
    let refunds = try database.rows(
      Refund.self, "WHERE tenant = ? AND \(condition) ORDER BY refund_id", tenant, value)
    if refunds.isEmpty { return }
    let activeSince = try readTenant().activeSince
    for refund in refunds {
      let cause = refund.statusPosition
      let entry = Entry(
        cause: cause, resumption: resumption(after: cause, refund.claimsChanged, activeSince))
      try set(.refundExecution, of: "refund/\(refund.refundID)", to: refund.isDue ? entry : nil)
    }
  }
}
