// The lines of an order as refunds and returns need them: the original price of a unit, what is
// left of the units, the discount and the tax, and what policies ask for. An order can have
// thousands of lines and many orders are held in memory at once, so nothing else is kept, and the
// lines are sorted by name to be found without an index.

import EventSourcing
import Events

extension Order {
  struct Line: Hashable, Sendable, Codable {
    var lineID: LineID
    var productID: ProductID?
    var title: String
    var variantTitle: String?
    var sku: String?
    var productType: String?
    var unitPrice: Int
    var units: Pot
    var discount: Pot
    var tax: Pot
    /// Units that returns hold (V1).
    var held = 0
    /// Units that returns brought back or lost, and no return gets again (V1).
    var spent = 0

    init(_ line: OrderLine) {
      lineID = line.lineID
      productID = line.productID
      title = line.title
      variantTitle = line.variantTitle
      sku = line.sku
      productType = line.productType
      unitPrice = line.unitPrice
      units = Pot(total: line.quantity)
      discount = Pot(total: line.discount)
      tax = Pot(total: line.tax)
    }

    /// Never more than the price of the units left, so that no unit costs less than nothing even
    /// where the shop raised the discount after a refund.
    var discountLeft: Int { min(discount.left, unitPrice * units.left) }

    /// Tax is left only as long as there are units that bear it.
    var taxLeft: Int { units.left == 0 ? 0 : tax.left }

    /// What a refund may take: neither refunded or reserved, nor held by a return (R1, V1).
    var free: Int { units.left - held }

    /// What another return may hold: spent units are those among the free ones that were returned
    /// once.
    var returnable: Int { max(0, units.left - held - spent) }
  }
}

extension [Order.Line] {
  init(_ lines: [OrderLine]) throws(InconsistentHistory) {
    self = lines.map(Order.Line.init).sorted { $0.lineID < $1.lineID }
    for (line, next) in zip(self, dropFirst()) {
      try require(line.lineID != next.lineID, "line \(line.lineID) twice in an order")
    }
    for line in self {
      let price = CheckedAmount.product(line.unitPrice, line.units.total)
      try require(
        price.map { line.discount.total <= $0 } ?? false,
        "line \(line.lineID) with a discount above its price")
    }
  }

  func index(of lineID: LineID) -> Index? {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle].lineID < lineID { low = middle + 1 } else { high = middle }
    }
    return low < endIndex && self[low].lineID == lineID ? low : nil
  }

  subscript(lineID: LineID) -> Order.Line? { index(of: lineID).map { self[$0] } }

  /// Carries over what refunds took and returns hold of the lines as they were before.
  mutating func take(from before: [Order.Line]) throws(InconsistentHistory) {
    for line in before where line.units.taken + line.held + line.spent > 0 {
      let isInUse = line.units.taken + line.held > 0
      guard let index = index(of: line.lineID) else {
        try require(
          !isInUse, "line \(line.lineID) dropped while refunds or returns have units of it")
        continue
      }
      try require(
        self[index].units.total >= line.units.taken + line.held,
        "line \(line.lineID) with fewer units than refunds and returns have")
      self[index].held = line.held
      self[index].spent = line.spent
      self[index].units.taken = line.units.taken
      self[index].discount.taken = line.discount.taken
      self[index].tax.taken = line.tax.taken
    }
  }
}
