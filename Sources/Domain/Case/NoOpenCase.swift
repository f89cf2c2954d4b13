// C3: what is asked for within a case needs an open case, and a recorded order that it is about.
// Refunds, returns, holds and store credit are refused for the same causes, each in its own words.

public import Events

/// Why there is no open case of the order.
public enum NoOpenCase: Equatable, Sendable {
  case unknownCase(CaseID)
  case caseNotOpen(CaseID, status: CaseStatus)
  case unknownOrder(OrderID)
  case caseOfAnotherOrder(CaseID, order: OrderID?, given: OrderID)
}

/// A rejection of something that happens within an open case.
protocol RejectionWithinCase: Rejection {
  static func noOpenCase(_ cause: NoOpenCase) -> Self
}
