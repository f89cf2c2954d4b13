// The rules of returns, each with its number, in the rule book's order. The commands call them:
// ReturnRequest.swift asks, ReturnApproval.swift lets the items be sent, ReturnReception.swift says
// what came and what is accepted, ReturnCompletion.swift and RefundOfReturn.swift give the money.
// Which units a return holds of an order, and when they are free again: OrderReturns.swift. P1 and
// P2: Policy.swift.

import EventSourcing
import Events

// MARK: V1: the same item is not refunded and returned twice

extension Order {
  /// Lines of this order, each once, and units that neither a refund nor a return has.
  func checkReturnable(
    _ requested: [RequestedReturnLine], _ header: Header
  ) throws(ReturnRejection) {
    var named: Set<LineID> = []
    for item in requested {
      guard named.insert(item.lineID).inserted else { throw .units(.lineNamedTwice(item.lineID)) }
      guard let line = lines[item.lineID] else {
        throw .units(.unknownLine(item.lineID, order: header.orderID))
      }
      guard item.quantity <= line.returnable else {
        throw .units(
          .moreUnitsThanReturnable(
            item.lineID, asked: item.quantity, returnable: line.returnable,
            ordered: line.units.total, inUse: unitsInUse(of: line, forReturn: true)))
      }
    }
  }
}

extension Return {
  /// No return is refunded twice, or refunded after store credit was given for it.
  func requireUnpaid(_ returnID: ReturnID) throws(RefundRejection) {
    switch money {
    case .notDue: break
    case .refund(let refundID): throw .returns(.returnRefundedAlready(returnID, by: refundID))
    case .storeCredit: throw .returns(.returnCreditedAlready(returnID))
    }
  }

  /// Units that a refund of this return gave back, by what becomes of them: held again, because
  /// money may still become due for them, or spent; the others are simply free (V1).
  func taking(back units: [LineUnits]) -> (held: [LineUnits], spent: [LineUnits]) {
    // What ended before anything was sent claims nothing any more.
    if let status, [.rejected, .cancelled, .expired].contains(status) { return ([], []) }
    var result: (held: [LineUnits], spent: [LineUnits]) = ([], [])
    for unit in units {
      guard let line = lines.first(where: { $0.lineID == unit.lineID }) else { continue }
      let held = min(unit.quantity, line.claimedQuantity)
      let neverSent =
        line.reception == .shortShipped ? max(0, unit.quantity - line.acceptableQuantity) : 0
      let spent = unit.quantity - held - neverSent
      if held > 0 { result.held.append(LineUnits(lineID: unit.lineID, quantity: held)) }
      if spent > 0 { result.spent.append(LineUnits(lineID: unit.lineID, quantity: spent)) }
    }
    return result
  }
}

// MARK: V2: eligibility by policy

extension PolicyDecision {
  func requireEligible(_ lineID: LineID, _ policy: PolicyReference) throws(ReturnRejection) {
    guard action.eligible else { throw .eligibility(.notEligible(lineID, policy, self)) }
  }
}

// MARK: V3: estimated_refund at request, final_refund at inspection, by R2

extension Order {
  /// What the units come to, by the order's prices and the policy's fees.
  ///
  /// - Precondition: the order has the lines, with that many units not refunded.
  /// - Returns: `nil` beyond the largest amount.
  func returnAmount(_ returned: [ReturnedUnits]) -> ReturnAmount? {
    let returned = returned.filter { $0.quantity > 0 }
    let items = returned.map { units in
      guard let line = lines[units.lineID] else { preconditionFailure("a line that is not there") }
      return line.returned(units.quantity)
    }
    return ReturnAmount(of: items, returned)
  }
}

