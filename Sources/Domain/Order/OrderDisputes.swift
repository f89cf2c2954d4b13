// O2 and B1: what chargebacks claim of an order's payments.
//
// A bank does not ask first, so a chargeback may claim money that a refund holds or has paid
// already. What is still refundable becomes disputed at once (*covered*). The rest is *uncovered*:
// until it is covered, no refund that holds the payment's money goes on, and what such a refund
// gives back goes to the chargeback. What refunds had paid already before the bank asked, nothing
// can cover: so much less is given of the order's other payments. So no money is paid twice, and no
// balance is ever negative.

import EventSourcing
import Events

extension Order {
  /// A chargeback that is open, or lost and not covered yet.
  struct Dispute: Equatable, Sendable, Codable {
    var paymentID: PaymentID
    var amount: Int
    var covered: Int
    var isLost = false

    var uncovered: Int { amount - covered }
  }

  mutating func dispute(_ event: OrderBalanceDisputed) throws(InconsistentHistory) {
    let chargeback = event.chargebackID
    try require(!hasSeen(chargeback), "chargeback \(chargeback) claims twice")
    let index = try payments.index(of: event.paymentID)
    try require(
      event.amount >= 1 && event.amount <= claimable(payments[index]),
      "chargeback \(chargeback) claims more than was captured")
    try require(
      event.covered == min(event.amount, payments[index].balance.refundable),
      "chargeback \(chargeback) takes another amount than it finds")
    payments[index].balance.disputed += event.covered
    balance.disputed += event.covered
    disputes[chargeback] = Dispute(
      paymentID: event.paymentID, amount: event.amount, covered: event.covered)
  }

  mutating func cover(_ event: OrderDisputeCovered) throws(InconsistentHistory) {
    var dispute = try dispute(of: event.chargebackID, event.paymentID)
    let index = try payments.index(of: event.paymentID)
    try require(
      event.isLost == dispute.isLost
        && (1...max(1, dispute.uncovered)).contains(event.amount)
        && event.amount <= payments[index].balance.refundable,
      "chargeback \(event.chargebackID) takes another amount than it may")
    dispute.covered += event.amount
    if dispute.isLost {
      payments[index].balance.executed += event.amount
      balance.executed += event.amount
    } else {
      payments[index].balance.disputed += event.amount
      balance.disputed += event.amount
    }
    keep(dispute, of: event.chargebackID, isEnded: dispute.isLost && dispute.uncovered == 0)
  }

  mutating func release(_ event: OrderDisputeReleased) throws(InconsistentHistory) {
    let dispute = try openDispute(of: event.chargebackID, event.paymentID, covered: event.amount)
    payments[try payments.index(of: event.paymentID)].balance.disputed -= dispute.covered
    balance.disputed -= dispute.covered
    keep(dispute, of: event.chargebackID, isEnded: true)
  }

  mutating func settle(_ event: OrderDisputeSettled) throws(InconsistentHistory) {
    var dispute = try openDispute(of: event.chargebackID, event.paymentID, covered: event.amount)
    try require(event.uncovered == dispute.uncovered, "another amount was uncovered")
    let index = try payments.index(of: event.paymentID)
    payments[index].balance.disputed -= dispute.covered
    payments[index].balance.executed += dispute.covered
    balance.disputed -= dispute.covered
    balance.executed += dispute.covered
    payments[index].chargedBack += dispute.amount
    dispute.isLost = true
    keep(dispute, of: event.chargebackID, isEnded: dispute.uncovered == 0)
  }

  private mutating func keep(_ dispute: Dispute, of chargeback: ChargebackID, isEnded: Bool) {
    disputes[chargeback] = isEnded ? nil : dispute
    if isEnded { endedDisputes.insert(chargeback) }
  }

  /// Whether the chargeback claims something, or did.
  func hasSeen(_ chargeback: ChargebackID) -> Bool {
    disputes[chargeback] != nil || endedDisputes.contains(chargeback)
  }

  private func dispute(
    of chargeback: ChargebackID, _ paymentID: PaymentID
  ) throws(InconsistentHistory) -> Dispute {
    let dispute = try unwrap(disputes[chargeback], "chargeback \(chargeback) claims nothing here")
    try require(dispute.paymentID == paymentID, "chargeback \(chargeback) of another payment")
    return dispute
  }

