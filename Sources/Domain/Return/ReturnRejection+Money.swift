// Why a return is not completed as asked: V3, V4, R5, B1.

public import EventSourcing
public import Events

extension ReturnRejection {
  /// V3, V4, B1: what is due.
  public enum Amounts: Equatable, Sendable {
    case amountTooLarge(CurrencyCode)
    case refundedInAdvance(RefundID)
    case nothingDue
    case dueAboveBalance(Money, refundable: Money)

    var explanation: Explanation {
      switch self {
      case .amountTooLarge(let currency):
        Explanation(
          "V3", SharedRefusal.amountTooLarge,
          "The amounts add up to more than \(Money(CheckedAmount.maximum, currency)), the most "
            + "that can be held.",
          ["currency": currency])
      case .refundedInAdvance(let refund):
        Explanation(
          "V4", ReturnRefusal.refundedInAdvance,
          "The refund \(refund) was requested for this return. CancelRefund or DenyRefund "
            + "withdraws it, unless it is paid.",
          ["refund": refund])
      case .nothingDue:
        Explanation(
          "V3", ReturnRefusal.nothingDue,
          "Nothing is due for this return after its fees, so it is completed with nothing.")
      case .dueAboveBalance(let amount, let refundable):
        Explanation(
          "B1", ReturnRefusal.dueAboveBalance,
          "For this return \(amount) is due, and only \(refundable) of the order's money has not "
            + "gone back already or is claimed by a chargeback. Complete it when that has ended, "
            + "or give nothing.",
          ["amount": amount, "refundable": refundable])
      }
    }
  }

  /// R5: store credit instead of a refund.
  public enum Credit: Equatable, Sendable {
    case notApproved(ApprovalRefusal)
    case approverIsRequester(Actor)
    case vetoed(Veto.Decision, Actor)

    var explanation: Explanation {
      switch self {
      case .notApproved(let refusal): refusal.explanation
      case .approverIsRequester(let actor):
        Explanation(
          "R5", ReturnRefusal.giverIsRequester,
          "\(actor) asked for this return; with four eyes another person gives store credit for "
            + "it.",
          ["actor": actor])
      case .vetoed(let decision, let actor): decision.explanation(for: actor)
      }
    }
  }
}
