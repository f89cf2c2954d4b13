// R2: what a refund is worth, computed from the order's original prices and never taken from the
// caller.
//
//     item      = unit price × quantity − share of discount + share of tax
//     basis     = Σ items + shipping, if asked for and still left
//     requested = basis − restocking fee − shipping fee; of a return at most what can still
//                 be given, and what was found to be due
//
// The platform's fee and fee tax are given back in the proportion of the basis to what is left of
// the order. Every share is written down with what it is a share of.

import EventSourcing
import Events

struct RefundDerivation {
  var items: [RefundItem] = []
  var shipping: Share?
  var restockingFees: [Fee] = []
  var shippingFee: Int?
  /// What a return comes to beyond what can still be given, and was found to be due.
  var uncovered: Int?
  var requestedAmount = 0
  var basis = 0
  var platformFee: Share?
  var platformFeeTax: Share?
}

/// What a refund asks for, when it is requested or amended.
struct RefundWish {
  var items: [RequestedItem]
  var includesShipping: Bool
  /// Of each line, in basis points.
  var restockingFee: (LineID) -> Int
  var shippingFee: Int
  /// For a return: what can still be given, and what was found to be due; it asks for no more.
  var mostCovered: Int?
}

extension Order {
  /// What is asked for, derived from what is left of this order (R1–R3).
  func derive(_ wish: RefundWish, _ header: Header) throws(RefundRejection) -> RefundDerivation {
    let items = try refundItems(of: wish, header)
    var derivation = try amounts(of: items, wish, header)
    if let most = wish.mostCovered, most > 0 { derivation.cover(upTo: most) }
    // What nothing is left for, O2's balance refuses.
    try requireCovered(derivation.requestedAmount, header)
    return derivation
  }
}

extension RefundDerivation {
  /// Leaves out what is beyond an amount.
  ///
  /// - Precondition: the amount is not 0: what nothing covers is refused.
  mutating func cover(upTo most: Int) {
    precondition(most > 0, "a refund of nothing")
    guard most < requestedAmount else { return }
    uncovered = requestedAmount - most
    requestedAmount = most
  }

  /// O2: the same commit takes it from the order's refundable balance.
  func reservation(_ orderID: OrderID, _ refundID: RefundID, of order: Order) -> Event {
    .orderBalanceReserved(
      OrderBalanceReserved(
        orderID: orderID, refundID: refundID, amount: requestedAmount,
        lines: items.map {
          ReservedLine(
            lineID: $0.lineID, quantity: $0.quantity, discount: $0.discount.share,
            tax: $0.tax.share)
        },
        shipping: shipping?.share ?? 0, basis: basis, platformFee: platformFee?.share ?? 0,
        platformFeeTax: platformFeeTax?.share ?? 0,
        payments: order.payments.allocate(requestedAmount)))
  }
}

// The same arithmetic checks recorded events: a derivation that does not add up was never decided
// here.

extension Refund {
  /// R2: the event's own numbers lead to the amount it says.
  static func requireAddsUp(
    _ items: [RefundItem], shipping: Share?, restockingFees: [Fee], shippingFee: Int?,
    uncovered: Int? = nil, basis: Int, requested: Int
  ) throws(InconsistentHistory) {
    var itemsAmount = 0
    for item in items {
      try require(
        addsUp(
          item.quantity, item.originalUnitPrice, item.discount, item.tax,
          to: item.totalRefundAmount),
        "item \(item.refundItemID) that does not add up")
      itemsAmount = try unwrap(
        CheckedAmount.sum(itemsAmount, item.totalRefundAmount), "items that are too much")
    }
    try require(shipping?.addsUp ?? true, "shipping that does not add up")
    try require(itemsAmount + (shipping?.share ?? 0) == basis, "a basis that does not add up")
    var (feeBasis, fees) = (0, 0)
    for fee in restockingFees {
      try require(
        fee.basisPoints <= 10_000 && fee.of <= itemsAmount - feeBasis
          && fee.amount == halfUp(fee.of, times: fee.basisPoints, over: 10_000),
        "a restocking fee that does not add up")
      feeBasis += fee.of
      fees += fee.amount
    }
    try require(
      basis - fees - (shippingFee ?? 0) - (uncovered ?? 0) == requested,
      "a requested amount that does not add up")
  }
}

/// R2: whether units of a line come to an amount, with these shares of discount and tax.
func addsUp(
  _ quantity: Int, _ unitPrice: Int, _ discount: Share, _ tax: Share, to amount: Int
) -> Bool {
  discount.addsUp && tax.addsUp
    && CheckedAmount.product(unitPrice, quantity).map { $0 - discount.share + tax.share } == amount
}

extension Share {
  var addsUp: Bool {
    (1...max(1, whole)).contains(part) && share == halfUp(of, times: part, over: max(1, whole))
  }
}