  private func openDispute(
    of chargeback: ChargebackID, _ paymentID: PaymentID, covered: Int
  ) throws(InconsistentHistory) -> Dispute {
    let dispute = try dispute(of: chargeback, paymentID)
    try require(!dispute.isLost, "chargeback \(chargeback) was lost already")
    try require(dispute.covered == covered, "chargeback \(chargeback) had another amount")
    return dispute
  }
}

extension Order {
  /// B1: a bank takes back at most what was captured, over all chargebacks of the payment.
  func claimable(_ payment: CapturedPayment) -> Int {
    let open = disputes.values.filter { $0.paymentID == payment.paymentID && !$0.isLost }
    return payment.balance.captured - payment.chargedBack - open.reduce(0) { $0 + $1.amount }
  }

  /// What banks want of payments, or took, that refunds had paid already: so much more has left, or
  /// may leave, the order than its balance says. What refunds of such a payment hold is none of it:
  /// they wait, and give it to the chargeback.
  func paidTwice(byLost isLost: Bool? = nil) -> Int {
    var missing: [PaymentID: Int] = [:]
    for dispute in disputes.values where isLost == nil || isLost == dispute.isLost {
      missing[dispute.paymentID, default: 0] += dispute.uncovered
    }
    return payments.reduce(0) { sum, payment in
      sum + max(0, missing[payment.paymentID, default: 0] - payment.balance.reserved)
    }
  }

  /// What banks want, or took, beyond what was left. A refund under way may still be paid, and then
  /// nothing covers it.
  var uncoveredClaims: Int { disputes.values.reduce(0) { $0 + $1.uncovered } }

  /// Whether its refunds, banks and store credit given instead of money want more than came in (B1,
  /// R3).
  var isShort: Bool { uncoveredClaims + creditedInstead > balance.refundable }

  /// A chargeback that lacks money which a refund holds, or which the order has for all its refunds
  /// (B1).
  func claim(onMoneyOf refundID: RefundID) -> (chargeback: ChargebackID, dispute: Dispute)? {
    guard let held = reservations[refundID] else { return nil }
    if isShort { return uncovered.first }
    let payments = Set(held.payments.map(\.paymentID))
    return uncovered.first { payments.contains($0.dispute.paymentID) }
  }

  private var uncovered: [(chargeback: ChargebackID, dispute: Dispute)] {
    disputes.filter { $0.value.uncovered > 0 }.sorted { $0.key < $1.key }
      .map { (chargeback: $0.key, dispute: $0.value) }
  }

  /// The events that give back what a refund holds of this order: money first to chargebacks
  /// that claim it (B1), units to the return that it was for (V1).
  func releases(of refundID: RefundID, to returnState: Return?) -> [Event] {
    releases(of: refundID) + (returnState.map { givingBack(refundID, to: $0) } ?? [])
  }

  /// The events that give back what a refund holds of this order: chargebacks that claim its money
  /// come first (B1).
  func releases(of refundID: RefundID) -> [Event] {
    guard let orderID else { preconditionFailure("a refund of an order not recorded") }
    let held = held(refundID)
    let released = Event.orderReservationReleased(
      OrderReservationReleased(orderID: orderID, refundID: refundID, amount: held.amount))
    return [released] + covering(with: held.payments)
  }

  /// B1: money that is free again first covers what chargebacks claim of its payment.
  ///
  /// - Parameter ended: a chargeback that claims nothing more.
  func covering(with money: [PaymentPart], butNot ended: ChargebackID? = nil) -> [Event] {
    guard let orderID else { preconditionFailure("money of an order not recorded") }
    var given = Dictionary(uniqueKeysWithValues: money.map { ($0.paymentID, $0.amount) })
    var events: [Event] = []
    for (chargeback, dispute) in uncovered where chargeback != ended {
      let amount = min(dispute.uncovered, given[dispute.paymentID] ?? 0)
      guard amount > 0 else { continue }
      given[dispute.paymentID]! -= amount
      events.append(
        .orderDisputeCovered(
          OrderDisputeCovered(
            orderID: orderID, chargebackID: chargeback, paymentID: dispute.paymentID,
            amount: amount, isLost: dispute.isLost)))
    }
    return events
  }
}
