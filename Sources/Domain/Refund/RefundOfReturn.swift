// The refund that a return becomes (V1, V3, V4). It is about exactly the units that are due, its
// fees are those of the policy that the return was requested under, and it takes the units over
// that the return holds, in the same commit: they are never free in between, and never refunded
// beside the return.

import EventSourcing
import Events

extension Refund {
  /// The return that a refund is for, as far as money may be asked for it now.
  ///
  /// - Returns: the units due, with the policy's actions.
  static func checkReturn(
    _ returnID: ReturnID, of command: RequestRefund, _ known: Return?, _ order: Order,
    _ facts: Facts
  ) throws(RefundRejection) -> [ReturnedUnits] {
    guard let known, let header = known.header, let status = known.status else {
      throw .unknownReturn(returnID)
    }
    // In whichever case of the order is open: the one that it was requested in may be closed by
    // now.
    guard header.orderID == command.orderID else {
      throw .returnOfAnother(returnID, case: header.caseID, order: header.orderID)
    }
    switch status {
    case .requested, .rejected, .cancelled, .expired:
      throw .returnNotRefundable(returnID, status: status)
    case .approved, .inTransit, .received:
      try known.requireMayRefundInAdvance(returnID, status, facts)
    case .inspected, .completed: break
    }
    try known.requireUnpaid(returnID)
    // The policy's fees, and no others.
    guard command.restockingFeeBasisPoints == nil, command.shippingFee == nil,
      command.includeShipping != true
    else {
      throw .feesComeFromReturn(returnID)
    }
    let due = known.unitsDue(returnID, order)
    let asked = command.items.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) }
    let units = due.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) }
    guard asked.sorted(by: { $0.lineID < $1.lineID }) == units.sorted(by: { $0.lineID < $1.lineID })
    else { throw .itemsOfReturnDiffer(returnID, due: units) }
    try known.requireWorthSomething(returnID)
    return due
  }
}

extension RefundRejection {
  /// What is wrong with the return that a refund is to be for.
  var aboutReturn: Explanation {
    switch self {
    case .unknownReturn(let id):
      Explanation(
        "V3", "unknownReturn", "There is no return \(id). RequestReturn requests one.",
        ["return": id])
    case .returnOfAnother(let id, let supportCase, let order):
      Explanation(
        "V3", "returnOfAnother",
        "The return \(id) belongs to case \(supportCase) and order \(order); so does its refund.",
        ["return": id, "case": supportCase, "order": order])
    case .returnNotRefundable(let id, let status):
      Explanation(
        "V3", "returnNotRefundable",
        "The return \(id) is \(status.rawValue), and only a return that was approved is refunded.",
        ["return": id, "status": status.rawValue])
    case .returnNotInspected(let id, let status):
      Explanation(
        "V4", "returnNotInspected",
        "The return \(id) is \(status.rawValue); before its inspection only the tenant's people ask "
          + "for its refund.",
        ["return": id, "status": status.rawValue])
    case .returnRefundedAlready(let id, let refund):
      Explanation(
        "V1", "returnRefundedAlready",
        "The refund \(refund) is for return \(id) already; a return is refunded once.",
        ["return": id, "refund": refund])
    case .returnCreditedAlready(let id):
      Explanation(
        "V1", "returnCreditedAlready",
        "Store credit was given for return \(id); it is not refunded, too.", ["return": id])
    case .feesComeFromReturn(let id):
      Explanation(
        "V3", "feesComeFromReturn",
        "What return \(id) comes to is its policy's to say; leave restockingFeeBasisPoints, shippingFee and "
          + "includeShipping out. Shipping is refunded by a refund of its own.",
        ["return": id])
    case .itemsOfReturnDiffer(let id, let due):
      Explanation(
        "V3", "itemsOfReturnDiffer",
        "For return \(id) money is due for exactly "
          + (due.isEmpty
            ? "nothing."
            : due.prefix(100).map { "\($0.quantity) of line \($0.lineID)" }
              .joined(separator: ", ") + "."),
        ["return": id, "lines": due.count])
    case .returnCameToLess(let id, let line, let asked, let due):
      Explanation(
        "V3", "returnCameToLess",
        "This refund is for \(asked) units of line \(line), and of return \(id) money is due for \(due). "
          + "CancelRefund withdraws it, and another may be requested.",
        ["return": id, "line": line, "asked": asked, "due": due])
    case .refundOfReturn(let id):
      Explanation(
        "V3", "refundOfReturn",
        "This refund is what return \(id) comes to, and is not amended. CancelRefund withdraws it, "
          + "and another may be requested.",
        ["return": id])
    case .returnWorthNothing(let id):
      Explanation(
        "V3", "returnWorthNothing",
        "The return \(id) was found to be worth nothing, so no refund of it is paid, whatever its "
          + "order costs now.",
        ["return": id])
    default: preconditionFailure("not about a return")
    }
  }
}
