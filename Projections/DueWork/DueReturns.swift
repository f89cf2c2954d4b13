// When a return has entries. Its policy approves it, and completes it where the customer keeps the
// items; a completed return's refund is requested (V3) and, within the policy's limit (R5),
// approved; an approved return that is not shipped expires. A policy approves no refund of a return
// that a person completed without money, or whose refund a person denied.

import EventSourcing
import Events
import Projecting
import SQLite

extension DueWorkWriter {
  /// The state that determines the entries of a return.
  private struct Return: Row {
    static let table = "returns"
    static let expressions = [
      "isKept": "return_method = '\(ReturnMethod.keepItem.rawValue)'",
      "refundAmount": "ifnull(refund_amount, 0)",
      "isRefundOpen": "refund_id IS NOT NULL AND NOT is_refund_withdrawn",
    ]

    var returnID: String
    var status: String
    var statusPosition: Int
    var isKept: Bool
    var isAutoApproved: Bool
    var expiresAt: String?
    var currency: String
    var resolution: String?
    var refundStatus: String?
    var refundAmount: Int
    var refundPosition: Int?
    var isRefundOpen: Bool
    var isRefundDenied: Bool
    var orderChanged: Int
  }

  /// An event of the order may allow commands that were refused for its returns before: a delivery
  /// (R4), a chargeback's end (B1), a payment, another refund's end (O2).
  func noteChange(of order: OrderID) throws {
    try database.run(
      "UPDATE returns SET order_changed = ? WHERE tenant = ? AND order_id = ?", position, tenant,
      order.rawValue)
    try refreshReturns("tenant = ? AND order_id = ?", tenant, order.rawValue)
  }

  /// A reopened case accepts new refunds (C3).
  func noteChange(of supportCase: CaseID) throws {
    try database.run(
      "UPDATE returns SET order_changed = ? WHERE tenant = ? AND case_id = ?", position, tenant,
      supportCase.rawValue)
    try refreshReturns("tenant = ? AND case_id = ?", tenant, supportCase.rawValue)
  }

  func insert(_ event: ReturnRequested) throws {
    try database.run(
      """
      INSERT INTO returns (tenant, return_id, case_id, order_id, status, status_position,
        return_method, currency, reason, is_auto_approved)
      VALUES (?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?)
      """, tenant, event.returnID.rawValue, event.caseID.rawValue, event.orderID.rawValue,
      position, event.returnMethod.rawValue, event.currency.rawValue,
      event.lines.first?.reason.code ?? "", event.autoApprove ? 1 : 0)
    try refreshReturns("tenant = ? AND return_id = ?", tenant, event.returnID.rawValue)
  }

  func complete(_ event: ReturnCompleted) throws {
    guard event.resolution == .refund else { return try delete(event.returnID) }
    for (number, item) in event.finalRefund.items.enumerated() where item.quantity > 0 {
      try database.run(
        "INSERT INTO return_items VALUES (?, ?, ?, ?, ?)", tenant, event.returnID.rawValue, number,
        item.lineID.rawValue, item.quantity)
    }
    try update(
      event.returnID, "resolution = ?, status = 'completed', status_position = ?",
      event.resolution.rawValue, position)
  }

  func approve(_ event: ReturnApproved) throws {
    try update(
      event.returnID, "expires_at = ?, status = 'approved', status_position = ?",
      event.expiresAt?.description, position)
  }

  /// Deletes the entries of a finished return.
  func delete(_ id: ReturnID) throws {
    for table in ["returns", "return_items"] {
      try database.run(
        "DELETE FROM \(table) WHERE tenant = ? AND return_id = ?", tenant, id.rawValue)
    }
    for manager in DueWork.Manager.ofReturns { try set(manager, of: "return/\(id)", to: nil) }
  }

  func setRefund(_ event: ReturnRefundRequested) throws {
    try update(
      event.returnID,
      """
      refund_id = ?, refund_status = 'pending', refund_amount = ?, refund_position = ?,
      is_refund_withdrawn = 0
      """, event.refundID.rawValue, event.amount, position)
  }

  func withdrawRefund(of id: ReturnID) throws {
    try update(id, "refund_position = ?, is_refund_withdrawn = 1", position)
  }

  /// Handles a new status of the last refund of a return.
  func setReturnsRefund(_ id: RefundID, _ status: String) throws {
    try database.run(
      """
      UPDATE returns SET refund_status = ?1,
        is_refund_denied = max(is_refund_denied, ?1 = 'denied')
      WHERE tenant = ?2 AND refund_id = ?3
      """, status, tenant, id.rawValue)
    try refreshReturns("tenant = ? AND refund_id = ?", tenant, id.rawValue)
  }

  func move(_ id: ReturnID, to status: String) throws {
    try update(id, "status = ?, status_position = ?", status, position)
  }

  private func update<each Value: SQLiteValue>(
    _ id: ReturnID, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      "UPDATE returns SET \(assignments) WHERE tenant = ? AND return_id = ?", repeat each values,
      tenant, id.rawValue)
    try refreshReturns("tenant = ? AND return_id = ?", tenant, id.rawValue)
  }

  /// Updates the entries of the returns that match a condition.
  func refreshReturns<each Value: SQLiteValue>(
    _ condition: String, _ values: repeat each Value
  ) throws {
    let returns = try database.rows(
      Return.self, "WHERE \(condition) ORDER BY return_id", repeat each values)
    if returns.isEmpty { return }
    let tenant = try readTenant()
    for row in returns {
      for (manager, entry) in entries(of: row, tenant) {
        try set(manager, of: "return/\(row.returnID)", to: entry)
      }
    }
  }

  private func entries(
    of row: Return, _ tenant: Tenant
  ) -> [(DueWork.Manager, Entry?)] {
    func entry(_ cause: Int?, if isDue: Bool, at dueAt: String? = nil) -> Entry? {
      guard let cause, isDue else { return nil }
      let resumption = resumption(
        after: cause, tenant.activeSince, tenant.settingsChanged, row.orderChanged)
      return Entry(dueAt: dueAt, cause: cause, resumption: resumption)
    }
    let isCompleted = row.status == "completed" && row.resolution == "refund"
    return [
      (
        .returnApproval,
        entry(row.statusPosition, if: row.status == "requested" && row.isAutoApproved)
      ),
      (
        .returnCompletion,
        // The customer keeps the items, so there is nothing to inspect.
        entry(
          row.statusPosition, if: row.status == "approved" && row.isKept && row.isAutoApproved)
      ),
      (
        .returnExpiry,
        entry(
          row.statusPosition, if: row.status == "approved" && row.expiresAt != nil,
          at: row.expiresAt)
      ),
      (
        .returnRefund,
        // A refund that was requested since and withdrawn is left to agents.
        entry(
          row.statusPosition,
          if: isCompleted && !row.isRefundOpen && row.refundPosition ?? 0 < row.statusPosition)
      ),
      (
        .refundApproval,
        entry(
          row.refundPosition,
          if: isCompleted && row.refundStatus == "pending" && row.isAutoApproved
            && !row.isRefundDenied && row.refundAmount <= tenant.autoApproveLimit
            && row.currency == tenant.currency)
      ),
    ]
  }
}
