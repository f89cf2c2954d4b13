// R2: shares by largest remainder over the order's life.
//
// A line keeps what is left of its discount, its tax and its units. Taking some units takes
// `left × units taken / units left`, rounded half up, and giving them back gives the same share
// back. So, in any order of requests and releases,
//
// - each share lies between the units times the fair share of one unit rounded down, and rounded
//   up,
// - what is left is never negative, and
// - when everything is taken, the shares add up exactly to the whole.

import Events

/// An amount of an order, or a number of units, that refunds take bit by bit.
struct Pot: Hashable, Sendable, Codable {
  var total: Int
  var taken = 0

  /// What was given stays given, even where the shop lowered the total since (O1).
  var left: Int { max(0, total - taken) }
}

extension Share {
  /// The part's share of what is left, rounded half up.
  init(of left: Int, part: Int, whole: Int) {
    self.init(of: left, part: part, whole: whole, share: halfUp(left, times: part, over: whole))
  }
}

/// Parts of an amount that stand to each other like the weights and add up to it, by largest
/// remainder; all zero where the weights are.
///
/// - Precondition: nothing is negative.
func spread(_ amount: Int, over weights: [Int]) -> [Int] {
  var (left, whole) = (amount, weights.reduce(0, +))
  return weights.map { weight in
    guard weight > 0 else { return 0 }
    let share = halfUp(left, times: weight, over: whole)
    left -= share
    whole -= weight
    return share
  }
}

/// `amount × part / whole`, rounded half up, exact however large the product.
///
/// - Precondition: nothing is negative, `part ≤ whole`, `whole > 0`.
func halfUp(_ amount: Int, times part: Int, over whole: Int) -> Int {
  precondition(amount >= 0 && part >= 0 && part <= whole && whole > 0, "a share of nothing")
  let product = amount.multipliedFullWidth(by: part)
  let (quotient, remainder) = whole.dividingFullWidth(product)
  return remainder >= whole - remainder ? quotient + 1 : quotient
}
