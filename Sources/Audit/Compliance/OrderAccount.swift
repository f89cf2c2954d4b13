// What became of an order's money, added up from the order's events and from nothing else. The
// aggregate has the same balance (O2), by its own fold; controls do not depend on that one.

import EventSourcing
import Events

/// The money of one order, in minor units of its currency.
struct OrderAccount: Codable {
  /// What a bank claims of a payment, or took.
  struct Claim: Codable {
    var paymentID: PaymentID
    var amount: Int
    /// What was found to be refundable, and is so no more.
    var covered: Int
    /// Whether the bank keeps it.
    var isLost = false
  }

  private(set) var captured: [PaymentID: Int] = [:]
  /// What each refund holds of each payment: what it did not pay, or what came back.
  private(set) var held: [RefundID: [PaymentID: Int]] = [:]
  /// What refunds paid back, and did not come back.
  private(set) var refunded: [PaymentID: Int] = [:]
  private(set) var claims: [ChargebackID: Claim] = [:]
  /// Store credit that was given instead of money, for returns.
  private(set) var creditInstead = 0
  /// All store credit.
  private(set) var credit = 0

  var capturedTotal: Int { captured.values.reduce(0, +) }
  var refundedTotal: Int { refunded.values.reduce(0, +) }
  var heldTotal: Int { held.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
  var claimedTotal: Int { claims.values.reduce(0) { $0 + $1.amount } }
  /// What banks took for good of what was still refundable.
  var lostTotal: Int { claims.values.reduce(0) { $0 + ($1.isLost ? $1.covered : 0) } }

  /// What a refund holds; 0 where it holds nothing.
  func held(by refund: RefundID) -> Int { held[refund]?.values.reduce(0, +) ?? 0 }

  /// What is left of all payments.
  var refundable: Int {
    capturedTotal - refundedTotal - heldTotal - claims.values.reduce(0) { $0 + $1.covered }
  }

  /// What is left of one payment.
  func refundable(of payment: PaymentID) -> Int {
    let covered = claims.values.reduce(0) { $0 + ($1.paymentID == payment ? $1.covered : 0) }
    return captured[payment, default: 0] - refunded[payment, default: 0]
      - heldTotal(of: payment) - covered
  }

  /// What refunds hold of one payment.
  func heldTotal(of payment: PaymentID) -> Int {
    held.values.reduce(0) { $0 + $1[payment, default: 0] }
  }

  /// What banks claim of one payment, or took.
  func claimedTotal(of payment: PaymentID) -> Int {
    claims.values.reduce(0) { $0 + ($1.paymentID == payment ? $1.amount : 0) }
  }

  mutating func add(_ event: OrderEvent) {
    switch event {
    case .paymentCaptured(let event): captured[event.paymentID, default: 0] += event.amount
    case .orderBalanceReserved(let event):
      held[event.refundID] = event.payments.reduce(into: [:]) {
        $0[$1.paymentID, default: 0] += $1.amount
      }
    case .orderReservationReduced(let event):
      for part in event.payments { hold(-part.amount, of: part.paymentID, for: event.refundID) }
    case .orderReservationReleased(let event): held[event.refundID] = nil
    case .orderReservationSettled(let event):
      if let payment = event.paymentID {
        hold(-event.amount, of: payment, for: event.refundID)
        refunded[payment, default: 0] += event.amount
      } else {
        // All that it held, before legs were told apart.
        for (payment, amount) in held.removeValue(forKey: event.refundID) ?? [:] {
          refunded[payment, default: 0] += amount
        }
      }
    case .orderReservationRestored(let event):
      refunded[event.paymentID, default: 0] -= event.amount
      hold(event.amount, of: event.paymentID, for: event.refundID)
    case .orderBalanceDisputed(let event):
      claims[event.chargebackID] = Claim(
        paymentID: event.paymentID, amount: event.amount, covered: event.covered)
    case .orderDisputeCovered(let event): claims[event.chargebackID]?.covered += event.amount
    case .orderDisputeReleased(let event): claims[event.chargebackID] = nil
    case .orderDisputeSettled(let event): claims[event.chargebackID]?.isLost = true
    case .storeCreditGranted(let event):
      credit += event.amount
      if event.returnID != nil { creditInstead += event.amount }
    case .orderRecorded, .orderAmended, .orderCancelled, .orderDelivered, .orderPayoutHeld,
      .orderPayoutFreed, .orderUnitsHeld, .orderUnitsFreed:
      break
    }
  }

  /// Lets a refund hold more of a payment, or less.
  private mutating func hold(_ amount: Int, of payment: PaymentID, for refund: RefundID) {
    var parts = held[refund] ?? [:]
    parts[payment, default: 0] += amount
    if parts[payment] == 0 { parts[payment] = nil }
    held[refund] = parts.isEmpty ? nil : parts
  }
}

/// The accounts of all orders of one tenant.
final class OrderAccounts {
  private var accounts = SpillingDictionary<OrderID, OrderAccount>()

  subscript(id: OrderID) -> OrderAccount { accounts[id] ?? OrderAccount() }

  func add(_ event: Event) {
    guard case .order(let own) = event, case .order(let id) = event.subject else { return }
    accounts.update(id, default: OrderAccount()) { $0.add(own) }
  }

  /// Moves what was not used lately out of memory.
  func spill(into file: SpillFile) throws { try accounts.spill(into: file) }
}
