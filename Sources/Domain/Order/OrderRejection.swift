// Why a command about an order is refused.

public import Events

/// O1, O2, and what refunds need of an order (R1–R3).
public enum OrderRejection: Rejection {
  case unknownOrder(OrderID)
  case unknownCurrency(CurrencyCode)
  case orderOfAnotherCustomer(recorded: CustomerID, given: CustomerID)
  case otherCurrency(recorded: CurrencyCode, given: CurrencyCode)
  case otherPlatformFee(recorded: Money, given: Money)
  case lineNamedTwice(LineID)
  case discountAbovePrice(LineID, discount: Money, price: Money)
  case amountTooLarge(currency: CurrencyCode)
  case totalMissing(parts: Money, recorded: Money, insteadOf: Money)
  case capturedAboveTotal(captured: Money, total: Money)
  case paymentOfAnotherAmount(PaymentID, recorded: Money, given: Money)
  case unitsAlreadyTaken(LineID, taken: Int, given: Int, inUse: UnitsInUse)

  public var explanation: Explanation {
    switch self {
    case .unknownOrder(let order):
      Explanation(
        "O1", SharedRefusal.unknownOrder,
        "There is no order \(order). RecordOrder mirrors it first.",
        ["order": order])
    case .unknownCurrency(let code):
      Explanation(
        "Money", SharedRefusal.unknownCurrency,
        "\(code) is not an active currency of ISO 4217 with a minor unit, such as GBP.",
        ["currency": code])
    case .orderOfAnotherCustomer(let recorded, let given):
      Explanation(
        "O1", SharedRefusal.orderOfAnotherCustomer,
        "The order was recorded for customer \(recorded), not \(given); that cannot change.",
        ["recorded": recorded, "given": given])
    case .otherCurrency(let recorded, let given):
      Explanation(
        "O1", OrderRefusal.otherCurrency,
        "The order was recorded in \(recorded), not \(given); that cannot change.",
        ["recorded": recorded, "given": given])
    case .otherPlatformFee(let recorded, let given):
      Explanation(
        "O1", OrderRefusal.otherPlatformFee,
        "The order was recorded with a platform fee and fee tax of \(recorded), not \(given); "
          + "that cannot change, but from nothing before the first refund.",
        ["recorded": recorded, "given": given])
    case .lineNamedTwice(let line):
      Explanation(
        "O1", SharedRefusal.lineNamedTwice,
        "The line \(line) is named twice; each line has a name of its own.",
        ["line": line])
    case .discountAbovePrice(let line, let discount, let price):
      Explanation(
        "R2", OrderRefusal.discountAbovePrice,
        "The discount of line \(line) is \(discount), and its units cost \(price). "
          + "A line cannot cost less than nothing.",
        ["line": line, "discount": discount, "price": price])
    case .amountTooLarge(let currency):
      Explanation(
        "Money", SharedRefusal.amountTooLarge,
        "An amount in this order is larger than \(Money(CheckedAmount.maximum, currency)), "
          + "the most that can be held.",
        ["maximum": Money(CheckedAmount.maximum, currency)])
    case .totalMissing(let parts, let recorded, let before):
      Explanation(
        "R2", OrderRefusal.totalMissing,
        "The order cost \(recorded), and not the \(before) that its lines and shipping came to. "
          + "They come to \(parts) now: say in total what the order costs, for instance "
          + "\(parts.amount).",
        ["parts": parts, "recorded": recorded, "before": before])
    case .capturedAboveTotal(let captured, let total):
      Explanation(
        "R3", OrderRefusal.capturedAboveTotal,
        "Captured would be \(captured) of a total of \(total). Captured is never more than the "
          + "total; AmendOrder raises the total first.",
        ["captured": captured, "total": total])
    case .paymentOfAnotherAmount(let payment, let recorded, let given):
      Explanation(
        "O1", OrderRefusal.paymentOfAnotherAmount,
        "The payment \(payment) was captured with \(recorded), not \(given). "
          + "Another capture needs a name of its own.",
        ["payment": payment, "recorded": recorded, "given": given])
    case .unitsAlreadyTaken(let line, let taken, let given, let inUse):
      Explanation(
        "R1", OrderRefusal.unitsAlreadyTaken,
        "Line \(line) cannot have \(given) units, because \(taken) are in use\(inUse.clause). "
          + "Cancel what is not paid and not sent back yet first.",
        ["line": line, "taken": taken, "given": given, "inUse": inUse.words])
    }
  }
}
