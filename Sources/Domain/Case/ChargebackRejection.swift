// Why a command about a chargeback is refused.

import EventSourcing
public import Events

/// B1, and the table of a chargeback's states.
public enum ChargebackRejection: Rejection {
  case unknownCase(CaseID)
  case caseClosed(CaseID)
  case unknownOrder(OrderID)
  case caseOfAnotherOrder(CaseID, order: OrderID?, given: OrderID)
  case unknownPayment(PaymentID, order: OrderID)
  case alreadyOpened(ChargebackID)
  case moreThanCaptured(claimed: Money, captured: Money, claimable: Money)
  case unknownChargeback(ChargebackID, case: CaseID)
  case evidenceNotAttached(ContentDigest, CaseID)
  case notPossible(String, status: Chargeback.Status)

  public var explanation: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        "B1", SharedRefusal.unknownCase, "There is no case \(id). OpenCase opens one.", ["case": id]
      )
    case .caseClosed(let id):
      Explanation(
        "C1", SharedRefusal.caseClosed,
        "The case \(id) is closed, which is final. OpenCase opens one for the chargeback.",
        ["case": id])
    case .unknownOrder(let id):
      Explanation(
        "B1", SharedRefusal.unknownOrder, "There is no order \(id). RecordOrder mirrors it first.",
        ["order": id])
    case .caseOfAnotherOrder(let id, let order, let given):
      Explanation(
        "B1", SharedRefusal.caseOfAnotherOrder,
        "The case \(id) is about \(order.map { "order \($0)" } ?? "no order"), not \(given). "
          + "A chargeback belongs to a case of its order.",
        ["case": id, "order": order?.rawValue ?? "none", "given": given])
    case .unknownPayment(let payment, let order):
      Explanation(
        "B1", CaseRefusal.unknownPayment,
        "No payment \(payment) was captured for order \(order). CapturePayment records it first.",
        ["payment": payment, "order": order])
    case .alreadyOpened(let id):
      Explanation(
        "B1", CaseRefusal.chargebackAlreadyOpened,
        "The chargeback \(id) is opened already, about something else. Another needs another id.",
        ["chargeback": id])
    case .moreThanCaptured(let claimed, let captured, let claimable):
      Explanation(
        "B1", CaseRefusal.moreThanCaptured,
        "The bank cannot take back \(claimed): of \(captured) captured, \(claimable) are not "
          + "claimed by another chargeback.",
        ["claimed": claimed, "captured": captured, "claimable": claimable])
    case .unknownChargeback(let id, let caseID):
      Explanation(
        "B1", CaseRefusal.unknownChargeback,
        "The case \(caseID) has no chargeback \(id). OpenChargeback opens one.",
        ["chargeback": id, "case": caseID])
    case .evidenceNotAttached(let digest, let id):
      Explanation(
        "B1", CaseRefusal.evidenceNotAttached,
        "The case \(id) has no evidence with the SHA-256 \(digest). AttachEvidence puts it on "
          + "record first.", ["sha256": digest, "case": id])
    case .notPossible(let wanted, let status):
      Explanation(
        "Chargeback", CaseRefusal.notPossible,
        "A chargeback that is \(status.rawValue) cannot be \(wanted). "
          + (status.outcomes.isEmpty
            ? "That is final."
            : "It can be "
              + (status == .opened ? "represented, " : "")
              + status.outcomes.map(\.rawValue).joined(separator: ", ") + "."),
        ["status": status.rawValue, "wanted": wanted])
    }
  }
}
