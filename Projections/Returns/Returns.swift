// The returns of every tenant: their current state with lines and timeline, totals by status and by
// day, and the e-mail addresses that a list can be searched by.

import EventSourcing
import Events
public import Projecting
public import Routing

/// The current state of every return, with its lines and its timeline.
public enum Returns: ReadModel {
  public static let name = "Returns"
  public static let version = 7

  /// The statuses, in the order of a return's life (rule book, Return).
  public static let statuses = [
    "requested", "approved", "in_transit", "received", "inspected", "completed", "rejected",
    "cancelled", "expired",
  ]

  public static let streams = [StreamTable("return", table: "returns", id: "return_id")]

  public static let handlers = Handlers(ReturnWriter.self) {
    people()
    life()
    parcels()
    refunds()
  }

  @HandlersBuilder<ReturnWriter>
  private static func people() -> [Handler<ReturnWriter>] {
    on(CustomerRegistered.self) { event, row in
      try row.keep(event.email, of: event.customerID)
    }
    on(CustomerDetailsChanged.self) { event, row in
      try row.keep(event.email, of: event.customerID)
    }
    on(OrderRecorded.self) { event, row in
      try row.keep(event.customerEmail, of: event.customerID)
    }
    on(SubjectErased.self) { event, row in try row.forget(event.subjectID) }
  }

  @HandlersBuilder<ReturnWriter>
  private static func life() -> [Handler<ReturnWriter>] {
    on(ReturnRequested.self) { event, row in try row.insert(event) }
    on(ReturnApproved.self) { event, row in
      try row.move(
        event.returnID, to: "approved", "expires_at = ?, processed_by = ?, note = ?",
        event.expiresAt?.description, event.approvedBy.rawValue, event.note)
      try row.note(event.returnID, event.note)
    }
    on(ReturnRejected.self) { event, row in
      try row.move(
        event.returnID, to: "rejected", "processed_by = ?, note = ?", event.rejectedBy.rawValue,
        event.reason)
      try row.note(event.returnID, event.reason)
    }
    on(ReturnCancelled.self) { event, row in
      try row.move(event.returnID, to: "cancelled", "note = ?", event.reason)
      try row.note(event.returnID, event.reason)
    }
    on(ReturnExpired.self) { event, row in
      try row.move(event.returnID, to: "expired", "note = NULL")
      try row.note(event.returnID, "not shipped by \(clock(event.expiresAt.description))")
    }
    on(ReturnCompleted.self) { event, row in try row.complete(event) }
  }

  @HandlersBuilder<ReturnWriter>
  private static func parcels() -> [Handler<ReturnWriter>] {
    on(ReturnShipped.self) { event, row in
      try row.move(
        event.returnID, to: "in_transit", "carrier = ?, tracking_number = ?", event.carrier,
        event.trackingNumber)
      try row.note(event.returnID, joined(event.carrier, event.trackingNumber, with: " "))
    }
    on(ReturnLinesReceived.self) { event, row in try row.receive(event) }
    on(ReturnLinesInspected.self) { event, row in try row.inspect(event) }
    on(ReturnInspected.self) { event, row in
      try row.move(
        event.returnID, to: "inspected", "final_amount = ?", event.finalRefund.amount)
      try row.note(event.returnID, amount: event.finalRefund.amount, nil)
    }
  }

  @HandlersBuilder<ReturnWriter>
  private static func refunds() -> [Handler<ReturnWriter>] {
    on(ReturnRefundRequested.self) { event, row in
      try row.update(
        event.returnID,
        "money = 'refund', refund_id = ?, refund_status = 'pending', refund_amount = ?",
        event.refundID.rawValue, event.amount)
      try row.note(event.returnID, amount: event.amount, event.refundID.rawValue)
    }
    on(ReturnRefundWithdrawn.self) { event, row in
      try row.update(event.returnID, "money = 'not_due'")
      try row.note(event.returnID, event.refundID.rawValue)
    }
    on(RefundApproved.self) { event, row in try row.setRefund(event.refundID, "approved") }
    on(RefundApprovalReset.self) { event, row in try row.setRefund(event.refundID, "pending") }
    on(RefundDenied.self) { event, row in try row.setRefund(event.refundID, "denied") }
    on(RefundCancelled.self) { event, row in try row.setRefund(event.refundID, "cancelled") }
    on(RefundExecutionStarted.self) { event, row in
      try row.setRefund(event.refundID, "processing")
    }
    on(RefundLegAccepted.self) { event, row in
      try row.setRefund(event.refundID, event.status.rawValue)
    }
    on(RefundLegSettled.self) { event, row in
      try row.setRefund(event.refundID, event.status.rawValue)
    }
    on(RefundLegFailed.self) { event, row in
      try row.setRefund(event.refundID, event.status.rawValue)
    }
    on(RefundLegOutcomeUnknown.self) { event, row in
      try row.setRefund(event.refundID, event.status.rawValue)
    }
    on(RefundLegReturned.self) { event, row in
      try row.setRefund(event.refundID, event.status.rawValue)
    }
    on(RefundRestGivenUp.self) { event, row in
      try row.reduceRefund(event.refundID, by: event.amount)
      try row.setRefund(event.refundID, "executed")
    }
    on(RefundExecuted.self) { event, row in try row.setRefund(event.refundID, "executed") }
    on(RefundFailed.self) { event, row in try row.setRefund(event.refundID, "failed") }
    on(RefundOutcomeUnknown.self) { event, row in
      try row.setRefund(event.refundID, "outcome_unknown")
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    ReturnRoutes(models: models).all
  }
}
