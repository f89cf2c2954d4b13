// Why a refund is not approved: R4, R5, and B1.

public import EventSourcing
public import Events

extension RefundRejection {
  /// R4, R5, B1: approval.
  public enum Approval: Equatable, Sendable {
    case notDelivered(OrderID)
    case outsideReturnWindow(deliveryDate: CalendarDate, lastDay: CalendarDate, today: CalendarDate)
    case mayNotApprove(Actor, role: AgentRole?)
    case aboveApprovalLimit(approved: Money, ofOrder: Money, limit: Money, approver: Actor)
    case limitInAnotherCurrency(limit: Money, approved: Money)
    case approverIsRequester(Actor)
    case vetoed(Veto.Decision, Actor)
    case claimedByChargeback(ChargebackID, PaymentID, claimed: Money, uncovered: Money)

    var explanation: Explanation {
      switch self {
      case .notDelivered(let order):
        Explanation(
          "R4", RefundRefusal.notDelivered,
          "The order \(order) has no delivery date, and the return window counts from it. "
            + "RecordDelivery records it.",
          ["order": order])
      case .outsideReturnWindow(let deliveryDate, let lastDay, let today):
        Explanation(
          "R4", RefundRefusal.outsideReturnWindow,
          "Delivered on \(deliveryDate), the order's refunds could be approved until \(lastDay); "
            + "today is \(today).",
          ["deliveryDate": deliveryDate, "lastDay": lastDay, "today": today])
      case .mayNotApprove(let actor, let role):
        Explanation(
          "R5", RefundRefusal.mayNotApprove,
          "\(actor) may not approve refunds; an agent or an admin of the tenant, or its policy, "
            + "may.",
          ["approver": actor, "role": role?.rawValue ?? "none"])
      case .aboveApprovalLimit(let approved, let all, let limit, let approver):
        Explanation(
          "R5", SharedRefusal.aboveApprovalLimit,
          "\(approver) approves up to \(limit), and this is \(approved)"
            + (all == approved ? "" : ", with what else the order gives \(all)")
            + ". An admin has no limit.",
          ["approved": approved, "ofOrder": all, "limit": limit, "approver": approver])
      case .limitInAnotherCurrency(let limit, let approved):
        Explanation(
          "R5", SharedRefusal.limitInAnotherCurrency,
          "The approver's limit is \(limit), which cannot be compared with \(approved). "
            + "An admin has no limit.",
          ["limit": limit, "approved": approved])
      case .approverIsRequester(let actor):
        Explanation(
          "R5", RefundRefusal.approverIsRequester,
          "\(actor) requested this refund; with four eyes another person approves it.",
          ["approver": actor])
      case .vetoed(let decision, let actor): decision.explanation(for: actor)
      case .claimedByChargeback(let chargeback, let payment, let claimed, let uncovered):
        Explanation(
          "B1", RefundRefusal.claimedByChargeback,
          "The chargeback \(chargeback) claims \(claimed) of payment \(payment), and \(uncovered) "
            + "of it are covered by nothing: this refund would pay the same money once more. "
            + "Cancel or deny it, or another refund of the order, or wait until the chargeback is "
            + "won.",
          [
            "chargeback": chargeback, "payment": payment, "claimed": claimed,
            "uncovered": uncovered,
          ])
      }
    }
  }
}
