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
