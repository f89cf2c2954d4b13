// O2: store credit is given beside the refundable balance and does not draw on it; what was given
// is reported with it. Instead of a return's refund it is the return's business
// (ReturnCompletion.swift); here it is goodwill. It is worth money, so its approver keeps to
// their limit (R5): an agent for each credit, a policy for all that the order gives.

import EventSourcing
public import Events

extension Order {
  /// Grants store credit to the customer of an order, within an open case (C3, O2).
  ///
  /// - Parameters:
  ///   - refunds: those that hold money of the order.
  ///   - vetoes: what persons refused of the order.
  public static func grantStoreCredit(
    _ command: GrantStoreCredit, order: Order, case supportCase: SupportCase, refunds: [Refund],
    vetoes: [Veto], facts: Facts
  ) throws(StoreCreditRejection) -> Decision {
    // C3: money is given while a case is open or in progress.
    let header = try supportCase.requireOpen(
      command.caseID, about: order, command.orderID, by: facts, throwing: StoreCreditRejection.self)
    let amount = Money(command.amount, header.currency)
    guard command.amount > 0 else { throw .nothing }
    guard CheckedAmount.sum(order.storeCredit, command.amount) != nil else {
      throw .amountTooLarge(amount)
    }
    guard !order.goodwill.contains(Goodwill(command)) else {
      return .unchanged(
        reason: "The same credit was given for this case already; for more, give another reason.")
    }
    // R5: what persons refused of the order, and the approver's limit.
    if let veto = vetoes.first(on: Parts(), for: nil) { throw .vetoed(veto, facts.actor) }
    let given = facts.counted(amount, of: order, beside: refunds)
    if let refusal = facts.refusal(toApprove: given) { throw .notApproved(refusal) }
    return .events([
      .storeCreditGranted(
        StoreCreditGranted(
          orderID: command.orderID, caseID: command.caseID, amount: command.amount,
          currency: header.currency, reason: command.reason, grantedBy: facts.actor))
    ])
  }
}

/// Credit that a customer was given, which has no name of its own.
struct Goodwill: Hashable, Sendable, Codable {
  var caseID: CaseID
  /// Minor units of the order's currency.
  var amount: Int
  var reason: String

  init(_ command: GrantStoreCredit) {
    (caseID, amount) = (command.caseID, command.amount)
    reason = Self.words(of: command.reason)
  }

  init(_ event: StoreCreditGranted) {
    (caseID, amount) = (event.caseID, event.amount)
    reason = Self.words(of: event.reason)
  }

  /// Blanks make no other reason.
  private static func words(of reason: String) -> String {
    reason.split(separator: " ").joined(separator: " ")
  }
}

extension Order {
  mutating func credit(_ event: StoreCreditGranted) throws(InconsistentHistory) {
    if let returnID = event.returnID {
      try require(
        returns[returnID] != nil, "store credit for return \(returnID), which holds no units")
      try require(
        creditedReturns.insert(returnID).inserted, "store credit twice for return \(returnID)")
      creditedInstead += event.amount
    } else {
      goodwill.insert(Goodwill(event))
    }
    storeCredit = try unwrap(
      CheckedAmount.sum(storeCredit, event.amount), "store credit too large")
  }
}
