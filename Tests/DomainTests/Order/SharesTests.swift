// R2: shares by largest remainder over the order's life.

import Events
import SeededRandom
import Testing

@testable import Domain

struct SharesTests {
  @Test func `a share is rounded half up`() {
    #expect(halfUp(1, times: 1, over: 2) == 1)
    #expect(halfUp(1, times: 1, over: 3) == 0)
    #expect(halfUp(2, times: 1, over: 3) == 1)
    #expect(halfUp(5, times: 1, over: 10) == 1)
    #expect(halfUp(0, times: 1, over: 1) == 0)
    #expect(halfUp(7, times: 0, over: 3) == 0)
    #expect(halfUp(7, times: 3, over: 3) == 7)
  }

  @Test func `the product of a share may be larger than any integer`() {
    let most = CheckedAmount.maximum
    #expect(halfUp(most, times: most, over: most) == most)
    #expect(halfUp(most, times: most - 1, over: most) == most - 1)
    #expect(halfUp(most, times: 1, over: 2) == 4_503_599_627_370_496)
  }

  @Test func `ten pence over three units are three, four and three`() {
    var line = Order.Line(
      OrderLine(lineID: "1", title: "Tea", quantity: 3, unitPrice: 100, discount: 10, tax: 0))
    var shares: [Int] = []
    for _ in 1...3 {
      let item = line.refund(1, as: "sri_1")
      shares.append(item.discount.share)
      line.units.taken += 1
      line.discount.taken += item.discount.share
    }
    #expect(shares == [3, 4, 3])
  }

  @Test func `any order of requests and releases keeps shares fair and adds up exactly`() {
    let seed: UInt64 = 2_606
    print("shares: seed \(seed)")
    var random = SplitMix64(seed: seed)
    for round in 0..<2_000 {
      let quantity = Int.random(in: 1...40, using: &random)
      let price = Int.random(in: 0...300, using: &random)
      let discount = Int.random(in: 0...(price * quantity), using: &random)
      let tax = Int.random(in: 0...500, using: &random)
      var line = Order.Line(
        OrderLine(
          lineID: "1", title: "Tea", quantity: quantity, unitPrice: price, discount: discount,
          tax: tax))
      var held: [RefundItem] = []
      var steps = 0
      while line.units.left > 0 {
        steps += 1
        if !held.isEmpty, steps < 60, random.oneIn(3) {
          let item = held.remove(at: Int.random(in: 0..<held.count, using: &random))
          line.units.taken -= item.quantity
          line.discount.taken -= item.discount.share
          line.tax.taken -= item.tax.share
          continue
        }
        let units = Int.random(in: 1...line.units.left, using: &random)
        let item = line.refund(units, as: "sri_1")
        line.units.taken += units
        line.discount.taken += item.discount.share
        line.tax.taken += item.tax.share
        held.append(item)
        // The units' fair share with each unit rounded down, and rounded up.
        for (share, whole) in [(item.discount.share, discount), (item.tax.share, tax)] {
          let low = whole / quantity * units
          let high = (whole + quantity - 1) / quantity * units
          #expect((low...high).contains(share), "seed \(seed), round \(round)")
        }
        #expect(item.totalRefundAmount >= 0, "seed \(seed), round \(round)")
      }
      #expect(held.reduce(0) { $0 + $1.discount.share } == discount, "round \(round)")
      #expect(held.reduce(0) { $0 + $1.tax.share } == tax, "round \(round)")
      #expect(
        held.reduce(0) { $0 + $1.totalRefundAmount } == price * quantity - discount + tax,
        "round \(round)")
    }
  }
}
