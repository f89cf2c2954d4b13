// C3: what is asked for within a case needs an open case, and a recorded order that it is about.
// Refunds, returns, holds and store credit are refused for the same causes, each in its own words.

public import Events

/// Why there is no open case of the order.
public enum NoOpenCase: Equatable, Sendable {
  case unknownCase(CaseID)
  case caseNotOpen(CaseID, status: CaseStatus)
  case unknownOrder(OrderID)
  case caseOfAnotherOrder(CaseID, order: OrderID?, given: OrderID)
  /// A customer names a case of another one.
  case anotherCustomersCase(CaseID)
}

/// A rejection of something that happens within an open case.
protocol RejectionWithinCase: Rejection {
  static func noOpenCase(_ cause: NoOpenCase) -> Self
}

extension NoOpenCase {
  /// The refusal of one kind of request.
  ///
  /// - Parameters:
  ///   - rule: the rule that asks for the order.
  ///   - unknownCaseRule: the rule that asks for the case.
  ///   - advice: follows the statement that there is no such case.
  ///   - need: continues after the status of a case that is not open.
  ///   - belonging: follows the statement that the case is about another order.
  func explanation(
    rule: String, unknownCaseRule: String = "C3", advice: String = "OpenCase opens one.",
    need: String, belonging: String = ""
  ) -> Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        unknownCaseRule, SharedRefusal.unknownCase, "There is no case \(id). \(advice)",
        ["case": id])
    case .caseNotOpen(let id, let status):
      Explanation(
        "C3", SharedRefusal.caseNotOpen, "The case \(id) is \(status.rawValue)\(need)",
        ["case": id, "status": status.rawValue])
    case .unknownOrder(let id):
      Explanation(
        rule, SharedRefusal.unknownOrder, "There is no order \(id). RecordOrder mirrors it first.",
        ["order": id])
    case .caseOfAnotherOrder(let id, let order, let given):
      Explanation(
        rule, SharedRefusal.caseOfAnotherOrder,
        "The case \(id) is about \(order.map { "order \($0)" } ?? "no order"), not \(given)."
          + belonging,
        ["case": id, "order": order?.rawValue ?? "none", "given": given])
    case .anotherCustomersCase(let id):
      Explanation(
        "C2", SharedRefusal.anotherCustomersCase,
        "Customers act in their own cases only, and \(id) is another customer's.", ["case": id])
    }
  }
}
