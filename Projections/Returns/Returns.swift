import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every return as it stands, with its lines, its timeline, and what there is to do about it.
public enum Returns: Projector {
  public static let name = "Returns"
  public static let version = 5

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
    case .tenant(.tenantRegistered(let event)): try row.limit(event.settings)
    case .tenant(.tenantSettingsChanged(let event)):
      try row.limit(event.settings)
      try Suspensions.goOn(after: recorded, in: database)
    case .customer(.customerRegistered(let event)): try row.know(event.email, of: event.customerID)
    case .customer(.customerDetailsChanged(let event)):
      try row.know(event.email, of: event.customerID)
    case .privacy(.subjectErased(let event)): try row.forget(event.subjectID)
    case .order(.orderRecorded(let event)): try row.know(event.customerEmail, of: event.customerID)
    case .order(.orderAmended(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderDelivered(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderDisputeReleased(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderDisputeCovered(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderReservationReleased(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderReservationReduced(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderReservationSettled(let event)): try row.noteChange(of: event.orderID)
    case .order(.orderDisputeSettled(let event)): try row.noteChange(of: event.orderID)
    case .order(.paymentCaptured(let event)): try row.noteChange(of: event.orderID)
    case .supportCase(.caseReopened(let event)): try row.noteChange(of: event.caseID)

    case .return(.returnRequested(let event)): try row.insert(event)
    case .return(.returnApproved(let event)):
      try row.move(
        event.returnID, to: "approved", "expires_at = ?, processed_by = ?, note = ?",
        event.expiresAt?.description, event.approvedBy.rawValue, event.note)
      try row.note(event.returnID, event.note)
    case .return(.returnRejected(let event)):
      try row.move(
        event.returnID, to: "rejected", "processed_by = ?, note = ?", event.rejectedBy.rawValue,
        event.reason)
      try row.note(event.returnID, event.reason)
    case .return(.returnCancelled(let event)):
      try row.move(event.returnID, to: "cancelled", "note = ?", event.reason)
      try row.note(event.returnID, event.reason)
    case .return(.returnExpired(let event)):
      try row.move(event.returnID, to: "expired", "note = NULL")
      try row.note(event.returnID, "not shipped by \(clock(event.expiresAt.description))")
    case .return(.returnShipped(let event)):
      try row.move(
        event.returnID, to: "in_transit", "carrier = ?, tracking_number = ?", event.carrier,
        event.trackingNumber)
      try row.note(
        event.returnID,
        [event.carrier, event.trackingNumber].compactMap { $0 }.joined(separator: " "))
    case .return(.returnLinesReceived(let event)): try row.receive(event)
    case .return(.returnLinesInspected(let event)): try row.inspect(event)
    case .return(.returnInspected(let event)):
      try row.move(
        event.returnID, to: "inspected", "final_amount = ?", event.finalRefund.amount)
      try row.note(event.returnID, amount: event.finalRefund.amount, nil)
    case .return(.returnCompleted(let event)): try row.complete(event)
    case .return(.returnRefundRequested(let event)):
      try row.update(
        event.returnID,
        """
        money = 'refund', refund_id = ?, refund_status = 'pending', refund_amount = ?,
        refund_position = ?
        """, event.refundID.rawValue, event.amount, row.position)
      try row.note(event.returnID, amount: event.amount, event.refundID.rawValue)
    case .return(.returnRefundWithdrawn(let event)):
      try row.update(event.returnID, "money = 'not_due', refund_position = ?", row.position)
      try row.note(event.returnID, event.refundID.rawValue)

    case .refund(.refundApproved(let event)): try row.setRefund(event.refundID, "approved")
    case .refund(.refundApprovalReset(let event)): try row.setRefund(event.refundID, "pending")
    case .refund(.refundDenied(let event)):
      try row.setRefund(event.refundID, "denied")
      try row.noteDenial(of: event.refundID)
    case .refund(.refundCancelled(let event)): try row.setRefund(event.refundID, "cancelled")
    case .refund(.refundExecutionStarted(let event)):
      try row.setRefund(event.refundID, "processing")
    case .refund(.refundExecuted(let event)): try row.setRefund(event.refundID, "executed")
    case .refund(.refundFailed(let event)): try row.setRefund(event.refundID, "failed")
    case .refund(.refundOutcomeUnknown(let event)):
      try row.setRefund(event.refundID, "outcome_unknown")
    default: break
    }
  }
}
