// How providers count money: exactly, or not at all.

import Domain
import Events
import Testing

struct ProviderUnitsTests {
  @Test(arguments: [
    // Whole krónur and shillings are given to Stripe with two decimals.
    (ProviderUnits.stripe, Money(5, "ISK"), 500), (.stripe, Money(7, "UGX"), 700),
    // Ariary are given without.
    (.stripe, Money(12_300, "MGA"), 123),
    // The last of three decimals is 0.
    (.stripe, Money(5_120, "KWD"), 5_120),
    // A refund in forints has two decimals; only payouts are whole.
    (.stripe, Money(1_045, "HUF"), 1_045), (.stripe, Money(500, "JPY"), 500),
    (.stripe, Money(1_000, "USD"), 1_000),
    (.adyen, Money(5, "CLP"), 500), (.adyen, Money(5, "ISK"), 500),
    (.adyen, Money(12_300, "IDR"), 123), (.adyen, Money(100, "CVE"), 1),
    (.adyen, Money(7, "UGX"), 7), (.adyen, Money(5_124, "KWD"), 5_124),
    // PayPal takes no decimals where ISO 4217 has some, or none either.
    (.payPal, Money(12_300, "HUF"), 123), (.payPal, Money(500, "TWD"), 5),
    (.payPal, Money(500, "JPY"), 500), (.payPal, Money(1_045, "EUR"), 1_045),
    (.iso, Money(5, "ISK"), 5), (.iso, Money(123_456, "CLF"), 123_456), (.iso, Money(0, "GBP"), 0),
  ])
  func `an amount is said in the units of the provider`(
    units: ProviderUnits, money: Money, amount: Int
  ) throws {
    #expect(try units.amount(of: money) == amount)
  }

  @Test(arguments: [
    (ProviderUnits.stripe, Money(12_345, "MGA"), Money(100, "MGA")),
    (.stripe, Money(5_124, "KWD"), Money(10, "KWD")),
    (.adyen, Money(12_345, "IDR"), Money(100, "IDR")), (.adyen, Money(1, "CVE"), Money(100, "CVE")),
    (.payPal, Money(12_345, "HUF"), Money(100, "HUF")),
    (.payPal, Money(1, "TWD"), Money(100, "TWD")),
  ])
  func `what the provider cannot pay exactly is refused, with the steps that it can`(
    units: ProviderUnits, money: Money, steps: Money
  ) {
    let refusal = #expect(throws: NotPayableExactly.self) { try units.amount(of: money) }
    #expect(refusal?.steps == steps)
    #expect(refusal?.description.contains("in steps of \(steps)") == true)
  }

  @Test func `what gets too large, and what is no money, is refused`() throws {
    let most = 9_007_199_254_740_991
    #expect(throws: NotPayableExactly.self) {
      try ProviderUnits.stripe.amount(of: Money(most, "ISK"))
    }
    #expect(try ProviderUnits.stripe.amount(of: Money(most / 100, "ISK")) == most / 100 * 100)
    #expect(throws: NotPayableExactly.self) { try ProviderUnits.iso.amount(of: Money(1, "XAU")) }
  }
}
