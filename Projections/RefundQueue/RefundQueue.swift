// The refund queue: the current state of every refund, its timeline, the derivation of its amount,
// and totals by status. It answers which refunds can be approved until when, and which were paid.

import Domain
import EventSourcing
import Events
public import Projecting
public import Routing

/// The current state of every refund, with its timeline and totals by status.
public enum RefundQueue: ReadModel {
  public static let name = "RefundQueue"
  public static let version = 8

  /// The statuses, in the order of a refund's life (rule book, Refund).
  public static let statuses = [
    "pending", "approved", "processing", "outcome_unknown", "failed", "executed", "denied",
    "cancelled",
  ]

  public static let streams = [StreamTable("refund", table: "refunds", id: "refund_id")]

  public static let handlers = Handlers(RefundWriter.self) {
    on(TenantRegistered.self) { event, row in try row.insert(event) }
    on(TenantSettingsChanged.self) { event, row in try row.update(event.settings) }
    on(OrderDelivered.self) { event, row in try row.setDelivery(event) }
    on(ReturnRequested.self) { event, row in try row.insert(event) }
    life()
    execution()
    on(CommandRejected.self) { event, row in try row.note(event) }
  }

  @HandlersBuilder<RefundWriter>
  private static func life() -> [Handler<RefundWriter>] {
    on(RefundRequested.self) { event, row in try row.insert(event) }
    on(RefundAmended.self) { event, row in
      try row.update(
        event.refundID, "requested_amount = ?, reason = ?", event.requestedAmount, event.reason)
      try row.note(event.refundID, amount: event.requestedAmount, event.reason)
      try row.derive(event)
    }
    on(RefundApproved.self) { event, row in
      try row.move(
        event.refundID, to: "approved",
        "approved_amount = ?, approved_at = ?, approved_by = ?, note = NULL",
        event.approvedAmount, row.time, event.approvedBy.rawValue)
      try row.note(
        event.refundID, amount: event.approvedAmount,
        event.returnRequestedOn.map { "return requested on \($0)" }
          ?? "until \(event.facts.lastDay)")
    }
    on(RefundApprovalReset.self) { event, row in
      try row.move(
        event.refundID, to: "pending",
        "approved_amount = NULL, approved_at = NULL, approved_by = NULL")
      try row.note(event.refundID, amount: event.approvedAmount, nil)
    }
    on(RefundDenied.self) { event, row in
      try row.end(event.refundID, as: "denied", event.reason)
    }
    on(RefundCancelled.self) { event, row in
      try row.end(event.refundID, as: "cancelled", event.reason)
    }
  }

  @HandlersBuilder<RefundWriter>
  private static func execution() -> [Handler<RefundWriter>] {
    on(RefundExecutionStarted.self) { event, row in
      try row.move(
        event.refundID, to: "processing",
        "attempt = ?, failure_code = NULL, note = NULL", event.attempt)
      try row.note(event.refundID, amount: event.amount, "attempt \(event.attempt)")
    }
    on(RefundExecuted.self) { event, row in
      try row.move(
        event.refundID, to: "executed", "executed_at = ?, settlement_reference = ?, note = NULL",
        row.time, event.settlementReference)
      try row.note(event.refundID, amount: event.amount, event.settlementReference)
    }
    on(RefundFailed.self) { event, row in
      try row.update(event.refundID, "failure_code = ?", event.code.rawValue)
      try row.end(event.refundID, as: "failed", event.reason)
    }
    on(RefundOutcomeUnknown.self) { event, row in
      try row.end(event.refundID, as: "outcome_unknown", event.reason)
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    RefundRoutes(models: models).all
  }
}
