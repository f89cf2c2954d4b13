// Approving and denying a refund (R3–R5).

import EventSourcing
public import Events

extension Refund {
  /// Approves a refund, in full or in part (R3–R5).
  ///
  /// - Parameters:
  ///   - others: the other refunds that hold money of the order.
  ///   - returnState: the return that the refund is for, if it is for one.
  ///   - vetoes: what persons refused of the order.
  public static func approve(
    _ command: ApproveRefund, refund: Refund, case supportCase: SupportCase, order: Order,
    others: [Refund], return returnState: Return?, vetoes: [Veto], facts: Facts
  ) throws(RefundRejection) -> Decision {
    let header = try refund.checkPossible(.approve, command.refundID)
    let requested = Money(refund.requestedAmount, header.currency)
    let approved = Money(command.approvedAmount ?? refund.requestedAmount, header.currency)
    _ = try supportCase.requireOpen(
      header.caseID, about: order, header.orderID, by: facts, throwing: RefundRejection.self)
    try requireWithin(approved: approved, requested: requested)
    try requirePayable(approved, by: order, order.held(command.refundID).payments, facts)
    try order.checkUnclaimed(command.refundID, giving: approved.amount)
    if let returnState { try returnState.requireStillDue(order.held(command.refundID).lines) }
    var approval = try window(header.orderID, order, returnState, facts)
    // R5: only a person decides otherwise than a person did.
    if let veto = vetoes.first(on: order.held(command.refundID).parts, for: header.returnID) {
      throw .approval(.vetoed(veto, facts.actor))
    }
    approval.approverLimit = try limit(approved, refund, order, others, returnState, facts)
    var events: [Event] = [
      .refundApproved(
        RefundApproved(
          refundID: command.refundID, approvedAmount: approved.amount, currency: header.currency,
          approvedBy: facts.actor, facts: approval,
          returnRequestedOn: returnState?.header?.requestedOn))
    ]
    // O2: what is not approved is refundable again.
    let rest = requested.amount - approved.amount
    if rest > 0 {
      events.append(
        .orderReservationReduced(
          OrderReservationReduced(
            orderID: header.orderID, refundID: command.refundID, amount: rest,
            payments: order.held(command.refundID).payments.givingBack(rest))))
    }
    return .events(events)
  }

  /// Refuses a pending refund and gives its reservation back.
  ///
  /// - Parameter returnState: the return that the refund is for, if it is for one.
  public static func deny(
    _ command: DenyRefund, refund: Refund, order: Order, return returnState: Return?, facts: Facts
  ) throws(RefundRejection) -> Decision {
    _ = try refund.checkPossible(.deny, command.refundID)
    return .events(
      [
        .refundDenied(
          RefundDenied(
            refundID: command.refundID, deniedBy: facts.actor, reason: command.reason))
      ] + order.releases(of: command.refundID, to: returnState))
  }
}
