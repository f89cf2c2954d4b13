// R2: what a refund is worth, computed from the order's original prices and never taken from the
// caller.
//
//     item      = unit price × quantity − share of discount + share of tax
//     basis     = Σ items + shipping, if asked for and still left
//     requested = basis − restocking fee − shipping fee
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
}

extension Order {
  /// R1, R2 and R3: what is asked for, derived from what is left of this order.
  func derive(_ wish: RefundWish, _ header: Header) throws(RefundRejection) -> RefundDerivation {
    let tooLarge = RefundRejection.amountTooLarge(
      maximum: Money(CheckedAmount.maximum, header.currency))
    var derivation = RefundDerivation()
    derivation.items = try refundItems(wish.items, header)
    // R2: the items, and shipping whole.
    var itemsAmount = 0
    for item in derivation.items {
      guard let sum = CheckedAmount.sum(itemsAmount, item.totalRefundAmount) else { throw tooLarge }
      itemsAmount = sum
    }
    if wish.includesShipping, shipping.left > 0 {
      derivation.shipping = Share(of: shipping.left, part: 1, whole: 1)
    }
    let shippingAmount = derivation.shipping?.share ?? 0
    guard let basis = CheckedAmount.sum(itemsAmount, shippingAmount),
      CheckedAmount.sum(self.basis.taken, basis) != nil
    else { throw tooLarge }
    derivation.basis = basis
    // R2: less what is kept back.
    derivation.restockingFees = restockingFees(
      derivation.items.map { ($0.totalRefundAmount, wish.restockingFee($0.lineID)) })
    if wish.shippingFee > 0 { derivation.shippingFee = wish.shippingFee }
    let restockingFee = derivation.restockingFees.reduce(0) { $0 + $1.amount }
    let requested = basis - restockingFee - wish.shippingFee
    guard requested > 0 else {
      throw .nothingToPay(
        items: Money(itemsAmount, header.currency),
        shipping: Money(shippingAmount, header.currency),
        keptBack: Money(restockingFee + wish.shippingFee, header.currency),
        requested: Money(requested, header.currency))
    }
    // R3: requested ≤ refundable balance.
    guard requested <= balance.refundable else {
      throw .aboveRefundableBalance(
        requested: Money(requested, header.currency),
        refundable: Money(balance.refundable, header.currency))
    }
    derivation.requestedAmount = requested
    // R2: the marketplace's fee and fee tax, in the same proportion, by the same rule.
    derivation.platformFee = feeShare(of: platformFee, basis)
    derivation.platformFeeTax = feeShare(of: platformFeeTax, basis)
    return derivation
  }

  /// The fee's share of a basis; an order with nothing left of either gives nothing back.
  func feeShare(of fee: Pot, _ basis: Int) -> Share? {
    guard fee.left > 0, self.basis.left > 0 else { return nil }
    return Share(of: fee.left, part: min(basis, self.basis.left), whole: self.basis.left)
  }

  private func refundItems(
    _ requested: [RequestedItem], _ header: Header
  ) throws(RefundRejection) -> [RefundItem] {
    guard !requested.isEmpty else { throw .nothingNamed }
    var named: Set<LineID> = []
    var ids: Set<RefundItemID> = []
    var items: [RefundItem] = []
    items.reserveCapacity(requested.count)
    for item in requested {
      guard let id = item.refundItemID else { preconditionFailure("a refund item without an id") }
      guard ids.insert(id).inserted else { throw .itemNamedTwice(id) }
      guard named.insert(item.lineID).inserted else { throw .lineNamedTwice(item.lineID) }
      // R1, V1: lines of its order; quantity ≤ ordered − already refunded or reserved or in a return.
      guard let line = lines[item.lineID] else {
        throw .unknownLine(item.lineID, order: header.orderID)
      }
      guard (1...).contains(item.quantity), item.quantity <= line.free else {
        throw .moreUnitsThanLeft(
          item.lineID, asked: item.quantity, left: line.free, ordered: line.units.total)
      }
      items.append(line.refund(item.quantity, as: id))
    }
    return items
  }
}

extension Order.Line {
  /// - Precondition: that many units are left.
  func refund(_ quantity: Int, as id: RefundItemID) -> RefundItem {
    let discount = Share(of: discountLeft, part: quantity, whole: units.left)
    let tax = Share(of: taxLeft, part: quantity, whole: units.left)
    return RefundItem(
      refundItemID: id, lineID: lineID, productID: productID, productName: title,
      quantity: quantity, originalUnitPrice: unitPrice, discount: discount, tax: tax,
      totalRefundAmount: unitPrice * quantity - discount.share + tax.share)
  }
}

extension RefundDerivation {
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

// The same arithmetic for whoever reads what was decided: a derivation that does not add up was never
// decided here.

extension Refund {
  /// R2: the event's own numbers lead to the amount it says.
  static func requireAddsUp(
    _ items: [RefundItem], shipping: Share?, restockingFees: [Fee], shippingFee: Int?, basis: Int,
    requested: Int
  ) throws(InconsistentHistory) {
    var itemsAmount = 0
    for item in items {
      let price = CheckedAmount.product(item.originalUnitPrice, item.quantity)
      try require(
        item.discount.addsUp && item.tax.addsUp
          && price.map { $0 - item.discount.share + item.tax.share } == item.totalRefundAmount,
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
      basis - fees - (shippingFee ?? 0) == requested,
      "a requested amount that does not add up")
  }
}

extension Share {
  var addsUp: Bool {
    (1...max(1, whole)).contains(part) && share == halfUp(of, times: part, over: max(1, whole))
  }
}
