// V3: what a return comes to, by R2 and its policy, at its request and at its inspection:
//
//     item   = unit price × quantity − share of discount + share of tax
//     amount = Σ items − restocking fee − shipping fee, at least nothing
//
// The fees are taken once for a return, however many lines it has: the restocking fee by the basis points
// of each item's action, rounded once for each rate; the shipping fee is the highest of the actions',
// because the items share a parcel. Money is taken by the return's refund only, so what the refund comes
// to may differ from this by a rounding share where another refund came between.

import Events

/// Units of a line, and what the policy said of them.
struct ReturnedUnits {
  var lineID: LineID
  var quantity: Int
  var action: PolicyAction
}

extension Order {
  /// - Precondition: the order has the lines, with that many units not refunded.
  /// - Returns: `nil` beyond the largest amount.
  func returnAmount(_ returned: [ReturnedUnits]) -> ReturnAmount? {
    var items: [ReturnedItem] = []
    var itemsAmount = 0
    for units in returned where units.quantity > 0 {
      guard let line = lines[units.lineID] else { preconditionFailure("a line that is not there") }
      let item = line.returned(units.quantity)
      items.append(item)
      guard let sum = CheckedAmount.sum(itemsAmount, item.amount) else { return nil }
      itemsAmount = sum
    }
    let fees = restockingFees(
      zip(items, returned.filter { $0.quantity > 0 }).map { item, units in
        (item.amount, units.action.restockingFee ?? 0)
      })
    let shippingFee = returned.shippingFee
    let keptBack = fees.reduce(shippingFee) { $0 + $1.amount }
    return ReturnAmount(
      items: items, itemsAmount: itemsAmount, restockingFees: fees,
      shippingFee: shippingFee > 0 ? shippingFee : nil, amount: max(0, itemsAmount - keptBack))
  }
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
  fileprivate func returned(_ quantity: Int) -> ReturnedItem {
    let item = refund(quantity, as: RefundItemID(unchecked: "none"))
    return ReturnedItem(
      lineID: lineID, quantity: quantity, originalUnitPrice: unitPrice, discount: item.discount,
      tax: item.tax, amount: item.totalRefundAmount)
  }
}
