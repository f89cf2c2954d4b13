// How payment providers count money where they depart from ISO 4217. The log records the minor
// units of ISO 4217 and nothing else; an amount is converted once, where a provider is asked to
// pay, and the conversion is exact or refused: nothing is ever rounded on the way out.

import Events

/// The units in which one payment provider takes amounts.
public struct ProviderUnits: Sendable, Equatable {
  struct Departure: Sendable, Equatable {
    var currency: String
    /// The decimals of the provider's unit.
    var decimals: Int
    /// What the provider's amounts have to be divisible by.
    var multiple = 1
  }

  /// As people call it.
  public let name: String
  let departures: [Departure]

  /// A provider that counts as ISO 4217 does.
  public static let iso = ProviderUnits(name: "ISO 4217", departures: [])

  /// Stripe: https://docs.stripe.com/currencies, "Minor units in API amounts" and "Special
  /// cases". ISK and UGX have no decimals and are given with two, which are always 00. MGA is
  /// given without decimals. The last of three decimals is always 0. (HUF and TWD are whole for
  /// payouts to the shop only, not for refunds.)
  public static let stripe = ProviderUnits(
    name: "Stripe",
    departures: [
      Departure(currency: "ISK", decimals: 2, multiple: 100),
      Departure(currency: "UGX", decimals: 2, multiple: 100),
      Departure(currency: "MGA", decimals: 0),
      Departure(currency: "BHD", decimals: 3, multiple: 10),
      Departure(currency: "JOD", decimals: 3, multiple: 10),
      Departure(currency: "KWD", decimals: 3, multiple: 10),
      Departure(currency: "OMR", decimals: 3, multiple: 10),
      Departure(currency: "TND", decimals: 3, multiple: 10),
    ])

  /// Adyen: https://docs.adyen.com/development-resources/currency-codes, the rows
  /// marked "differs from standard".
  public static let adyen = ProviderUnits(
    name: "Adyen",
    departures: [
      Departure(currency: "CLP", decimals: 2),
      Departure(currency: "CVE", decimals: 0),
      Departure(currency: "IDR", decimals: 0),
      Departure(currency: "ISK", decimals: 2),
    ])

  /// PayPal: https://developer.paypal.com/docs/api/reference/currency-codes/, those that have no
  /// decimals there (JPY has none by ISO 4217 either).
  public static let payPal = ProviderUnits(
    name: "PayPal",
    departures: [
      Departure(currency: "HUF", decimals: 0),
      Departure(currency: "TWD", decimals: 0),
    ])

  /// Those of the provider that a payment names; ISO 4217's where it is none that departs.
  public static func named(_ provider: String?) -> ProviderUnits {
    let name = provider?.lowercased()
    return [stripe, adyen, payPal].first { $0.name.lowercased() == name } ?? iso
  }

  /// An amount in this provider's units.
  ///
  /// - Throws: where the provider has no unit that is small enough, or the amount gets too large.
  public func amount(of money: Money) throws(NotPayableExactly) -> Int {
    guard let exponent = Currency.exponent(of: money.currency) else {
      throw NotPayableExactly(money: money, provider: name, steps: nil)
    }
    let departure =
      departures.first { $0.currency == money.currency.rawValue }
      ?? Departure(currency: money.currency.rawValue, decimals: exponent)
    // One unit of the provider is `down / up` minor units, of which one is 1.
    let up = Self.power(departure.decimals - exponent)
    let down = Self.power(exponent - departure.decimals)
    guard let scaled = CheckedAmount.product(money.amount, up) else {
      throw NotPayableExactly(money: money, provider: name, steps: nil)
    }
    let step = down * departure.multiple
    guard money.amount >= 0, scaled % step == 0 else {
      throw NotPayableExactly(
        money: money, provider: name, steps: Money(max(1, step / up), money.currency))
    }
    return scaled / down
  }

  private static func power(_ exponent: Int) -> Int {
    exponent <= 0 ? 1 : (0..<exponent).reduce(1) { product, _ in product * 10 }
  }
}

/// An amount that a provider cannot be asked to pay without changing it.
public struct NotPayableExactly: Error, Equatable, CustomStringConvertible {
  public var money: Money
  public var provider: String
  /// The smallest step in which the provider pays this currency; `nil` where the amount is too
  /// large for it, or its currency none.
  public var steps: Money?

  public init(money: Money, provider: String, steps: Money?) {
    self.money = money
    self.provider = provider
    self.steps = steps
  }

  /// Without its full stop.
  var sentence: String {
    guard let steps else { return "\(provider) cannot be asked for \(money)" }
    return "\(provider) pays in steps of \(steps), so it cannot be asked for exactly \(money)"
  }

  public var description: String {
    guard steps != nil else { return "\(sentence)." }
    return "\(sentence). Cancel the refund and request one that comes to such a step."
  }
}
