// Commands about a refund.

import Domain
import Events

extension DecidedEvents {
  func refundCommands(_ event: RefundEvent) -> [Command] {
    switch event {
    case .refundRequested(let event): [.requestRefund(RequestRefund(event))]
    // R6: an amendment begins with the end of the approval.
    case .refundAmended, .refundApprovalReset: events.compactMap(\.amendment)
    case .refundApproved(let event):
      [
        .approveRefund(
          ApproveRefund(refundID: event.refundID, approvedAmount: event.approvedAmount))
      ]
    case .refundDenied(let event):
      [.denyRefund(DenyRefund(refundID: event.refundID, reason: event.reason))]
    case .refundCancelled(let event):
      [.cancelRefund(CancelRefund(refundID: event.refundID, reason: event.reason))]
    case .refundExecutionStarted(let event):
      [.executeRefund(ExecuteRefund(refundID: event.refundID))]
    case .refundExecuted(let event):
      [
        .recordRefundExecuted(
          RecordRefundExecuted(
            refundID: event.refundID, attempt: event.attempt,
            settlementReference: event.settlementReference)),
        .reconcileRefund(
          ReconcileRefund(
            refundID: event.refundID, attempt: event.attempt, outcome: .executed,
            settlementReference: event.settlementReference)),
      ]
    case .refundFailed(let event):
      [
        .recordRefundFailed(
          RecordRefundFailed(
            refundID: event.refundID, attempt: event.attempt, code: event.code,
            reason: event.reason)),
        .reconcileRefund(
          ReconcileRefund(
            refundID: event.refundID, attempt: event.attempt, outcome: .failed, code: event.code,
            reason: event.reason)),
      ]
    case .refundOutcomeUnknown(let event):
      [
        .recordRefundOutcomeUnknown(
          RecordRefundOutcomeUnknown(
            refundID: event.refundID, attempt: event.attempt, reason: event.reason))
      ]
    }
  }
}

extension Event {
  fileprivate var amendment: Command? {
    guard case .refund(.refundAmended(let event)) = self else { return nil }
    return .amendRefund(AmendRefund(event))
  }
}

extension RequestRefund {
  /// The fees of a return follow from its policy.
  fileprivate init(_ event: RefundRequested) {
    let isOfReturn = event.returnID != nil
    self.init(
      refundID: event.refundID, caseID: event.caseID, orderID: event.orderID,
      returnID: event.returnID, legID: event.legID, items: event.items.map(RequestedItem.init),
      includeShipping: event.shipping != nil,
      restockingFeeBasisPoints: isOfReturn ? nil : event.restockingFees.first?.basisPoints,
      shippingFee: isOfReturn ? nil : event.shippingFee, reason: event.reason)
  }
}

extension AmendRefund {
  fileprivate init(_ event: RefundAmended) {
    self.init(
      refundID: event.refundID, items: event.items.map(RequestedItem.init),
      includeShipping: event.shipping != nil,
      restockingFeeBasisPoints: event.restockingFee?.basisPoints,
      shippingFee: event.shippingFee, reason: event.reason)
  }
}

extension RequestedItem {
  fileprivate init(_ item: RefundItem) {
    self.init(
      refundItemID: item.refundItemID, lineID: item.lineID, quantity: item.quantity)
  }
}
