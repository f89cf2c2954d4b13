// The refund that a return becomes (V1, V3, V4). It is about exactly the units that are due, its
// fees are those of the policy that the return was requested under, and it takes the units over
// that the return holds, in the same commit: they are never free in between, and never refunded
// beside the return.

import EventSourcing
import Events

extension Refund {
  /// The return that a refund is for, as far as money may be asked for it now.
  ///
  /// - Returns: the units due, with the policy's actions.
  static func checkReturn(
    _ returnID: ReturnID, of command: RequestRefund, _ returnState: Return?, _ order: Order,
    _ facts: Facts
  ) throws(RefundRejection) -> [ReturnedUnits] {
    guard let returnState, let header = returnState.header, let status = returnState.status else {
      throw .returns(.unknownReturn(returnID))
    }
    // In whichever case of the order is open: the one that it was requested in may be closed by
    // now.
    guard header.orderID == command.orderID else {
      throw .returns(.returnOfAnother(returnID, case: header.caseID, order: header.orderID))
    }
    switch status {
    case .requested, .rejected, .cancelled, .expired:
      throw .returns(.returnNotRefundable(returnID, status: status))
    case .approved, .inTransit, .received:
      try returnState.requireMayRefundInAdvance(returnID, status, facts)
    case .inspected, .completed: break
    }
    try returnState.requireUnpaid(returnID)
    // The policy's fees, and no others.
    guard command.restockingFeeBasisPoints == nil, command.shippingFee == nil,
      command.includeShipping != true
    else {
      throw .returns(.feesComeFromReturn(returnID))
    }
    let due = returnState.unitsDue(returnID, order)
    let asked = command.items.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) }
    let units = due.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) }
    guard asked.sorted(by: { $0.lineID < $1.lineID }) == units.sorted(by: { $0.lineID < $1.lineID })
    else { throw .returns(.itemsOfReturnDiffer(returnID, due: units)) }
    try returnState.requireWorthSomething(returnID)
    return due
  }
}
