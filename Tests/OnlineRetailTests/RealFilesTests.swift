// A real shop's figures, from the mapping alone. A script that knows nothing of this code counted
// them first.

import OutsideData
import Testing

@testable import OnlineRetail

@Suite struct `the real shop` {
  private struct Figures: Equatable {
    var orders: Int
    var total: Int
    var requests: Int
    var matched: Int
    var unmatched: Int

    init(orders: Int, total: Int, requests: Int, matched: Int, unmatched: Int) {
      self.orders = orders
      self.total = total
      self.requests = requests
      self.matched = matched
      self.unmatched = unmatched
    }

    init(_ history: SalesHistory) {
      self.init(
        orders: history.orders.count, total: history.orders.reduce(0) { $0 + $1.total },
        requests: history.requests.count, matched: history.matchedRows,
        unmatched: history.unmatchedRows)
    }
  }

  @Test func `December 2010`() throws {
    let month = try SalesHistory(path: RealFile.month)
    #expect(
      Figures(month)
        == Figures(orders: 1559, total: 82_374_614, requests: 162, matched: 299, unmatched: 429))
  }

  @Test(
    .enabled(
      if: OutsideData.isDue(RealFile.nineMonthsName),
      "the nine months are not beside the repository"))
  func `nine months, which begin with the same December`() throws {
    let all = try SalesHistory(path: RealFile.nineMonths)
    #expect(
      Figures(all)
        == Figures(
          orders: 12_494, total: 629_376_400, requests: 2339, matched: 4469, unmatched: 1378))
    let month = try SalesHistory(path: RealFile.month)
    #expect(all.orders.starts(with: month.orders))
    #expect(all.requests.starts(with: month.requests))
  }
}
