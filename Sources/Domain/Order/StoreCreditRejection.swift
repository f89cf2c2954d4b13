// Why store credit is not granted: O2, C3, R5.

import Events

/// Why store credit is not granted.
public enum StoreCreditRejection: Rejection, RejectionWithinCase {
  case noOpenCase(NoOpenCase)
  case nothing
  case amountTooLarge(Money)
  case notApproved(ApprovalRefusal)

  public var explanation: Explanation {
    switch self {
    case .noOpenCase(let it): Self.explanation(of: it)
    case .nothing:
      Explanation("O2", "noStoreCredit", "Store credit of nothing is none; give an amount.")
    case .amountTooLarge(let amount):
      Explanation(
        "O2", "amountTooLarge",
        "With \(amount) more, the order's store credit would be more than can be held.",
        ["amount": amount])
    case .notApproved(let refusal): refusal.explanation
    }
  }
}

extension StoreCreditRejection {
  /// C3, and the order that the case is about.
  fileprivate static func explanation(of it: NoOpenCase) -> Explanation {
    switch it {
    case .unknownCase(let id):
      Explanation("C3", "unknownCase", "There is no case \(id). OpenCase opens one.", ["case": id])
    case .caseNotOpen(let id, let status):
      Explanation(
        "C3", "caseNotOpen",
        "The case \(id) is \(status.rawValue); store credit needs a case that is open or in "
          + "progress.",
        ["case": id, "status": status.rawValue])
    case .unknownOrder(let id):
      Explanation(
        "O2", "unknownOrder", "There is no order \(id). RecordOrder mirrors it first.",
        ["order": id])
    case .caseOfAnotherOrder(let id, let order, let given):
      Explanation(
        "O2", "caseOfAnotherOrder",
        "The case \(id) is about \(order.map { "order \($0)" } ?? "no order"), not \(given).",
        ["case": id, "order": order?.rawValue ?? "none", "given": given])
    }
  }
}
