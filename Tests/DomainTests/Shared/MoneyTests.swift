import Domain
import Events
import Testing

struct MoneyTests {
  @Test(arguments: [
    (1234, "GBP" as CurrencyCode, "GBP 12.34"), (5, "GBP", "GBP 0.05"), (0, "GBP", "GBP 0.00"),
    (300, "JPY", "JPY 300"), (1500, "KWD", "KWD 1.500"), (7, "KWD", "KWD 0.007"),
    (123_456, "CLF", "CLF 12.3456"), (-61, "GBP", "GBP -0.61"), (-5, "JPY", "JPY -5"),
    (12, "XXX", "XXX 12 (minor units)"),
  ])
  func `money is printed with the decimals of its currency`(
    amount: Int, currency: CurrencyCode, text: String
  ) {
    #expect(Money(amount, currency).description == text)
  }

  @Test func `the currency table knows none, two, three and four decimals`() {
    #expect(Currency.exponent(of: "JPY") == 0)
    #expect(Currency.exponent(of: "EUR") == 2)
    #expect(Currency.exponent(of: "TND") == 3)
    #expect(Currency.exponent(of: "UYW") == 4)
  }

  @Test(arguments: ["XXX", "XAU", "DEM", "ABC"] as [CurrencyCode])
  func `gold, withdrawn and invented currencies are not refundable money`(code: CurrencyCode) {
    #expect(Currency.exponent(of: code) == nil)
  }
}
