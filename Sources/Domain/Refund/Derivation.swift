// How the amount of a refund or a return came about (R2, V3), as a small table that a person checks
// with a pocket calculator. It is made from the event alone: all of it was decided then, with the
// numbers that the event carries.

public import Events

/// The derivation of an amount, line by line.
public struct Derivation: Equatable, Sendable {
  /// A line of the table: what it is, how it is calculated, what was rounded, what it comes to.
  public struct Row: Equatable, Sendable {
    public var what: String
    /// In the currency's units; empty for a heading and for what was given as it is.
    public var calculation: String
    /// What a division left over, and where it was rounded to; empty where nothing was divided.
    public var rounding: String
    /// Minor units; `nil` for a heading.
    public var amount: Int?

    public init(what: String, calculation: String, rounding: String, amount: Int?) {
      self.what = what
      self.calculation = calculation
      self.rounding = rounding
      self.amount = amount
    }
  }

  public let currency: CurrencyCode
  public private(set) var rows: [Row] = []

  /// How what was asked for first came about.
  public init(of event: RefundRequested) {
    self.init(
      event.currency, event.items, event.shipping, event.restockingFees, event.shippingFee,
      uncovered: event.uncovered, basis: event.basis, requested: event.requestedAmount,
      event.platformFee,
      event.platformFeeTax)
  }

  /// How what is asked for instead came about.
  public init(of event: RefundAmended, in currency: CurrencyCode) {
    self.init(
      currency, event.items, event.shipping, event.restockingFee.map { [$0] } ?? [],
      event.shippingFee,
      basis: event.basis, requested: event.requestedAmount, event.platformFee,
      event.platformFeeTax)
  }

  /// How what a return comes to came about.
  ///
  /// - Parameter titles: what the lines are called.
  public init(of amount: ReturnAmount, titles: [LineID: String], in currency: CurrencyCode) {
    self.currency = currency
    for item in amount.items {
      add(
        item.lineID, titles[item.lineID] ?? "", item.quantity, item.originalUnitPrice,
        item.discount, item.tax, item.amount)
    }
    if amount.items.count > 1 {
      add("items", sum(amount.items.map(\.amount)), amount.itemsAmount)
    }
    let kept = keepBack(amount.restockingFees, amount.shippingFee)
    let rest = kept.reduce(amount.itemsAmount, +)
    let isLess = rest < amount.amount
    add(
      "comes to", kept.isEmpty ? "" : sum([amount.itemsAmount] + kept), amount.amount,
      rounding: isLess ? "never less than nothing" : "")
  }

  private init(
    _ currency: CurrencyCode, _ items: [RefundItem], _ shipping: Share?, _ restockingFees: [Fee],
    _ shippingFee: Int?, uncovered: Int? = nil, basis: Int, requested: Int,
    _ platformFee: Share?, _ platformFeeTax: Share?
  ) {
    self.currency = currency
    for item in items {
      add(
        item.lineID, item.productName, item.quantity, item.originalUnitPrice, item.discount,
        item.tax, item.totalRefundAmount)
    }
    let itemsAmount = basis - (shipping?.share ?? 0)
    if items.count > 1 { add("items", sum(items.map(\.totalRefundAmount)), itemsAmount) }
    if let shipping {
      add("shipping", "all that is left", shipping.share)
      if !items.isEmpty {
        add("items and shipping", sum([itemsAmount, shipping.share]), basis)
      }
    }
    var kept = keepBack(restockingFees, shippingFee)
    if let uncovered {
      add("not covered by what was paid", "", -uncovered)
      kept.append(-uncovered)
    }
    add("requested", kept.isEmpty ? "" : sum([basis] + kept), requested)
    add("platform fee given back", platformFee, isMoney: true)
    add("platform fee tax given back", platformFeeTax, isMoney: true)
  }

  /// - Returns: what is kept back, as negative amounts.
  private mutating func keepBack(_ restockingFees: [Fee], _ shippingFee: Int?) -> [Int] {
    for fee in restockingFees {
      add(
        "restocking fee", "\(digits(fee.of)) × \(percentage(fee.basisPoints))", -fee.amount,
        rounding: rounding(fee.of, fee.basisPoints, 10_000, fee.amount))
    }
    if let shippingFee { add("shipping fee", "", -shippingFee) }
    return (restockingFees.map(\.amount) + [shippingFee ?? 0]).filter { $0 > 0 }.map { -$0 }
  }

  private mutating func add(
    _ lineID: LineID, _ title: String, _ quantity: Int, _ unitPrice: Int, _ discount: Share,
    _ tax: Share, _ amount: Int
  ) {
    rows.append(
      Row(what: "line \(lineID): \(title)", calculation: "", rounding: "", amount: nil))
    // Not the product, which a forged event could make too large.
    let price = amount + discount.share - tax.share
    add("  price", "\(quantity) × \(digits(unitPrice))", price)
    add("  less share of discount", discount, sign: -1)
    add("  plus share of tax", tax)
    add("  the line's refund", sum([price, -discount.share, tax.share]), amount)
  }

  /// - Parameter isMoney: whether the share is in proportion to amounts, not to units.
  private mutating func add(
    _ what: String, _ share: Share?, sign: Int = 1, isMoney: Bool = false
  ) {
    guard let share, share.of > 0 else { return }
    let (part, whole) =
      isMoney ? (digits(share.part), digits(share.whole)) : ("\(share.part)", "\(share.whole)")
    add(
      what, "\(digits(share.of)) × \(part) / \(whole)", sign * share.share,
      rounding: rounding(share.of, share.part, share.whole, share.share))
  }

  private mutating func add(
    _ what: String, _ calculation: String, _ amount: Int, rounding: String = ""
  ) {
    rows.append(Row(what: what, calculation: calculation, rounding: rounding, amount: amount))
  }

  /// What is left over of `amount × part / whole` in the smallest unit, and what became of it.
  private func rounding(_ amount: Int, _ part: Int, _ whole: Int, _ share: Int) -> String {
    guard whole > 0, part <= whole else { return "" }
    let product = amount.multipliedFullWidth(by: part)
    let (quotient, remainder) = whole.dividingFullWidth(product)
    if remainder == 0 { return "exact" }
    return "\(remainder)/\(whole) left, rounded \(share > quotient ? "up" : "down")"
  }

  private func percentage(_ basisPoints: Int) -> String {
    let decimals = basisPoints % 100
    return "\(basisPoints / 100).\(decimals < 10 ? "0" : "")\(decimals) %"
  }

  private func sum(_ amounts: [Int]) -> String {
    var text = digits(amounts[0])
    for amount in amounts.dropFirst() where amount != 0 {
      text += amount < 0 ? " − \(digits(-amount))" : " + \(digits(amount))"
    }
    return text
  }

  private func digits(_ amount: Int) -> String { Money(amount, currency).digits }
}
