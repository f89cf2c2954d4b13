// What the process managers have to do: one entry for each command that an event made due. It is
// read by process managers alone, and it is deterministic like every read model: the same history
// gives the same entries with the same sequence numbers.
//
// - An entry has a new, higher sequence number whenever it is added or changed, and each time its
//   tenant resumes work. A reader that continues after the last number it has seen misses nothing
//   and reads nothing twice.
// - An entry that is done, or that no longer applies, is deleted.
// - A suspended tenant (T2) and a tenant that imports its history have entries, but none is due.
// - What a rule refuses stays as it is and is not due again until its resumption changes.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// The commands that process managers submit, as soon as they are due.
public enum DueWork: Projector {
  public static let name = "DueWork"
  public static let version = 1

  public static let eventTypes: Set<String> = [
    "TenantRegistered", "TenantSuspended", "TenantReinstated", "ImportBegun", "ImportEnded",
    "TenantSettingsChanged",
    "OrderAmended", "OrderDelivered", "OrderDisputeReleased", "OrderDisputeCovered",
    "OrderReservationReleased", "OrderReservationReduced", "OrderReservationSettled",
    "OrderDisputeSettled", "PaymentCaptured", "CaseReopened",
    "PayoutHoldApplied", "PayoutHoldReleased", "PayoutHoldExpired",
    "SlaClocksStarted", "SlaClocksPaused", "SlaClocksResumed", "SlaRetargeted",
    "SlaFirstResponseMet", "SlaBreached",
    "RefundRequested", "RefundApproved", "RefundApprovalReset", "RefundDenied", "RefundCancelled",
    "RefundExecutionStarted", "RefundExecuted", "RefundFailed", "RefundOutcomeUnknown",
    "ReturnRequested", "ReturnApproved", "ReturnRejected", "ReturnCancelled", "ReturnShipped",
    "ReturnLinesReceived", "ReturnInspected", "ReturnCompleted", "ReturnExpired",
    "ReturnRefundRequested", "ReturnRefundWithdrawn",
  ]

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let row = DueWorkWriter(recorded: recorded, database: database)
    switch recorded.event {
    case .tenantRegistered(let event): try row.register(event)
    case .tenantSuspended: try row.setTenant("is_suspended = 1")
    case .tenantReinstated:
      try row.setTenant("is_suspended = 0")
      try row.resume()
    case .importBegun: try row.setTenant("is_importing = 1")
    case .importEnded:
      try row.setTenant("is_importing = 0")
      try row.resume()
    case .tenantSettingsChanged(let event): try row.limit(event.settings)
    case .orderAmended(let event): try row.noteChange(of: event.orderID)
    case .orderDelivered(let event): try row.noteChange(of: event.orderID)
    case .orderReservationReduced(let event): try row.noteChange(of: event.orderID)
    case .orderReservationSettled(let event): try row.noteChange(of: event.orderID)
    case .orderDisputeSettled(let event): try row.noteChange(of: event.orderID)
    case .orderDisputeReleased(let event): try row.noteClaims(on: event.orderID)
    case .orderDisputeCovered(let event): try row.noteClaims(on: event.orderID)
    case .orderReservationReleased(let event): try row.noteClaims(on: event.orderID)
    case .paymentCaptured(let event): try row.noteClaims(on: event.orderID)
    case .caseReopened(let event): try row.noteChange(of: event.caseID)
    case .payoutHoldApplied(let event): try row.setExpiry(of: event.holdID, event.expiresAt)
    case .payoutHoldReleased(let event): try row.setExpiry(of: event.holdID, nil)
    case .payoutHoldExpired(let event): try row.setExpiry(of: event.holdID, nil)
    case .slaClocksStarted(let event):
      try row.begin(.firstResponse, of: event.caseID, event.firstResponseDueAt)
      try row.begin(.resolution, of: event.caseID, event.resolutionDueAt)
    case .slaClocksPaused(let event):
      try row.move(.firstResponse, of: event.caseID, to: nil)
      try row.move(.resolution, of: event.caseID, to: nil)
    case .slaClocksResumed(let event):
      try row.move(.firstResponse, of: event.caseID, to: event.firstResponseDueAt)
      try row.move(.resolution, of: event.caseID, to: event.resolutionDueAt)
    case .slaRetargeted(let event):
      try row.move(.firstResponse, of: event.caseID, to: event.firstResponseDueAt)
      try row.move(.resolution, of: event.caseID, to: event.resolutionDueAt)
    case .slaFirstResponseMet(let event): try row.end(.firstResponse, of: event.caseID)
    case .slaBreached(let event): try row.end(event.targetKind, of: event.caseID)
    case .refundRequested(let event): try row.insert(event)
    case .refundApproved(let event):
      try row.approve(event)
      try row.setReturnsRefund(event.refundID, "approved")
    case .refundApprovalReset(let event):
      try row.move(event.refundID, to: "pending")
      try row.setReturnsRefund(event.refundID, "pending")
    case .refundDenied(let event):
      try row.delete(event.refundID)
      try row.setReturnsRefund(event.refundID, "denied")
    case .refundCancelled(let event):
      try row.delete(event.refundID)
      try row.setReturnsRefund(event.refundID, "cancelled")
    case .refundExecutionStarted(let event): try row.start(event)
    case .refundExecuted(let event): try row.delete(event.refundID)
    case .refundFailed(let event): try row.fail(event)
    case .refundOutcomeUnknown(let event): try row.move(event.refundID, to: "outcome_unknown")
    case .returnRequested(let event): try row.insert(event)
    case .returnApproved(let event): try row.approve(event)
    case .returnShipped(let event): try row.move(event.returnID, to: "in_transit")
    case .returnLinesReceived(let event):
      if event.complete { try row.move(event.returnID, to: "received") }
    case .returnInspected(let event): try row.move(event.returnID, to: "inspected")
    case .returnCompleted(let event): try row.complete(event)
    case .returnRejected(let event): try row.delete(event.returnID)
    case .returnCancelled(let event): try row.delete(event.returnID)
    case .returnExpired(let event): try row.delete(event.returnID)
    case .returnRefundRequested(let event): try row.setRefund(event)
    case .returnRefundWithdrawn(let event): try row.withdrawRefund(of: event.returnID)
    default: break
    }
  }
}
