// What the customer gets for a return in the end (V3, V4, O2), and what a refund that is withdrawn
// gives back.

import EventSourcing
public import Events

extension Return {
  /// Completes an inspected return, or one whose items the customer keeps: a refund is requested
  /// for what is due, or store credit given, or neither.
  ///
  /// - Parameters:
  ///   - refunds: those that hold money of the order.
  ///   - vetoes: what persons refused of the order.
  public static func complete(
    _ command: CompleteReturn, return returnState: Return, order: Order, refunds: [Refund],
    vetoes: [Veto], facts: Facts
  ) throws(ReturnRejection) -> Decision {
    let header: Header
    if returnState.isKept, returnState.status == .approved, let kept = returnState.header {
      header = kept
    } else {
      header = try returnState.checkPossible(.complete, command.returnID)
    }
    // What the inspection came to stays so where a refund pays it already, or where it is nothing.
    let due: ReturnAmount
    if let found = returnState.finalRefund, returnState.money != .notDue || found.amount == 0 {
      due = found
    } else {
      due = try returnState.amountDue(command.returnID, order)
    }
    let resolution = try returnState.resolution(command.resolution, due: due.amount)
    let completed = Event.returnCompleted(
      ReturnCompleted(
        returnID: command.returnID, resolution: resolution, finalRefund: due, note: command.note))
    // B1, R3: neither money nor credit instead of it is given for what was never paid, or has gone
    // back.
    let covered = order.givableInTheEnd > 0 ? min(due.amount, order.givableInTheEnd) : due.amount
    let amount = Domain.Money(covered, header.currency)
    let givable = resolution == .storeCredit ? order.creditable : order.givable
    guard resolution == .nothing || returnState.money != .notDue || covered <= givable
    else {
      throw .amounts(
        .dueAboveBalance(
          amount, refundable: Domain.Money(givable, header.currency)))
    }
    guard resolution == .storeCredit else { return .events([completed]) }
    // R5: store credit is worth money, so its approver keeps to the same rules.
    if let veto = vetoes.first(on: due.parts, for: command.returnID) {
      throw .credit(.vetoed(veto, facts.actor))
    }
    let given = facts.counted(amount, of: order, beside: refunds)
    if let refusal = facts.refusal(toApprove: given) { throw .credit(.notApproved(refusal)) }
    guard CheckedAmount.sum(order.storeCredit, covered) != nil else {
      throw .amounts(.amountTooLarge(header.currency))
    }
    guard !facts.tenant.settings.fourEyes || header.submittedBy != facts.actor else {
      throw .credit(.approverIsRequester(facts.actor))
    }
    // O2: store credit does not draw on the balance; the units stay held for good (V1).
    return .events([
      completed,
      .storeCreditGranted(
        StoreCreditGranted(
          orderID: header.orderID, caseID: header.caseID, returnID: command.returnID,
          amount: covered, currency: header.currency, reason: "Return",
          grantedBy: facts.actor)),
    ])
  }

}
