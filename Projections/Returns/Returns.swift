import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every return as it stands, with its lines, its timeline, and what there is to do about it.
public enum Returns: Projector {
  public static let name = "Returns"
  public static let version = 4

  /// In the order of a return's life (rule book, Return).
  public static let statuses = [
    "requested", "approved", "in_transit", "received", "inspected", "completed", "rejected",
    "cancelled", "expired",
  ]

  public static let eventTypes: Set<String> = Suspensions.eventTypes.union([
    "TenantSettingsChanged", "SubjectErased", "CustomerRegistered", "CustomerDetailsChanged",
    "OrderRecorded", "OrderAmended", "OrderDelivered", "OrderDisputeReleased",
    "OrderDisputeCovered",
    "OrderReservationReleased", "OrderReservationReduced", "OrderReservationSettled",
    "OrderDisputeSettled", "PaymentCaptured", "CaseReopened",
    "ReturnRequested", "ReturnApproved", "ReturnRejected", "ReturnCancelled", "ReturnShipped",
    "ReturnLinesReceived", "ReturnLinesInspected", "ReturnInspected", "ReturnCompleted",
    "ReturnExpired", "ReturnRefundRequested", "ReturnRefundWithdrawn", "RefundApproved",
    "RefundApprovalReset", "RefundDenied", "RefundCancelled", "RefundExecutionStarted",
    "RefundExecuted", "RefundFailed", "RefundOutcomeUnknown",
  ])

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    try Suspensions.apply(recorded, to: database)
    let row = ReturnRowWriter(recorded: recorded, database: database)
    switch recorded.event {
    case .tenantRegistered(let event): try row.limit(event.settings)
    case .tenantSettingsChanged(let event):
      try row.limit(event.settings)
      try Suspensions.goOn(after: recorded, in: database)
    case .customerRegistered(let event): try row.know(event.email, of: event.customerID)
    case .customerDetailsChanged(let event): try row.know(event.email, of: event.customerID)
    case .subjectErased(let event): try row.forget(event.subjectID)
    case .orderRecorded(let event): try row.know(event.customerEmail, of: event.customerID)
    case .orderAmended(let event): try row.noteChange(of: event.orderID)
    case .orderDelivered(let event): try row.noteChange(of: event.orderID)
    case .orderDisputeReleased(let event): try row.noteChange(of: event.orderID)
    case .orderDisputeCovered(let event): try row.noteChange(of: event.orderID)
    case .orderReservationReleased(let event): try row.noteChange(of: event.orderID)
    case .orderReservationReduced(let event): try row.noteChange(of: event.orderID)
    case .orderReservationSettled(let event): try row.noteChange(of: event.orderID)
    case .orderDisputeSettled(let event): try row.noteChange(of: event.orderID)
    case .paymentCaptured(let event): try row.noteChange(of: event.orderID)
    case .caseReopened(let event): try row.noteChange(of: event.caseID)

    case .returnRequested(let event): try row.insert(event)
    case .returnApproved(let event):
      try row.move(
        event.returnID, to: "approved", "expires_at = ?, processed_by = ?, note = ?",
        event.expiresAt?.description, event.approvedBy.rawValue, event.note)
      try row.note(event.returnID, event.note)
    case .returnRejected(let event):
      try row.move(
        event.returnID, to: "rejected", "processed_by = ?, note = ?", event.rejectedBy.rawValue,
        event.reason)
      try row.note(event.returnID, event.reason)
    case .returnCancelled(let event):
      try row.move(event.returnID, to: "cancelled", "note = ?", event.reason)
      try row.note(event.returnID, event.reason)
    case .returnExpired(let event):
      try row.move(event.returnID, to: "expired", "note = NULL")
      try row.note(event.returnID, "not shipped by \(clock(event.expiresAt.description))")
    case .returnShipped(let event):
      try row.move(
        event.returnID, to: "in_transit", "carrier = ?, tracking_number = ?", event.carrier,
        event.trackingNumber)
      try row.note(
        event.returnID,
        [event.carrier, event.trackingNumber].compactMap { $0 }.joined(separator: " "))
    case .returnLinesReceived(let event): try row.receive(event)
    case .returnLinesInspected(let event): try row.inspect(event)
    case .returnInspected(let event):
      try row.move(
        event.returnID, to: "inspected", "final_amount = ?", event.finalRefund.amount)
      try row.note(event.returnID, amount: event.finalRefund.amount, nil)
    case .returnCompleted(let event): try row.complete(event)
    case .returnRefundRequested(let event):
      try row.update(
        event.returnID,
        """
        money = 'refund', refund_id = ?, refund_status = 'pending', refund_amount = ?,
        refund_position = ?
        """, event.refundID.rawValue, event.amount, row.position)
      try row.note(event.returnID, amount: event.amount, event.refundID.rawValue)
    case .returnRefundWithdrawn(let event):
      try row.update(event.returnID, "money = 'not_due', refund_position = ?", row.position)
      try row.note(event.returnID, event.refundID.rawValue)

    case .refundApproved(let event): try row.setRefund(event.refundID, "approved")
    case .refundApprovalReset(let event): try row.setRefund(event.refundID, "pending")
    case .refundDenied(let event): try row.setRefund(event.refundID, "denied")
    case .refundCancelled(let event): try row.setRefund(event.refundID, "cancelled")
    case .refundExecutionStarted(let event): try row.setRefund(event.refundID, "processing")
    case .refundExecuted(let event): try row.setRefund(event.refundID, "executed")
    case .refundFailed(let event): try row.setRefund(event.refundID, "failed")
    case .refundOutcomeUnknown(let event): try row.setRefund(event.refundID, "outcome_unknown")
    default: break
    }
  }
}
