// Money is a whole number of minor units. Every sum and product of amounts is checked, here: an
// amount that leaves the range of exact integers in JSON is refused by a rule, never wrapped and
// never a crash.

public import Events

/// An amount and its currency, as people read it: `GBP 12.34`, `JPY 300`, `KWD 1.500`.
public struct Money: Hashable, Sendable, CustomStringConvertible {
  /// In minor units; negative only where a rejection shows a calculation that went below nothing.
  public var amount: Int
  public var currency: CurrencyCode

  public init(_ amount: Int, _ currency: CurrencyCode) {
    self.amount = amount
    self.currency = currency
  }

  public var description: String {
    Currency.exponent(of: currency) == nil
      ? "\(currency) \(amount) (minor units)" : "\(currency) \(digits)"
  }

  /// The amount alone, with the decimals of its currency.
  public var digits: String {
    let exponent = Currency.exponent(of: currency) ?? 0
    var digits = String(amount.magnitude)
    if exponent > 0 {
      digits = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -exponent))
    }
    return (amount < 0 ? "-" : "") + digits
  }
}

/// Arithmetic on amounts that may have become too large.
enum CheckedAmount {
  /// The largest amount that every JSON reader holds exactly, 2⁵³ − 1.
  static let maximum = 9_007_199_254_740_991

  /// - Returns: `nil` beyond ``maximum``.
  static func sum(_ a: Int, _ b: Int) -> Int? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow || sum > maximum ? nil : sum
  }

  /// - Returns: `nil` beyond ``maximum``.
  static func product(_ a: Int, _ b: Int) -> Int? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow || product > maximum ? nil : product
  }
}
