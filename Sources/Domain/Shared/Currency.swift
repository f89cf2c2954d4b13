// How many decimals a currency's minor unit has, by ISO 4217. Nothing may assume two: the yen has
// none, the Kuwaiti dinar three, the Chilean unidad de fomento four.
//
// The active codes that have a minor unit, from the ISO 4217 list as published by
// datasets/currency-codes (codes-all.csv, Public Domain Dedication and License). A code that is not
// here (precious metals, test codes, withdrawn currencies) is not money that can be refunded.

public import Events

/// The active currencies of ISO 4217.
public enum Currency {
  /// The decimals of a currency's minor unit.
  ///
  /// - Returns: `nil` for a code that is not an active currency with a minor unit.
  public static func exponent(of code: CurrencyCode) -> Int? { exponents[code.rawValue] }

  private static let withoutDecimals = """
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
    """

  private static let withTwoDecimals = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
    CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
    LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW
    ZWG
    """

  private static let withThreeDecimals = """
    BHD IQD JOD KWD LYD OMR TND
    """

  private static let withFourDecimals = """
    CLF UYW
    """

  private static let exponents: [String: Int] = {
    var table: [String: Int] = [:]
    let groups = [
      (0, withoutDecimals), (2, withTwoDecimals), (3, withThreeDecimals), (4, withFourDecimals),
    ]
    for (exponent, codes) in groups {
      for code in codes.split(whereSeparator: { $0 == " " || $0.isNewline }) {
        table[String(code)] = exponent
      }
    }
    return table
  }()
}
