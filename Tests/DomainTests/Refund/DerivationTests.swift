// The table of how an amount came about, to the letter.

import Domain
import Events
import Testing

struct DerivationTests {
  static func derivation(_ command: RequestRefund) throws -> Derivation {
    let answer = given(open).when(.requestRefund(command))
    guard case .success(.events(let events)) = answer.outcome,
      case .refund(.refundRequested(let event))? = events.first
    else { throw NothingRequested() }
    return Derivation(of: event)
  }

  struct NothingRequested: Error {}

  @Test func `every amount of a refund can be checked with a pocket calculator`() throws {
    let command = requesting(
      [("1", 4), ("2", 1)], shipping: true, restocking: 1_250, shippingFee: 39)
    #expect(
      try Self.derivation(command).table == """
                                     calculation           rounding                       GBP
        line 1: White hanging heart T-light holder
          price                      4 × 2.55                                           10.20
          less share of discount     0.30 × 4 / 6          exact                        −0.20
          plus share of tax          3.00 × 4 / 6          exact                         2.00
          the line's refund          10.20 − 0.20 + 2.00                                12.00
        line 2: White metal lantern
          price                      1 × 3.39                                            3.39
          plus share of tax          0.68 × 1 / 1          exact                         0.68
          the line's refund          3.39 + 0.68                                         4.07
        items                        12.00 + 4.07                                       16.07
        shipping                     all that is left                                    3.99
        items and shipping           16.07 + 3.99                                       20.06
        restocking fee               16.07 × 12.50 %       8750/10000 left, rounded up  −2.01
        shipping fee                                                                    −0.39
        requested                    20.06 − 2.01 − 0.39                                17.66
        platform fee given back      2.60 × 20.06 / 26.06  360/2606 left, rounded down   2.00
        platform fee tax given back  0.52 × 20.06 / 26.06  72/2606 left, rounded down    0.40
        """)
  }

  @Test func `a refund of the shipping alone says nothing of items`() throws {
    #expect(
      try Self.derivation(requesting([], shipping: true)).table == """
                                     calculation          rounding                     GBP
        shipping                     all that is left                                 3.99
        requested                                                                     3.99
        platform fee given back      2.60 × 3.99 / 26.06  2106/2606 left, rounded up  0.40
        platform fee tax given back  0.52 × 3.99 / 26.06  2506/2606 left, rounded up  0.08
        """)
  }

  @Test func `what a return comes to can be checked, too`() {
    let titles: [LineID: String] = ["1": "White hanging heart T-light holder"]
    #expect(
      Derivation(of: ReturnRequestTests.amount, titles: titles, in: "GBP").table == """
                                  calculation         rounding    GBP
        line 1: White hanging heart T-light holder
          price                   2 × 2.55                       5.10
          less share of discount  0.30 × 2 / 6        exact     −0.10
          plus share of tax       3.00 × 2 / 6        exact      1.00
          the line's refund       5.10 − 0.10 + 1.00             6.00
        restocking fee            6.00 × 10.00 %      exact     −0.60
        shipping fee                                            −0.39
        comes to                  6.00 − 0.60 − 0.39             5.01
        """)
    var little = ReturnRequestTests.amount
    (little.shippingFee, little.amount) = (900, 0)
    #expect(
      Derivation(of: little, titles: titles, in: "GBP").rows.last
        == Derivation.Row(
          what: "comes to", calculation: "6.00 − 0.60 − 9.00",
          rounding: "never less than nothing",
          amount: 0))
  }

  @Test func `a refund of one line, of which nothing is kept back, says no more than that`() throws
  {
    #expect(
      try Self.derivation(requesting([("2", 1)])).table == """
                                     calculation          rounding                      GBP
        line 2: White metal lantern
          price                      1 × 3.39                                          3.39
          plus share of tax          0.68 × 1 / 1         exact                        0.68
          the line's refund          3.39 + 0.68                                       4.07
        requested                                                                      4.07
        platform fee given back      2.60 × 4.07 / 26.06  1580/2606 left, rounded up   0.41
        platform fee tax given back  0.52 × 4.07 / 26.06  316/2606 left, rounded down  0.08
        """)
  }

  @Test func `yen have no decimals, and what a division leaves over is said`() throws {
    let item = RefundItem(
      refundItemID: "sri_1", lineID: "1", productName: "Tea", quantity: 2, originalUnitPrice: 300,
      discount: Share(of: 10, part: 2, whole: 3, share: 7),
      tax: Share(of: 10, part: 1, whole: 3, share: 3), totalRefundAmount: 596)
    let event = RefundAmended(
      refundID: "srf_1", items: [item], requestedAmount: 596, basis: 596, reason: "late",
      balanceBefore: 900, orderTotal: 900, amendedBy: admin)
    #expect(
      Derivation(of: event, in: "JPY").table == """
                                  calculation  rounding                JPY
        line 1: Tea
          price                   2 × 300                              600
          less share of discount  10 × 2 / 3   2/3 left, rounded up     −7
          plus share of tax       10 × 1 / 3   1/3 left, rounded down    3
          the line's refund       600 − 7 + 3                          596
        requested                                                      596
        """)
  }
}
