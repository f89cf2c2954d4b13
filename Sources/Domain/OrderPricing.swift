// What an order costs by its lines.

import Events

extension Order {
  /// The lines with their defaults, and `Σ (unit price × quantity − discount + tax) + shipping`.
  static func priced(
    _ lines: [NewOrderLine], _ shipping: Int, _ currency: CurrencyCode
  ) throws(OrderRejection) -> (lines: [OrderLine], total: Int) {
    var named: Set<LineID> = []
    var priced: [OrderLine] = []
    priced.reserveCapacity(lines.count)
    var total = shipping
    for line in lines {
      guard named.insert(line.lineID).inserted else { throw .lineNamedTwice(line.lineID) }
      let discount = line.discount ?? 0
      let tax = line.tax ?? 0
      guard let price = CheckedAmount.product(line.unitPrice, line.quantity) else {
        throw .amountTooLarge(currency: currency)
      }
      // R2: a line's amount is never negative, so its discount is not above its price.
      guard discount <= price else {
        throw .discountAbovePrice(
          line.lineID, discount: Money(discount, currency), price: Money(price, currency))
      }
      guard let amount = CheckedAmount.sum(price - discount, tax),
        let sum = CheckedAmount.sum(total, amount)
      else { throw .amountTooLarge(currency: currency) }
      total = sum
      priced.append(
        OrderLine(
          lineID: line.lineID, productID: line.productID, variantID: line.variantID,
          sku: line.sku, title: line.title, variantTitle: line.variantTitle,
          productType: line.productType, quantity: line.quantity, unitPrice: line.unitPrice,
          discount: discount, tax: tax))
    }
    return (priced, total)
  }

  func captures(_ command: RecordOrder, total: Int) throws(OrderRejection) -> [PaymentCaptured] {
    try captures(
      command.payments ?? [], of: command.orderID, total: total, currency: command.currency)
  }
}

extension [OrderLine] {
  /// Gives every line its share, by what it costs, of what the whole order costs less than its lines: a
  /// discount on all of it, or a penny that the shop rounded away. So refunds of all units come to the total
  /// (R2, R3), and not to a penny more that nobody could refund.
  ///
  /// - Parameter rest: in minor units. What is more than the lines cost before tax stays where it is.
  mutating func discount(by rest: Int) {
    func price(_ line: OrderLine) -> Int { line.unitPrice * line.quantity - line.discount }
    var (left, whole) = (rest, reduce(0) { $0 + price($1) })
    guard left > 0, left <= whole else { return }
    for index in indices where left > 0 && price(self[index]) > 0 {
      let part = price(self[index])
      let share = halfUp(left, times: part, over: whole)
      self[index].discount += share
      left -= share
      whole -= part
    }
  }
}
