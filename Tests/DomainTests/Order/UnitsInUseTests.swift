// What refusals say of units that are in use.

import Events
import Testing

@testable import Domain

struct UnitsInUseTests {
  @Test(arguments: [
    (UnitsInUse(), ""), (UnitsInUse(refunded: 1), ": 1 is refunded"),
    (UnitsInUse(returns: ["ret_1": 4]), ": 4 are in return ret_1"),
    (
      UnitsInUse(
        refunded: 2, refunds: ["srf_2": 1, "srf_1": 3], returns: ["ret_1": 1], sentBack: 5),
      ": 2 are refunded, 3 are in refund srf_1, 1 is in refund srf_2, 1 is in return ret_1, "
        + "5 came back or were lost"
    ),
  ])
  func `units are named by what has them`(units: UnitsInUse, clause: String) {
    #expect(units.clause == clause)
  }

  @Test func `units are summed beyond two names`() {
    let many = Dictionary(
      uniqueKeysWithValues: (10..<25).map { (RefundID(unchecked: "srf_\($0)"), 2) })
    #expect(
      UnitsInUse(refunds: many).words
        == "2 are in refund srf_10, 2 are in refund srf_11, 26 are in other refunds")
  }

  /// A fact that a refusal records.
  @Test func `units are named in 500 characters`() {
    let most = 1_000_000_000
    func names(_ letters: Set<String>) -> [String] {
      letters.map { String(repeating: $0, count: 64) }
    }
    let refunds = names(["a", "b", "c"]).map { (RefundID(unchecked: $0), most) }
    let returns = names(["d", "e", "f"]).map { (ReturnID(unchecked: $0), most) }
    let units = UnitsInUse(
      refunded: most, refunds: Dictionary(uniqueKeysWithValues: refunds),
      returns: Dictionary(uniqueKeysWithValues: returns), sentBack: most)
    #expect(units.words.count <= 500)
  }
}
