// The to-do list of the process manager that pays: refunds that somebody has to do something about.

public import EventSourcing
public import Events
public import SQLite

/// A refund between approval and its known outcome.
public struct OpenExecution: Sendable, Hashable {
  public var tenant: TenantID
  public var refundID: RefundID
  public var status: String
  public var failureCode: String?
  /// The event that brought it into its status.
  public var position: Position
  /// The event since then that ended a suspension of its tenant, or changed what chargebacks claim of its
  /// order, if there was one.
  public var resumption: Position?
  public var attempt: Int
  public var idempotencyKey: String
  /// Minor units of ``currency``.
  public var amount: Int
  public var currency: String
}

extension RefundQueue {
  /// Oldest first; failed ones only where the provider never received the request (R7), and nothing of
  /// a suspended tenant, which would refuse every command (T2), or while a history is imported, in which the
  /// old system may have paid.
  public static func openExecutions(
    limit: Int, in database: Database
  ) throws -> [OpenExecution] {
    try database.rows(
      """
      SELECT tenant, refund_id, status, failure_code, status_position, attempt,
        idempotency_key, amount, currency,
        nullif(
          max(
            iif(active_since > status_position, active_since, 0),
            iif(claims_changed > status_position, claims_changed, 0)), 0)
      FROM refunds JOIN tenants USING (tenant)
      WHERE status IN ('approved', 'processing', 'outcome_unknown', 'failed')
        AND (status <> 'failed' OR failure_code = 'not_received') AND NOT is_suspended
        AND NOT is_importing
      -- what was begun comes before what was only approved
      ORDER BY status = 'approved', status_position LIMIT ?
      """, limit,
      row: {
        OpenExecution(
          tenant: TenantID(unchecked: $0.text(0)), refundID: RefundID(unchecked: $0.text(1)),
          status: $0.text(2), failureCode: $0.optionalText(3),
          position: Position(UInt64($0.int(4))),
          resumption: $0.optionalInt(9).map { Position(UInt64($0)) }, attempt: $0.int(5),
          idempotencyKey: $0.optionalText(6) ?? "", amount: $0.int(7), currency: $0.text(8))
      })
  }
}
