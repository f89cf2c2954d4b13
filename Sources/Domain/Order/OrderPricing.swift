// What an order costs by its lines.

public import Events

extension Order {
  /// The lines with their defaults, and `Σ (price × quantity − discount + tax) + shipping`.
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
      let orderLine = OrderLine(
        lineID: line.lineID, productID: line.productID, variantID: line.variantID,
        sku: line.sku, title: line.title, variantTitle: line.variantTitle,
        productType: line.productType, quantity: line.quantity, unitPrice: line.unitPrice,
        discount: discount, tax: tax)
      guard let amount = orderLine.amount, let sum = CheckedAmount.sum(total, amount) else {
        throw .amountTooLarge(currency: currency)
      }
      total = sum
      priced.append(orderLine)
    }
    return (priced, total)
  }
}

extension OrderLine {
  /// What the line costs, `price × quantity − discount + tax`; `nil` where that is too large.
  public var amount: Int? {
    CheckedAmount.product(unitPrice, quantity).flatMap { CheckedAmount.sum($0 - discount, tax) }
  }
}

/// What an order costs: its lines, and shipping.
struct OrderPrice {
  private(set) var lines: [OrderLine]
  private(set) var shipping: Int
  /// What the parts came to as imported, where that is not the total.
  let partsTotal: Int?
  private let givenShipping: Int

  /// The shipping as imported, where the total made it another.
  var importedShipping: Int? { shipping == givenShipping ? nil : givenShipping }

  /// Makes the parts come to the total, so that refunds of everything come to it, too (R2, R3): no
  /// penny is left that no refund can have, and no refund exceeds what was paid.
  ///
  /// What the order costs less, a discount on all of it or a penny that the shop rounded away, is
  /// spread over the lines by their prices. What it costs more, such as duties, a tip, or a line
  /// that the shop took out without giving its money back, goes with the shipping: it is for the
  /// whole order.
  ///
  /// - Parameters:
  ///   - total: what the order costs, never negative.
  ///   - computed: what its parts come to.
  init(_ lines: [OrderLine], shipping: Int, comingTo computed: Int, total: Int) {
    self.lines = lines
    self.shipping = shipping
    givenShipping = shipping
    partsTotal = computed == total ? nil : computed
    guard total < computed else {
      self.shipping += total - computed
      return
    }
    var rest = computed - total
    let prices = lines.map { $0.unitPrice * $0.quantity - $0.discount }
    for (index, share) in spread(min(rest, prices.reduce(0, +)), over: prices).enumerated() {
      self.lines[index].discount += share
      rest -= share
    }
    let taxes = lines.map(\.tax)
    for (index, share) in spread(min(rest, taxes.reduce(0, +)), over: taxes).enumerated() {
      self.lines[index].tax -= share
      rest -= share
    }
    self.shipping -= rest
  }
}
