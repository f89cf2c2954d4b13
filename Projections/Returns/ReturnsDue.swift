// What process managers have to do about returns: approve what the policy approves, request the
// refund of what is completed, approve that refund within the policy's limit (R5), and end what was
// approved and never shipped. Whatever a rule refuses is recorded and left to people.

public import EventSourcing
public import Events
public import SQLite

extension Returns {
  /// The columns that every to-do begins with.
  private static func head(_ cause: String) -> String {
    "tenant, \(cause), \(Suspensions.resumption(since: cause, or: "order_changed"))"
  }

  private static func due(_ row: Statement, _ command: Command) -> DueCommand {
    DueCommand(
      tenant: TenantID(unchecked: row.text(0)), cause: Position(UInt64(row.int(1))),
      resumption: row.optionalInt(2).map { Position(UInt64($0)) }, command: command)
  }

  /// Returns that their policy approves without a person.
  public static func approvalsDue(limit: Int, in database: Database) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT \(head("position")), return_id FROM returns JOIN tenants USING (tenant)
      WHERE status = 'requested' AND is_auto_approved = 1 AND \(Suspensions.isAtWork)
      ORDER BY position LIMIT ?
      """, limit,
      row: {
        due($0, .approveReturn(ApproveReturn(returnID: ReturnID(unchecked: $0.text(3)))))
      })
  }

  /// Returns that were approved and not shipped in time.
  public static func expiriesDue(
    at now: Timestamp, limit: Int, in database: Database
  ) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT \(head("status_position")), return_id FROM returns JOIN tenants USING (tenant)
      WHERE status = 'approved' AND expires_at <= ? AND \(Suspensions.isAtWork)
      ORDER BY expires_at LIMIT ?
      """, now.description, limit,
      row: { due($0, .expireReturn(ExpireReturn(returnID: ReturnID(unchecked: $0.text(3))))) })
  }

  /// Returns that their policy approved and whose items the customer keeps: nothing comes that
  /// anybody could look at.
  public static func completionsDue(limit: Int, in database: Database) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT \(head("status_position")), return_id FROM returns JOIN tenants USING (tenant)
      WHERE status = 'approved' AND return_method = 'keep_item' AND is_auto_approved = 1
        AND \(Suspensions.isAtWork)
      ORDER BY status_position LIMIT ?
      """, limit,
      row: { due($0, .completeReturn(CompleteReturn(returnID: ReturnID(unchecked: $0.text(3))))) })
  }

  /// Completed returns whose refund was not requested yet (V3).
  public static func refundsDue(limit: Int, in database: Database) throws -> [DueCommand] {
    let found = try database.rows(
      """
      SELECT \(head("status_position")), return_id, case_id, order_id, reason
      FROM returns JOIN tenants USING (tenant)
      WHERE status = 'completed' AND resolution = 'refund' AND money = 'not_due'
        -- what was requested since, and withdrawn, is for people
        AND coalesce(refund_position, 0) < status_position AND \(Suspensions.isAtWork)
      ORDER BY status_position LIMIT ?
      """, limit,
      row: {
        let request = RequestRefund(
          caseID: CaseID(unchecked: $0.text(4)), orderID: OrderID(unchecked: $0.text(5)),
          returnID: ReturnID(unchecked: $0.text(3)), items: [], reason: $0.text(6))
        return (request, due($0, .requestRefund(request)))
      })
    return try found.map { request, due in
      var (request, due) = (request, due)
      request.items = try itemsDue(of: request.returnID, due.tenant, in: database)
      due.command = .requestRefund(request)
      return due
    }
  }

  private static func itemsDue(
    of id: ReturnID?, _ tenant: TenantID, in database: Database
  ) throws -> [RequestedItem] {
    try database.rows(
      """
      SELECT line_id, due FROM return_lines WHERE tenant = ? AND return_id = ? AND due > 0
      ORDER BY number
      """, tenant.rawValue, id?.rawValue,
      row: { RequestedItem(lineID: LineID(unchecked: $0.text(0)), quantity: $0.int(1)) })
  }

  /// Pending refunds of returns that their policy approves, within its limit (R5). People decide
  /// before the inspection, after a completion with nothing, and after a denial.
  public static func refundApprovalsDue(
    limit: Int, in database: Database
  ) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT \(head("refund_position")), refund_id
      FROM returns JOIN tenants USING (tenant) JOIN limits USING (tenant)
      WHERE refund_status = 'pending' AND is_auto_approved = 1 AND status = 'completed'
        AND resolution = 'refund' AND was_denied = 0 AND \(Suspensions.isAtWork)
        AND refund_amount <= auto_approve_limit AND returns.currency = limits.currency
      ORDER BY refund_position LIMIT ?
      """, limit,
      row: {
        due($0, .approveRefund(ApproveRefund(refundID: RefundID(unchecked: $0.text(3)))))
      })
  }
}
