// The to-do list of the process manager that pays: refunds that somebody has to do something about.

import EventSourcing
public import Events
public import SQLite

extension RefundQueue {
  /// Oldest first; failed ones only where the provider never received the request (R7), and nothing
  /// of a suspended tenant, which would refuse every command (T2), or while a history is imported.
  /// What became of the attempts that it tells, Redress's provider does not know: they are for
  /// people.
  public static func openExecutions(
    limit: Int, in database: Database
  ) throws -> [RefundToExecute] {
    let found = try database.rows(
      """
      SELECT tenant, refund_id, status, status_position, attempt,
        is_started_by_hand, idempotency_key, amount, currency,
        \(Suspensions.resumption(since: "status_position", or: "claims_changed"))
      FROM refunds JOIN tenants USING (tenant)
      WHERE status IN ('approved', 'processing', 'outcome_unknown', 'failed')
        AND (status <> 'failed' OR failure_code = 'not_received') AND \(Suspensions.isAtWork)
        AND (status = 'approved' OR NOT is_told)
      -- what was begun comes before what was only approved
      ORDER BY status = 'approved', status_position LIMIT ?
      """, limit,
      row: {
        RefundToExecute(
          tenant: TenantID(unchecked: $0.text(0)), refundID: RefundID(unchecked: $0.text(1)),
          stage: stage($0.text(2)), position: Position(UInt64($0.int(3))),
          resumption: $0.optionalInt(9).map { Position(UInt64($0)) }, attempt: $0.int(4),
          isStartedByHand: $0.int(5) != 0, idempotencyKey: $0.optionalText(6) ?? "",
          amount: $0.int(7), currency: $0.text(8))
      })
    return try found.map { refund in
      var refund = refund
      if refund.attempt > 0 { refund.payments = try payments(of: refund, in: database) }
      return refund
    }
  }

  private static func payments(
    of refund: RefundToExecute, in database: Database
  ) throws -> [RefundedPayment] {
    try database.rows(
      """
      SELECT payment_id, provider, amount FROM refund_payments WHERE tenant = ? AND refund_id = ?
      ORDER BY number
      """, refund.tenant.rawValue, refund.refundID.rawValue,
      row: {
        RefundedPayment(
          paymentID: PaymentID(unchecked: $0.text(0)), provider: $0.optionalText(1),
          amount: $0.int(2))
      })
  }

  private static func stage(_ status: String) -> RefundToExecute.Stage {
    switch status {
    case "approved": .approved
    case "processing": .processing
    case "outcome_unknown": .outcomeUnknown
    case "failed": .failedUnreceived
    default: preconditionFailure("a refund to execute that is \(status)")
    }
  }
}
