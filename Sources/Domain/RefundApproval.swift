// The rule book of refunds, R3 to R5: who approves how much until when, and denying.

import EventSourcing
public import Events

extension Refund {
  /// Lets a refund be paid, in full or in part (R3–R5).
  public static func decide(
    _ command: ApproveRefund, refund: Refund, order: Order, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let header = try refund.checkPossible(.approve, command.refundID)
    let requested = Money(refund.requestedAmount, header.currency)
    let approved = Money(command.approvedAmount ?? refund.requestedAmount, header.currency)
    // R3: approved ≤ requested, and something.
    guard approved.amount <= requested.amount else {
      throw .aboveRequested(approved: approved, requested: requested)
    }
    guard approved.amount > 0 else { throw .nothingApproved(requested: requested) }
    try order.checkUnclaimed(command.refundID)
    var approval = try window(header.orderID, order, facts)
    approval.approverLimit = try limit(approved, refund, facts)
    var events: [Event] = [
      .refundApproved(
        RefundApproved(
          refundID: command.refundID, approvedAmount: approved.amount, currency: header.currency,
          approvedBy: facts.actor, facts: approval))
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

  /// R4: approval only inside the return window, counted in the tenant's calendar days; never without
  /// a delivery date.
  private static func window(
    _ orderID: OrderID, _ order: Order, _ facts: Facts
  ) throws(RefundRejection) -> ApprovalFacts {
    guard let deliveredAt = order.deliveredAt else { throw .notDelivered(orderID) }
    let settings = facts.tenant.settings
    let deliveryDate = facts.dateOf(deliveredAt)
    let lastDay = deliveryDate.advanced(byDays: settings.returnWindowDays)
    guard facts.today <= lastDay else {
      throw .outsideReturnWindow(
        deliveryDate: deliveryDate, lastDay: lastDay, today: facts.today)
    }
    return ApprovalFacts(
      today: facts.today, deliveryDate: deliveryDate,
      returnWindowDays: settings.returnWindowDays, lastDay: lastDay, timeZone: settings.timeZone)
  }

  /// R5: the approver's limit, and four eyes.
  ///
  /// - Returns: the limit that was kept; `nil` for admins, who have none.
  private static func limit(
    _ approved: Money, _ refund: Refund, _ facts: Facts
  ) throws(RefundRejection) -> Int? {
    switch facts.refusal(toGive: approved) {
    case nil: break
    case .mayNotGive(let actor, let role)?: throw .mayNotApprove(actor, role: role)
    case .limitInAnotherCurrency(let limit, _)?:
      throw .limitInAnotherCurrency(limit: limit, approved: approved)
    case .aboveLimit(_, let limit, let approver)?:
      throw .aboveApprovalLimit(approved: approved, limit: limit, approver: approver)
    }
    // R5: with four eyes the approver is not the requester.
    guard !facts.tenant.settings.fourEyes || refund.requestedBy != facts.actor else {
      throw .approverIsRequester(facts.actor)
    }
    if case .upTo(let limit) = facts.givingLimit { return limit.amount }
    return nil
  }

  /// Refuses a pending refund and gives its reservation back.
  ///
  /// - Parameter known: the return that the refund is for, if it is for one.
  public static func decide(
    _ command: DenyRefund, refund: Refund, order: Order, return known: Return?, facts: Facts
  ) throws(RefundRejection) -> Decision {
    _ = try refund.checkPossible(.deny, command.refundID)
    return .events(
      [
        .refundDenied(
          RefundDenied(
            refundID: command.refundID, deniedBy: facts.actor, reason: command.reason))
      ] + order.releases(of: command.refundID, to: known))
  }
}
