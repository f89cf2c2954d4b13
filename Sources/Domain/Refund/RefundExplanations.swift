// Refund rejections in words: what is wrong, with the numbers, and what would be right.

import EventSourcing
import Events

extension RefundRejection {
  public var explanation: Explanation {
    switch self {
    case .unknownRefund(let id):
      Explanation(
        "R1", "unknownRefund", "There is no refund \(id). RequestRefund requests one.",
        ["refund": id])
    case .alreadyRequested(let id):
      Explanation(
        "R1", "refundAlreadyRequested",
        "The refund \(id) is requested already. AmendRefund changes it; another needs another id.",
        ["refund": id])
    case .notPossible(let command, let status):
      Explanation(
        "Refund states", "notPossibleInThisState",
        "\(command.rawValue) is possible for a refund that is "
          + "\(command.statuses.map(\.rawValue).joined(separator: " or ")); "
          + "this one is \(status.rawValue).",
        ["command": command.rawValue, "status": status.rawValue])
    case .unknownReturn, .returnOfAnother, .returnNotRefundable, .returnNotInspected,
      .returnRefundedAlready, .returnCreditedAlready, .feesComeFromReturn, .itemsOfReturnDiffer,
      .refundOfReturn, .returnCameToLess, .returnWorthNothing:
      aboutReturn
    case .unknownCase, .caseNotOpen, .unknownOrder, .caseOfAnotherOrder, .anotherCustomersOrder,
      .anotherCustomersRefund, .legOfAnotherOrder:
      belonging
    case .nothingNamed, .unknownLine, .lineNamedTwice, .itemNamedTwice, .moreUnitsThanLeft:
      units
    case .nothingToPay, .amountTooLarge, .aboveRefundableBalance, .aboveRequested,
      .nothingApproved:
      amounts
    case .notDelivered, .outsideReturnWindow, .mayNotApprove, .aboveApprovalLimit,
      .limitInAnotherCurrency, .approverIsRequester, .notByPolicyAfterNothing,
      .notByPolicyAfterDenial, .claimedByChargeback:
      approval
    case .notTheCurrentAttempt, .attemptNotTold, .nothingPaidInImports, .onlyReconciliation,
      .anotherOutcomeKnown,
      .settlementReferenceMissing, .failureReasonMissing, .outcomeContradictsItself:
      execution
    }
  }

