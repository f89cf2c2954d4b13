// The due work of the process managers: one entry for each command that an event made due. Only
// process managers read it. Like every read model it is deterministic: the same history gives the
// same entries with the same sequence numbers.
//
// - An entry has a new, higher sequence number whenever it is added or changed, and each time its
//   tenant resumes work. A reader that continues after its last number misses no entry and reads
//   none twice.
// - An entry that is done or no longer applies is deleted.
// - The entries of a suspended tenant (T2), and of a tenant that imports its history, are not due.
// - An entry whose command a rule refuses stays, and is due again only when its resumption changes.

import EventSourcing
import Events
public import Projecting

/// The commands that process managers submit, with the times at which they are due.
public enum DueWork: ReadModel {
  public static let name = "DueWork"
  public static let version = 2

  public static let handlers = Handlers(DueWorkWriter.self) {
    on(TenantRegistered.self) { event, row in try row.register(event) }
    on(TenantSuspended.self) { _, row in try row.setTenant("is_suspended = 1") }
    on(TenantReinstated.self) { _, row in
      try row.setTenant("is_suspended = 0")
      try row.resume()
    }
    on(ImportBegun.self) { _, row in try row.setTenant("is_importing = 1") }
    on(ImportEnded.self) { _, row in
      try row.setTenant("is_importing = 0")
      try row.resume()
    }
    on(TenantSettingsChanged.self) { event, row in try row.limit(event.settings) }
    on(OrderAmended.self) { event, row in try row.noteChange(of: event.orderID) }
    on(OrderDelivered.self) { event, row in try row.noteChange(of: event.orderID) }
    on(OrderReservationReduced.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderReservationSettled.self) { event, row in try row.noteChange(of: event.orderID) }
    on(OrderReservationRestored.self) { event, row in try row.noteChange(of: event.orderID) }
    on(OrderDisputeSettled.self) { event, row in try row.noteChange(of: event.orderID) }
    on(OrderDisputeReleased.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderDisputeCovered.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(OrderReservationReleased.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(PaymentCaptured.self) { event, row in try row.noteClaims(on: event.orderID) }
    on(CaseReopened.self) { event, row in try row.noteChange(of: event.caseID) }
    on(PayoutHoldApplied.self) { event, row in
      try row.setExpiry(of: event.holdID, event.expiresAt)
    }
    on(PayoutHoldReleased.self) { event, row in try row.setExpiry(of: event.holdID, nil) }
    on(PayoutHoldExpired.self) { event, row in try row.setExpiry(of: event.holdID, nil) }
    on(SlaClocksStarted.self) { event, row in
      try row.begin(.firstResponse, of: event.caseID, event.firstResponseDueAt)
      try row.begin(.resolution, of: event.caseID, event.resolutionDueAt)
    }
    on(SlaClocksPaused.self) { event, row in
      try row.move(.firstResponse, of: event.caseID, to: nil)
      try row.move(.resolution, of: event.caseID, to: nil)
    }
    on(SlaClocksResumed.self) { event, row in
      try row.move(.firstResponse, of: event.caseID, to: event.firstResponseDueAt)
      try row.move(.resolution, of: event.caseID, to: event.resolutionDueAt)
    }
    on(SlaRetargeted.self) { event, row in
      try row.move(.firstResponse, of: event.caseID, to: event.firstResponseDueAt)
      try row.move(.resolution, of: event.caseID, to: event.resolutionDueAt)
    }
    on(SlaFirstResponseMet.self) { event, row in try row.end(.firstResponse, of: event.caseID) }
    on(SlaBreached.self) { event, row in try row.end(event.targetKind, of: event.caseID) }
    on(RefundRequested.self) { event, row in try row.insert(event) }
    on(RefundApproved.self) { event, row in
      try row.move(event.refundID, to: "approved")
      try row.setReturnsRefund(event.refundID, "approved")
    }
    on(RefundApprovalReset.self) { event, row in
      try row.move(event.refundID, to: "pending")
      try row.setReturnsRefund(event.refundID, "pending")
    }
    on(RefundDenied.self) { event, row in
      try row.delete(event.refundID)
      try row.setReturnsRefund(event.refundID, "denied")
    }
    on(RefundCancelled.self) { event, row in
      try row.delete(event.refundID)
      try row.setReturnsRefund(event.refundID, "cancelled")
    }
    on(RefundExecutionStarted.self) { event, row in try row.start(event) }
    on(RefundLegAccepted.self) { event, row in
      try row.setLeg(of: event.refundID, event.paymentID, event.attempt, .accepted)
      try row.follow(event.refundID, event.status)
    }
    on(RefundLegSettled.self) { event, row in
      try row.setLeg(of: event.refundID, event.paymentID, event.attempt, .settled)
      try row.follow(event.refundID, event.status)
    }
    on(RefundLegFailed.self) { event, row in
      try row.setLeg(of: event.refundID, event.paymentID, event.attempt, .failed, event.code)
      try row.follow(event.refundID, event.status)
    }
    on(RefundLegOutcomeUnknown.self) { event, row in
      try row.setLeg(of: event.refundID, event.paymentID, event.attempt, .unknown)
      try row.follow(event.refundID, event.status)
    }
    on(RefundLegReturned.self) { event, row in
      try row.setLeg(of: event.refundID, event.paymentID, event.attempt, .returned)
      try row.follow(event.refundID, event.status)
    }
    on(RefundRestGivenUp.self) { event, row in try row.delete(event.refundID) }
    on(RefundExecuted.self) { event, row in try row.delete(event.refundID) }
    on(RefundFailed.self) { event, row in
      try row.setLeg(of: event.refundID, nil, event.attempt, .failed, event.code)
      try row.follow(event.refundID, .failed)
    }
    on(RefundOutcomeUnknown.self) { event, row in
      try row.setLeg(of: event.refundID, nil, event.attempt, .unknown)
      try row.follow(event.refundID, .outcomeUnknown)
    }
    on(ReturnRequested.self) { event, row in try row.insert(event) }
    on(ReturnApproved.self) { event, row in try row.approve(event) }
    on(ReturnShipped.self) { event, row in try row.move(event.returnID, to: "in_transit") }
    on(ReturnLinesReceived.self) { event, row in
      if event.complete { try row.move(event.returnID, to: "received") }
    }
    on(ReturnInspected.self) { event, row in try row.move(event.returnID, to: "inspected") }
    on(ReturnCompleted.self) { event, row in try row.complete(event) }
    on(ReturnRejected.self) { event, row in try row.delete(event.returnID) }
    on(ReturnCancelled.self) { event, row in try row.delete(event.returnID) }
    on(ReturnExpired.self) { event, row in try row.delete(event.returnID) }
    on(ReturnRefundRequested.self) { event, row in try row.setRefund(event) }
    on(ReturnRefundWithdrawn.self) { event, row in try row.withdrawRefund(of: event.returnID) }
  }
}
