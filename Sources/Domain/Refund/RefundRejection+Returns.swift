// Why a return is not refunded: V1, V3, V4.

public import Events

extension RefundRejection {
  /// V1, V3, V4: the return that a refund is for.
  public enum Returns: Equatable, Sendable {
    case unknownReturn(ReturnID)
    case returnOfAnother(ReturnID, case: CaseID, order: OrderID)
    case returnNotRefundable(ReturnID, status: Return.Status)
    case returnNotInspected(ReturnID, status: Return.Status)
    case returnRefundedAlready(ReturnID, by: RefundID)
    case returnCreditedAlready(ReturnID)
    case feesComeFromReturn(ReturnID)
    case itemsOfReturnDiffer(ReturnID, due: [LineUnits])
    case refundOfReturn(ReturnID)
    case returnCameToLess(ReturnID, LineID, asked: Int, due: Int)
    case returnWorthNothing(ReturnID)

    var explanation: Explanation {
      switch self {
      case .unknownReturn(let id):
        Explanation(
          "V3", SharedRefusal.unknownReturn,
          "There is no return \(id). RequestReturn requests one.",
          ["return": id])
      case .returnOfAnother(let id, let supportCase, let order):
        Explanation(
          "V3", RefundRefusal.returnOfAnother,
          "The return \(id) belongs to case \(supportCase) and order \(order); so does its refund.",
          ["return": id, "case": supportCase, "order": order])
      case .returnNotRefundable(let id, let status):
        Explanation(
          "V3", RefundRefusal.returnNotRefundable,
          "The return \(id) is \(status.rawValue), and only a return that was approved is "
            + "refunded.",
          ["return": id, "status": status.rawValue])
      case .returnNotInspected(let id, let status):
        Explanation(
          "V4", RefundRefusal.returnNotInspected,
          "The return \(id) is \(status.rawValue); before its inspection only the tenant's people "
            + "ask for its refund.",
          ["return": id, "status": status.rawValue])
      case .returnRefundedAlready(let id, let refund):
        Explanation(
          "V1", RefundRefusal.returnRefundedAlready,
          "The refund \(refund) is for return \(id) already; a return is refunded once.",
          ["return": id, "refund": refund])
      case .returnCreditedAlready(let id):
        Explanation(
          "V1", RefundRefusal.returnCreditedAlready,
          "Store credit was given for return \(id); it is not refunded, too.", ["return": id])
      case .feesComeFromReturn(let id):
        Explanation(
          "V3", RefundRefusal.feesComeFromReturn,
          "What return \(id) comes to is its policy's to say; leave restockingFeeBasisPoints, "
            + "shippingFee and includeShipping out. Shipping is refunded by a refund of its own.",
          ["return": id])
      case .itemsOfReturnDiffer(let id, let due):
        Explanation(
          "V3", RefundRefusal.itemsOfReturnDiffer,
          "For return \(id) money is due for exactly "
            + (due.isEmpty
              ? "nothing."
              : due.prefix(100).map { "\($0.quantity) of line \($0.lineID)" }
                .joined(separator: ", ") + "."),
          ["return": id, "lines": due.count])
      case .refundOfReturn(let id):
        Explanation(
          "V3", RefundRefusal.refundOfReturn,
          "This refund is what return \(id) comes to, and is not amended. CancelRefund withdraws "
            + "it, and another may be requested.",
          ["return": id])
      case .returnCameToLess(let id, let line, let asked, let due):
        Explanation(
          "V3", RefundRefusal.returnCameToLess,
          "This refund is for \(asked) units of line \(line), and of return \(id) money is due for "
            + "\(due). CancelRefund withdraws it, and another may be requested.",
          ["return": id, "line": line, "asked": asked, "due": due])
      case .returnWorthNothing(let id):
        Explanation(
          "V3", RefundRefusal.returnWorthNothing,
          "The return \(id) was found to be worth nothing, so no refund of it is paid, also "
            + "after its order was amended.",
          ["return": id])
      }
    }
  }
}