  /// R1: the case, the order and the customer belong together.
  private var belonging: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        "R1", "unknownCase", "There is no case \(id). A refund is requested within a case.",
        ["case": id])
    case .caseNotOpen(let id, let status):
      Explanation(
        "C3", "caseNotOpen",
        "The case \(id) is \(status.rawValue). A new refund needs a case that is open or in "
          + "progress.",
        ["case": id, "status": status.rawValue])
    case .unknownOrder(let id):
      Explanation(
        "R1", "unknownOrder", "There is no order \(id). RecordOrder mirrors it first.",
        ["order": id])
    case .caseOfAnotherOrder(let id, let order, let given):
      Explanation(
        "R1", "caseOfAnotherOrder",
        "The case \(id) is about \(order.map { "order \($0)" } ?? "no order"), not \(given). "
          + "A refund belongs to the order of its case.",
        ["case": id, "order": order?.rawValue ?? "none", "given": given])
    case .anotherCustomersOrder(let id):
      Explanation(
        "R1", "anotherCustomersOrder",
        "The order \(id) belongs to another customer; customers act for themselves only.",
        ["order": id])
    case .anotherCustomersRefund(let id):
      Explanation(
        "R1", "anotherCustomersRefund",
        "The refund \(id) belongs to another customer; customers act for themselves only.",
        ["refund": id])
    case .legOfAnotherOrder(let leg, let recorded):
      Explanation(
        "R1", "legOfAnotherOrder",
        "The order is leg \(recorded) of its booking, not \(leg).",
        ["leg": leg, "recorded": recorded])
    default: preconditionFailure("not about what belongs together")
    }
  }

  /// R1: lines and quantities.
  private var units: Explanation {
    switch self {
    case .nothingNamed:
      Explanation(
        "R1", "nothingNamed",
        "A refund names at least one line of its order, or asks for its shipping by includeShipping."
      )
    case .unknownLine(let line, let order):
      Explanation(
        "R1", "unknownLine", "The order \(order) has no line \(line).",
        ["line": line, "order": order])
    case .lineNamedTwice(let line):
      Explanation(
        "R1", "lineNamedTwice", "The line \(line) is named twice; once with all units is right.",
        ["line": line])
    case .itemNamedTwice(let item):
      Explanation(
        "R1", "itemNamedTwice", "The refund item \(item) is named twice; each has its own id.",
        ["refundItem": item])
    case .moreUnitsThanLeft(let line, let asked, let left, let ordered):
      Explanation(
        "R1", "moreUnitsThanLeft",
        "\(asked) units of line \(line) were asked for; \(left) of \(ordered) are neither "
          + "refunded nor reserved nor in a return.",
        ["line": line, "asked": asked, "left": left, "ordered": ordered])
    default: preconditionFailure("not about units")
    }
  }

  /// R2, R3: amounts.
  private var amounts: Explanation {
    switch self {
    case .nothingToPay(let items, let shipping, let keptBack, let requested):
      Explanation(
        "R2", "nothingToPay",
        "\(items) for the items and \(shipping) for shipping, less \(keptBack) kept back, is "
          + "\(requested). A refund pays something.",
        ["items": items, "shipping": shipping, "keptBack": keptBack, "requested": requested])
    case .amountTooLarge(let maximum):
      Explanation(
        "R2", "amountTooLarge",
        "The amounts add up to more than \(maximum), the most that can be held.",
        ["maximum": maximum])
    case .aboveRefundableBalance(let requested, let refundable):
      Explanation(
        "R3", "aboveRefundableBalance",
        "\(requested) were requested; \(refundable) of the order are refundable.",
        ["requested": requested, "refundable": refundable])
    case .aboveRequested(let approved, let requested):
      Explanation(
        "R3", "aboveRequested",
        "\(approved) cannot be approved, because only \(requested) were requested.",
        ["approved": approved, "requested": requested])
    case .nothingApproved(let requested):
      Explanation(
        "R3", "nothingApproved",
        "Approving nothing of \(requested) is no approval. DenyRefund refuses a refund.",
        ["requested": requested])
    default: preconditionFailure("not about amounts")
    }
  }

  /// R4, R5: approval.
  private var approval: Explanation {
    switch self {
    case .notDelivered(let order):
      Explanation(
        "R4", "notDelivered",
        "The order \(order) has no delivery date, and the return window counts from it. "
          + "RecordDelivery records it.",
        ["order": order])
    case .outsideReturnWindow(let deliveryDate, let lastDay, let today):
      Explanation(
        "R4", "outsideReturnWindow",
        "Delivered on \(deliveryDate), the order's refunds could be approved until \(lastDay); "
          + "today is \(today).",
        ["deliveryDate": deliveryDate, "lastDay": lastDay, "today": today])
    case .mayNotApprove(let actor, let role):
      Explanation(
        "R5", "mayNotApprove",
        "\(actor) may not approve refunds; an agent or an admin of the tenant, or its policy, may.",
        ["approver": actor, "role": role?.rawValue ?? "none"])
    case .aboveApprovalLimit(let approved, let all, let limit, let approver):
      Explanation(
        "R5", "aboveApprovalLimit",
        "\(approver) approves up to \(limit), and this is \(approved)"
          + (all == approved ? "" : ", with what else the order gives \(all)")
          + ". An admin has no limit.",
        ["approved": approved, "ofOrder": all, "limit": limit, "approver": approver])
    case .limitInAnotherCurrency(let limit, let approved):
      Explanation(
        "R5", "limitInAnotherCurrency",
        "The approver's limit is \(limit), which cannot be compared with \(approved). "
          + "An admin has no limit.",
        ["limit": limit, "approved": approved])
    case .claimedByChargeback(let chargeback, let payment, let claimed, let uncovered):
      Explanation(
        "B1", "claimedByChargeback",
        "The chargeback \(chargeback) claims \(claimed) of payment \(payment), and \(uncovered) of it are "
          + "covered by nothing: this refund would pay the same money once more. Cancel or deny it, or "
          + "another refund of the order, or wait until the chargeback is won.",
        [
          "chargeback": chargeback, "payment": payment, "claimed": claimed,
          "uncovered": uncovered,
        ])
    case .approverIsRequester(let actor):
      Explanation(
        "R5", "approverIsRequester",
        "\(actor) requested this refund; with four eyes somebody else approves it.",
        ["approver": actor])
    case .notByPolicyAfterNothing(let id, let actor):
      Explanation(
        "R5", "notByPolicyAfterNothing",
        "\(actor) approves by policy, and the return \(id) was completed with nothing. An agent or "
          + "an admin may still approve a refund of it.",
        ["approver": actor, "return": id])
    case .notByPolicyAfterDenial(let refund, let actor):
      Explanation(
        "R5", "notByPolicyAfterDenial",
        "\(actor) approves by policy, and the refund \(refund) of the same return was denied. An "
          + "agent or an admin may still approve another.",
        ["approver": actor, "refund": refund])
    default: preconditionFailure("not about approval")
    }
  }

  /// R7 to R9: execution.
  private var execution: Explanation {
    switch self {
    case .nothingPaidInImports:
      Explanation(
        "R7", "nothingPaidInImports",
        "While a history is told, Redress pays nothing; it goes on after EndImport.")
    case .attemptNotTold(let attempt):
      Explanation(
        "R7", "attemptNotTold",
        "Attempt \(attempt) is not of the history that is imported: Redress made it, and what became of it "
          + "its provider says.",
        ["attempt": attempt])
    case .notTheCurrentAttempt(let given, let current):
      Explanation(
        "R7", "notTheCurrentAttempt",
        "This is about attempt \(given), and the current attempt is \(current).",
        ["given": given, "current": current])
    case .onlyReconciliation(let attempt):
      Explanation(
        "R9", "onlyReconciliation",
        "The outcome of attempt \(attempt) is unknown; only ReconcileRefund settles it.",
        ["attempt": attempt])
    case .anotherOutcomeKnown(let outcome, let attempt):
      Explanation(
        "R7", "anotherOutcomeKnown",
        "Attempt \(attempt) is known to have \(outcome.words), which this contradicts.",
        ["attempt": attempt, "known": outcome.name])
    case .settlementReferenceMissing:
      Explanation(
        "R8", "settlementReferenceMissing",
        "An executed refund needs the provider's settlement reference.")
    case .failureReasonMissing:
      Explanation("R8", "failureReasonMissing", "A failed refund needs a reason.")
    case .outcomeContradictsItself(let outcome):
      Explanation(
        "R8", "outcomeContradictsItself",
        "The outcome is \(outcome.rawValue): an executed refund has a settlement reference and "
          + "no failure, a failed one a reason and no settlement reference.",
        ["outcome": outcome.rawValue])
    default: preconditionFailure("not about execution")
    }
  }
}

extension Refund.Outcome {
  fileprivate var name: String {
    switch self {
    case .executed: "executed"
    case .failed: "failed"
    }
  }

  fileprivate var words: String {
    switch self {
    case .executed(let reference): "paid with the settlement reference \(reference)"
    case .failed(let code, let reason): "failed (\(code.rawValue): \(reason))"
    }
  }
}
