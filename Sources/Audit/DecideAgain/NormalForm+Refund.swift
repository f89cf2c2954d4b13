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
    case .refundLegAccepted(let event):
      [
        .recordRefundAccepted(
          RecordRefundAccepted(
            refundID: event.refundID, attempt: event.attempt,
            paymentID: named(event.paymentID, of: event.refundID), reason: event.reason,
            providerReference: event.providerReference))
      ]
    case .refundLegSettled(let event): commands(event)
    case .refundLegFailed(let event): commands(event)
    case .refundLegOutcomeUnknown(let event):
      [
        .recordRefundOutcomeUnknown(
          RecordRefundOutcomeUnknown(
            refundID: event.refundID, attempt: event.attempt,
            paymentID: named(event.paymentID, of: event.refundID), reason: event.reason))
      ]
    case .refundLegReturned(let event):
      [
        .recordRefundReturned(
          RecordRefundReturned(
            refundID: event.refundID, paymentID: event.paymentID, attempt: event.attempt,
            reason: event.reason, returnedAt: event.returnedAt))
      ]
    case .refundRestGivenUp(let event):
      [.cancelRefund(CancelRefund(refundID: event.refundID, reason: event.reason))]
    // What became of whole attempts, before legs were told apart.
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

extension DecidedEvents {
  private func commands(_ event: RefundLegSettled) -> [Command] {
    let paymentID = named(event.paymentID, of: event.refundID)
    return [
      .recordRefundExecuted(
        RecordRefundExecuted(
          refundID: event.refundID, attempt: event.attempt, paymentID: paymentID,
          settlementReference: event.settlementReference, settled: event.settled)),
      .reconcileRefund(
        ReconcileRefund(
          refundID: event.refundID, attempt: event.attempt, paymentID: paymentID,
          outcome: .executed, settlementReference: event.settlementReference)),
    ].filter { mayLead($0, to: event.paymentID, of: event.refundID) }
  }

  private func commands(_ event: RefundLegFailed) -> [Command] {
    let paymentID = named(event.paymentID, of: event.refundID)
    return [
      .recordRefundFailed(
        RecordRefundFailed(
          refundID: event.refundID, attempt: event.attempt, paymentID: paymentID,
          code: event.code, reason: event.reason)),
      .reconcileRefund(
        ReconcileRefund(
          refundID: event.refundID, attempt: event.attempt, paymentID: paymentID,
          outcome: .failed, code: event.code, reason: event.reason)),
    ].filter { mayLead($0, to: event.paymentID, of: event.refundID) }
  }

  /// R9: what is unknown, or was recorded as failed, only the provider's books can have ended; what
  /// was requested only, they cannot.
  private func mayLead(_ command: Command, to payment: PaymentID, of refund: RefundID) -> Bool {
    let state = before.refund(refund).legs.first { $0.paymentID == payment }?.state
    if case .refund(.reconcileRefund) = command { return state != .requested }
    return state == .requested || state == .accepted
  }

  /// The payment that a command names, where without a name it could be about another leg, too.
  private func named(_ payment: PaymentID, of refund: RefundID) -> PaymentID? {
    let recorded = Set(events.compactMap(\.legPayment))
    let others = before.refund(refund).legs.filter {
      !recorded.contains($0.paymentID) && Self.open.contains($0.state)
    }
    return recorded.count > 1 || others.isEmpty ? nil : payment
  }

  /// The states of legs of which a command can still record something.
  private static let open: Set<Refund.Leg.State> = [.requested, .accepted, .unknown, .failed]
}

extension Event {
  fileprivate var amendment: Command? {
    guard case .refund(.refundAmended(let event)) = self else { return nil }
    return .amendRefund(AmendRefund(event))
  }

  /// The payment of the leg that moves, but for money that comes back.
  fileprivate var legPayment: PaymentID? {
    switch self {
    case .refund(.refundLegAccepted(let event)): event.paymentID
    case .refund(.refundLegSettled(let event)): event.paymentID
    case .refund(.refundLegFailed(let event)): event.paymentID
    case .refund(.refundLegOutcomeUnknown(let event)): event.paymentID
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      nil
    }
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