extension ReturnAmount {
  /// The items, less the fees of the policy's actions, at least nothing; `nil` beyond the largest
  /// amount.
  init?(of items: [ReturnedItem], _ returned: [ReturnedUnits]) {
    var itemsAmount = 0
    for item in items {
      guard let sum = CheckedAmount.sum(itemsAmount, item.amount) else { return nil }
      itemsAmount = sum
    }
    let fees = Domain.restockingFees(
      zip(items, returned).map { ($0.amount, $1.action.restockingFee ?? 0) })
    let shippingFee = returned.shippingFee
    let keptBack = fees.reduce(shippingFee) { $0 + $1.amount }
    self.init(
      items: items, itemsAmount: itemsAmount, restockingFees: fees,
      shippingFee: shippingFee > 0 ? shippingFee : nil, amount: max(0, itemsAmount - keptBack))
  }
}

extension Return {
  /// What the units come to that are accepted, or may still come, as far as no refund took them
  /// over before (V4).
  func amountDue(_ returnID: ReturnID, _ order: Order) throws(ReturnRejection) -> ReturnAmount {
    guard let amount = order.returnAmount(unitsDue(returnID, order)), let header else {
      throw .amounts(.amountTooLarge(order.currency ?? CurrencyCode(unchecked: "XXX")))
    }
    precondition(header.returnID == returnID, "another return")
    return amount
  }

  /// In the order of the return's lines; lines with none are left out.
  func unitsDue(_ returnID: ReturnID, _ order: Order) -> [ReturnedUnits] {
    let held = Dictionary(
      uniqueKeysWithValues: order.unitsHeld(by: returnID).map { ($0.lineID, $0.quantity) })
    return lines.compactMap { line in
      let quantity = min(line.claimedQuantity, held[line.lineID] ?? 0)
      guard quantity > 0 else { return nil }
      return ReturnedUnits(lineID: line.lineID, quantity: quantity, action: line.action)
    }
  }
}

extension Return {
  /// One found to be worth nothing pays nothing, ever: not after an amendment of its order either.
  func requireWorthSomething(_ returnID: ReturnID) throws(RefundRejection) {
    guard finalRefund?.amount != 0 else { throw .returns(.returnWorthNothing(returnID)) }
  }
}

// MARK: V4: receiving and refunding are independent

extension Return {
  /// A refund before the inspection is for the tenant's people to request, not for customers.
  func requireMayRefundInAdvance(
    _ returnID: ReturnID, _ status: Status, _ facts: Facts
  ) throws(RefundRejection) {
    guard facts.actor.kind != .customer || isKept else {
      throw .returns(.returnNotInspected(returnID, status: status))
    }
  }

  /// A refund that was requested in advance is not approved for units for which nothing is due any
  /// more.
  func requireStillDue(_ units: [ReservedLine]) throws(RefundRejection) {
    guard let returnID = header?.returnID, let status else { return }
    switch status {
    case .rejected, .cancelled, .expired:
      throw .returns(.returnNotRefundable(returnID, status: status))
    case .requested, .approved, .inTransit, .received, .inspected, .completed: break
    }
    for line in lines {
      let asked = units.first { $0.lineID == line.lineID }?.quantity ?? 0
      guard asked <= line.claimedQuantity else {
        throw .returns(
          .returnCameToLess(returnID, line.lineID, asked: asked, due: line.claimedQuantity))
      }
    }
    try requireWorthSomething(returnID)
  }

  /// What was refunded in advance is not simply kept.
  func requireNotRefunded() throws(ReturnRejection) {
    if case .refund(let refundID) = money { throw .amounts(.refundedInAdvance(refundID)) }
  }

  /// What is asked for, as far as there is something to give and nothing was given before.
  func resolution(
    _ asked: ReturnResolution?, due: Int
  ) throws(ReturnRejection) -> ReturnResolution {
    // A refund in advance is the refund.
    if case .refund(let refundID) = money {
      guard asked ?? .refund == .refund else { throw .amounts(.refundedInAdvance(refundID)) }
      return .refund
    }
    guard due == 0 else { return asked ?? .refund }
    guard asked ?? .nothing == .nothing else { throw .amounts(.nothingDue) }
    return .nothing
  }
}
