// Why store credit is not granted: O2, C3, R5.

public import EventSourcing
import Events

/// Why store credit is not granted.
public enum StoreCreditRejection: Rejection, RejectionWithinCase {
  case noOpenCase(NoOpenCase)
  case nothing
  case amountTooLarge(Money)
  case notApproved(ApprovalRefusal)
  case vetoed(Veto.Decision, Actor)

  public var explanation: Explanation {
    switch self {
    case .noOpenCase(let it):
      it.explanation(
        rule: "O2", need: "; store credit needs a case that is open or in progress.")
    case .nothing:
      Explanation(
        "O2", OrderRefusal.noStoreCredit, "Store credit of nothing is none; give an amount.")
    case .amountTooLarge(let amount):
      Explanation(
        "O2", SharedRefusal.amountTooLarge,
        "With \(amount) more, the order's store credit would be more than can be held.",
        ["amount": amount])
    case .notApproved(let refusal): refusal.explanation
    case .vetoed(let decision, let actor): decision.explanation(for: actor)
    }
  }
}
