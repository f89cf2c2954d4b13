// H1: what payout holds keep back of what is payable to the seller of an order.

import EventSourcing
public import Events

extension Order {
  /// What is payable to the seller and not kept back yet.
  public var payable: Payable {
    let refundable = balance.refundable
    let held = holds.values.reduce(0, +)
    return Payable(
      refundable: refundable, platformFee: platformFee.left, platformFeeTax: platformFeeTax.left,
      held: held,
      payable: max(0, refundable - platformFee.left - platformFeeTax.left - held))
  }

  mutating func hold(_ event: OrderPayoutHeld) throws(InconsistentHistory) {
    try require(holds[event.holdID] == nil, "hold \(event.holdID) holds twice")
    try require(
      event.amount >= 1 && event.amount <= payable.payable,
      "hold \(event.holdID) keeps back more than is payable")
    holds[event.holdID] = event.amount
  }

  mutating func free(_ event: OrderPayoutFreed) throws(InconsistentHistory) {
    try require(
      holds[event.holdID] == event.amount, "hold \(event.holdID) kept another amount back")
    holds[event.holdID] = nil
  }
}
