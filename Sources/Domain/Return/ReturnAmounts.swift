// V3: what a return comes to, by R2 and its policy, at its request and at its inspection:
//
//     item   = unit price × quantity − share of discount + share of tax
//     amount = Σ items − restocking fee − shipping fee, at least nothing
//
// The fees are taken once for a return, however many lines it has: the restocking fee by the basis
// points of each item's action, rounded once for each rate; the shipping fee is the highest of the
// actions', because the items share a parcel. Money is taken by the return's refund only, so what
// the refund comes to may differ from this by a rounding share where another refund came between.

import EventSourcing
import Events

/// Units of a line, and what the policy said of them.
struct ReturnedUnits {
  var lineID: LineID
  var quantity: Int
  var action: PolicyAction
}

extension [ReturnedUnits] {
  /// The highest of the actions' shipping fees; nothing where nothing is returned.
  var shippingFee: Int {
    lazy.filter { $0.quantity > 0 }.map { $0.action.shippingFee ?? 0 }.max() ?? 0
  }
}

/// One fee for each rate, the lowest first.
func restockingFees(_ items: [(amount: Int, basisPoints: Int)]) -> [Fee] {
  var amounts: [Int: Int] = [:]
  for item in items where item.basisPoints > 0 {
    amounts[item.basisPoints, default: 0] += item.amount
  }
  return amounts.sorted { $0.key < $1.key }.map { points, amount in
    Fee(basisPoints: points, of: amount, amount: halfUp(amount, times: points, over: 10_000))
  }
}

extension Order.Line {
  /// - Precondition: that many units are not refunded.
  func returned(_ quantity: Int) -> ReturnedItem {
    let item = refund(quantity, as: RefundItemID(unchecked: "none"))
    return ReturnedItem(
      lineID: lineID, quantity: quantity, originalUnitPrice: unitPrice, discount: item.discount,
      tax: item.tax, amount: item.totalRefundAmount)
  }
}

// The same arithmetic checks recorded events: an amount that does not add up was never decided
// here.

extension Return {
  /// V3: the amount's own numbers lead to it, for no more units of each line than `units` says,
  /// with the fees of the policy's actions. What a share is a share of only the order knows.
  static func requireAddsUp(
    _ amount: ReturnAmount, _ lines: [Line], units: (Line) -> Int
  ) throws(InconsistentHistory) {
    var returned: [ReturnedUnits] = []
    var rest = lines[...]
    for item in amount.items {
      // In the order of the return's lines.
      let place = try unwrap(
        rest.firstIndex { $0.lineID == item.lineID }, "an amount for line \(item.lineID)")
      let line = rest[place]
      rest = rest[(place + 1)...]
      try require(
        (1...max(1, units(line))).contains(item.quantity),
        "an amount for more of line \(item.lineID) than is due")
      try require(
        item.discount.part == item.quantity && item.tax.part == item.quantity
          && addsUp(
            item.quantity, item.originalUnitPrice, item.discount, item.tax, to: item.amount),
        "line \(item.lineID) that does not add up")
      returned.append(
        ReturnedUnits(lineID: item.lineID, quantity: item.quantity, action: line.action))
    }
    try require(
      ReturnAmount(of: amount.items, returned) == amount,
      "an amount that its items and the policy's fees do not add up to")
  }
}
