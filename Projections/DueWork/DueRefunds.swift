// When a refund has an entry: it is approved, or a leg of it has no known outcome, or the provider
// has no record of any of the legs that failed, so that another attempt is safe (R7). What came
// back, and attempts of another system, reported by an import, are left to agents.

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
          OR status IN ('failed', 'partly_executed') AND NOT EXISTS (
            SELECT 1 FROM refund_legs AS leg
            WHERE leg.tenant = refunds.tenant AND leg.refund_id = refunds.refund_id
              AND leg.state IN ('failed', 'returned') AND leg.failure_code IS NOT 'not_received'
              AND leg.attempt = (
                SELECT max(last.attempt) FROM refund_legs AS last
                WHERE last.tenant = leg.tenant AND last.refund_id = leg.refund_id
                  AND last.payment_id = leg.payment_id)))
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
        tenant, refund_id, order_id, status, status_position, currency)
      VALUES (?, ?, ?, 'pending', ?, ?)
      """, tenant, event.refundID.rawValue, event.orderID.rawValue, position,
      event.currency.rawValue)
  }

  func start(_ event: RefundExecutionStarted) throws {
    let id = event.refundID.rawValue
    // A refund that was executed, and whose money came back, has no row.
    try database.run(
      """
      INSERT INTO refunds (
        tenant, refund_id, order_id, status, status_position, attempt_position, currency,
        attempt, is_started_by_hand, is_imported)
      VALUES (?1, ?2, ?3, 'processing', ?4, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT DO UPDATE SET attempt = excluded.attempt,
        attempt_position = excluded.attempt_position,
        is_started_by_hand = excluded.is_started_by_hand, is_imported = excluded.is_imported
      """, tenant, id, event.orderID.rawValue, position, event.currency.rawValue, event.attempt,
      recorded.actor.kind == .system ? 0 : 1, event.told == true ? 1 : 0)
    for (number, leg) in event.legs.enumerated() {
      try database.run(
        "INSERT INTO refund_legs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", tenant, id,
        leg.paymentID.rawValue, event.attempt, number, leg.provider, leg.amount,
        leg.idempotencyKey, RefundToExecute.Leg.State.requested.rawValue)
    }
    try move(event.refundID, to: "processing")
  }

  /// - Parameter paymentID: of the leg; all of the attempt where it is `nil`.
  func setLeg(
    of id: RefundID, _ paymentID: PaymentID?, _ attempt: Int, _ state: RefundToExecute.Leg.State,
    _ code: FailureCode? = nil
  ) throws {
    try database.run(
      """
      UPDATE refund_legs SET state = ?1, failure_code = ?2
      WHERE tenant = ?3 AND refund_id = ?4 AND attempt = ?5 AND (?6 IS NULL OR payment_id = ?6)
      """, state.rawValue, code?.rawValue, tenant, id.rawValue, attempt, paymentID?.rawValue)
    guard state == .settled else { return }
    // R9: it was paid in an earlier attempt than the last, which counts no more.
    try database.run(
      """
      DELETE FROM refund_legs
      WHERE tenant = ?1 AND refund_id = ?2 AND attempt > ?3 AND (?4 IS NULL OR payment_id = ?4)
      """, tenant, id.rawValue, attempt, paymentID?.rawValue)
  }

  func follow(_ id: RefundID, _ status: RefundProgress) throws {
    if status == .executed { try delete(id) } else { try move(id, to: status.rawValue) }
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
      WHERE tenant = ? AND order_id = ? AND status IN ('approved', 'partly_executed', 'failed')
      """, position, tenant, order.rawValue)
    try refreshRefunds("order_id = ?", order.rawValue)
    try noteChange(of: order)
  }

  func delete(_ id: RefundID) throws {
    for table in ["refunds", "refund_legs"] {
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
