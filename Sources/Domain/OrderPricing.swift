// What an order costs by its lines, and which of its payments are news.

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

  /// The payments that are not known yet.
  ///
  /// - Throws: ``OrderRejection/paymentOfAnotherAmount(_:recorded:given:)`` (O1),
  ///   ``OrderRejection/capturedAboveTotal(captured:total:)`` (R3).
  func captures(
    _ payments: [Payment], of orderID: OrderID, total: Int, currency: CurrencyCode
  ) throws(OrderRejection) -> [PaymentCaptured] {
    var known: [PaymentID: Int] = [:]
    for payment in self.payments { known[payment.paymentID] = payment.balance.captured }
    var captured = balance.captured
    var captures: [PaymentCaptured] = []
    for payment in payments {
      // O1: duplicates change nothing.
      if let amount = known[payment.paymentID] {
        guard amount == payment.amount else {
          throw .paymentOfAnotherAmount(
            payment.paymentID, recorded: Money(amount, currency),
            given: Money(payment.amount, currency))
        }
        continue
      }
      known[payment.paymentID] = payment.amount
      guard let sum = CheckedAmount.sum(captured, payment.amount) else {
        throw .amountTooLarge(currency: currency)
      }
      captured = sum
      captures.append(
        PaymentCaptured(
          orderID: orderID, paymentID: payment.paymentID, amount: payment.amount,
          capturedAt: payment.capturedAt, provider: payment.provider))
    }
    // R3: the refundable balance never exceeds the order's total.
    guard captured <= total else {
      throw .capturedAboveTotal(
        captured: Money(captured, currency), total: Money(total, currency))
    }
    return captures
  }
}
