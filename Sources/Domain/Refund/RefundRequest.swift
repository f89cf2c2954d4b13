// Requesting, amending and cancelling a refund (R1–R3, R6).

import EventSourcing
public import Events

extension Refund {
  /// Requests a refund: reserves its money, with the units and shares (R1–R3).
  ///
  /// - Parameter returnState: the return that the command names, if it names one.
  /// - Precondition: the caller has made up ids where the sender gave none.
  public static func request(
    _ command: RequestRefund, refund: Refund, case supportCase: SupportCase, order: Order,
    return returnState: Return?, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let refundID = assigned(command.refundID)
    guard refund.header == nil else { throw .alreadyRequested(refundID) }
    let header = try checkBelonging(command, supportCase, order, facts)
    var wish = RefundWish(
      items: command.items, includesShipping: command.includeShipping ?? false,
      restockingFee: { _ in command.restockingFeeBasisPoints ?? 0 },
      shippingFee: command.shippingFee ?? 0)
    // V3: what a return comes to, by its policy; its units are taken over from it (V1).
    var free = order
    var takingOver: [Event] = []
    if let returnID = command.returnID {
      let due = try checkReturn(returnID, of: command, returnState, order, facts)
      let points = Dictionary(
        uniqueKeysWithValues: due.map { ($0.lineID, $0.action.restockingFee ?? 0) })
      wish.restockingFee = { points[$0] ?? 0 }
      wish.shippingFee = due.shippingFee
      wish.mostCovered = min(
        order.givableInTheEnd,
        returnState?.awaitedRefund ?? returnState?.finalRefund?.amount ?? .max)
      free = order.without(returnID)
      takingOver = order.freeingAll(of: returnID)
    }
    // R1–R3, from the order's own prices.
    let derivation = try free.derive(wish, header)
    let requested = RefundRequested(
      refundID: refundID, caseID: command.caseID, orderID: command.orderID,
      returnID: command.returnID, legID: command.legID ?? header.legID,
      customerID: header.customerID, currency: header.currency,
      deliveryDate: order.deliveredAt.map(facts.dateOf),
      timeZone: facts.tenant.settings.timeZone, items: derivation.items,
      shipping: derivation.shipping, restockingFees: derivation.restockingFees,
      shippingFee: derivation.shippingFee, uncovered: derivation.uncovered,
      requestedAmount: derivation.requestedAmount,
      basis: derivation.basis, platformFee: derivation.platformFee,
      platformFeeTax: derivation.platformFeeTax, reason: command.reason,
      balanceBefore: order.balance.refundable, orderTotal: order.total, requestedBy: facts.actor)
    var events: [Event] = [.refundRequested(requested)]
    events += takingOver
    events += [
      derivation.reservation(command.orderID, refundID, of: free),
      .caseRefundRequested(CaseRefundRequested(caseID: command.caseID, refundID: refundID)),
    ]
    if let returnID = command.returnID {
      events.append(
        .returnRefundRequested(
          ReturnRefundRequested(
            returnID: returnID, refundID: refundID, amount: derivation.requestedAmount,
            currency: header.currency)))
    }
    return .events(events)
  }

  /// Replaces what is requested; an approval no longer holds (R1–R3, R6).
  public static func amend(
    _ command: AmendRefund, refund: Refund, case supportCase: SupportCase, order: Order,
    facts: Facts
  ) throws(RefundRejection) -> Decision {
    let header = try refund.checkPossible(.amend, command.refundID, by: facts)
    // V3: the caller cannot change what a return comes to.
    if let returnID = header.returnID { throw .returns(.refundOfReturn(returnID)) }
    _ = try supportCase.requireOpen(
      header.caseID, about: order, header.orderID, by: facts, throwing: RefundRejection.self)
    try order.checkUnclaimed(command.refundID, giving: 0)
    // R1–R3 anew, as if the refund held nothing.
    let free = order.without(command.refundID)
    guard let orderHeader = free.header else { throw .noOpenCase(.unknownOrder(header.orderID)) }
    // R2: the tenant's people decide the fees; a customer's amendment keeps them.
    let isCustomer = facts.actor.kind == .customer
    let restockingFee = isCustomer ? refund.restockingFee : command.restockingFeeBasisPoints ?? 0
    let wish = RefundWish(
      items: command.items, includesShipping: command.includeShipping ?? false,
      restockingFee: { _ in restockingFee },
      shippingFee: isCustomer ? refund.shippingFee : command.shippingFee ?? 0)
    let derivation = try free.derive(wish, orderHeader)
    var events = refund.approvalReset(command.refundID)
    let amended = RefundAmended(
      refundID: command.refundID, items: derivation.items, shipping: derivation.shipping,
      restockingFee: derivation.restockingFees.first, shippingFee: derivation.shippingFee,
      requestedAmount: derivation.requestedAmount, basis: derivation.basis,
      platformFee: derivation.platformFee, platformFeeTax: derivation.platformFeeTax,
      reason: command.reason ?? refund.reason, balanceBefore: free.balance.refundable,
      orderTotal: free.total, amendedBy: facts.actor)
    events.append(.refundAmended(amended))
    events += order.releases(of: command.refundID)
    events.append(derivation.reservation(header.orderID, command.refundID, of: free))
    return .events(events)
  }

  /// Withdraws a refund that was not paid and gives its reservation back (R8). Of one that was
  /// partly paid, what failed or came back is given up.
  ///
  /// - Parameter returnState: the return that the refund is for, if it is for one.
  public static func cancel(
    _ command: CancelRefund, refund: Refund, order: Order, return returnState: Return?, facts: Facts
  ) throws(RefundRejection) -> Decision {
    let header = try refund.checkPossible(.cancel, command.refundID, by: facts)
    if refund.status == .partlyExecuted {
      let held = order.held(command.refundID)
      return .events(
        [
          .refundRestGivenUp(
            RefundRestGivenUp(
              refundID: command.refundID, amount: held.amount, givenUpBy: facts.actor,
              reason: command.reason)),
          .orderReservationReduced(
            OrderReservationReduced(
              orderID: header.orderID, refundID: command.refundID, amount: held.amount,
              payments: held.payments)),
        ] + order.covering(with: held.payments))
    }
    // R8: cancelling gives the reservation back.
    return .events(
      [
        .refundCancelled(
          RefundCancelled(
            refundID: command.refundID, cancelledBy: facts.actor, reason: command.reason))
      ] + order.releases(of: command.refundID, to: returnState))
  }

  /// The refund exists, and is in a state that the command starts from.
  func checkPossible(
    _ command: RefundRejection.Command, _ refundID: RefundID, by facts: Facts? = nil
  ) throws(RefundRejection) -> Header {
    guard let header, let status else { throw .unknownRefund(refundID) }
    // Before the status, which is not another customer's to know.
    guard facts?.mayActFor(header.customerID) ?? true else {
      throw .belonging(.anotherCustomersRefund(refundID))
    }
    guard command.statuses.contains(status) else { throw .notPossible(command, status: status) }
    return header
  }
}
