// Return rejections in words: what is wrong, with the numbers, and what would be right.

import EventSourcing
import Events

extension ReturnRejection {
  public var explanation: Explanation {
    switch self {
    case .unknownReturn(let id):
      Explanation(
        "V1", "unknownReturn", "There is no return \(id). RequestReturn requests one.",
        ["return": id])
    case .alreadyRequested(let id):
      Explanation(
        "V1", "returnAlreadyRequested",
        "The return \(id) is requested already. Another needs another id.", ["return": id])
    case .notPossible(let command, let status):
      Explanation(
        "Return states", "notPossibleInThisState",
        "\(command.rawValue) is possible for a return that is "
          + "\(command.statuses.map(\.rawValue).joined(separator: " or ")); "
          + "this one is \(status.rawValue).",
        ["command": command.rawValue, "status": status.rawValue])
    case .unknownCase, .caseNotOpen, .unknownOrder, .caseOfAnotherOrder, .anotherCustomersOrder,
      .anotherCustomersReturn:
      belonging
    case .unknownLine, .lineNamedTwice, .moreUnitsThanReturnable: units
    case .noActivePolicy, .unknownReason, .notEligible, .methodsDiffer, .anotherMethod, .mayNotKeep,
      .notByPolicy, .itemsAreKept, .itemsCameAlready, .notExpiredYet:
      policy
    case .wordsTooLong(let byteCount):
      Explanation(
        "Returns", "wordsTooLong",
        "The descriptions of the lines' reasons (lines[].reason.description) have \(byteCount) bytes "
          + "together, each with its line's id; at most \(Return.wordsByteCountMax) (16 KiB) are "
          + "allowed. Write less, or attach longer texts to the case as evidence.",
        ["bytes": byteCount, "most": Return.wordsByteCountMax])
    case .lineNotReturned, .receptionKnown, .notAllReceived, .nothingMissing, .nothingToInspect,
      .inspectedAlready, .acceptedOutOfRange, .acceptedInPart, .dispositionDoesNotFit:
      inspection
    case .amountTooLarge, .refundedInAdvance, .nothingDue, .mayNotGiveCredit, .giverIsRequester,
      .notByPolicyAfterDenial, .dueAboveBalance:
      money
    }
  }

  /// C3, and what belongs together.
  private var belonging: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation("C3", "unknownCase", "There is no case \(id). OpenCase opens one.", ["case": id])
    case .caseNotOpen(let id, let status):
      Explanation(
        "C3", "caseNotOpen",
        "The case \(id) is \(status.rawValue); a return needs a case that is open or in progress.",
        ["case": id, "status": status.rawValue])
    case .unknownOrder(let id):
      Explanation(
        "V1", "unknownOrder", "There is no order \(id). RecordOrder mirrors it first.",
        ["order": id])
    case .caseOfAnotherOrder(let id, let order, let given):
      Explanation(
        "V1", "caseOfAnotherOrder",
        "The case \(id) is about \(order.map { "order \($0)" } ?? "no order"), not \(given). "
          + "A return belongs to the order of its case.",
        ["case": id, "order": order?.rawValue ?? "none", "given": given])
    case .anotherCustomersOrder(let id):
      Explanation(
        "V1", "anotherCustomersOrder",
        "The order \(id) belongs to another customer; customers act for themselves only.",
        ["order": id])
    case .anotherCustomersReturn(let id):
      Explanation(
        "V1", "anotherCustomersReturn",
        "The return \(id) belongs to another customer; customers act for themselves only.",
        ["return": id])
    default: preconditionFailure("not about what belongs together")
    }
  }

  /// V1: lines and quantities.
  private var units: Explanation {
    switch self {
    case .unknownLine(let line, let order):
      Explanation(
        "V1", "unknownLine", "The order \(order) has no line \(line).",
        ["line": line, "order": order])
    case .lineNamedTwice(let line):
      Explanation(
        "V1", "lineNamedTwice", "The line \(line) is named twice; once with all units is right.",
        ["line": line])
    case .moreUnitsThanReturnable(let line, let asked, let returnable, let ordered):
      Explanation(
        "V1", "moreUnitsThanReturnable",
        "\(asked) units of line \(line) were to be returned; \(returnable) of \(ordered) are neither "
          + "refunded or reserved nor in a return already.",
        ["line": line, "asked": asked, "returnable": returnable, "ordered": ordered])
    default: preconditionFailure("not about units")
    }
  }

  /// V2, P1: the policy, and what follows from it.
  private var policy: Explanation {
    switch self {
    case .noActivePolicy:
      Explanation(
        "V2", "noActivePolicy",
        "No policy is active, so nothing says what may be returned. DefinePolicy defines one.")
    case .unknownReason(let index, let code, let known):
      Explanation(
        "V2", "unknownReason",
        "lines[\(index)]: \(code) is none of the tenant's reasons: "
          + "\(known.prefix(50).joined(separator: ", ")).",
        ["index": index, "code": code])
    case .notEligible(let line, let policy, let decision):
      ineligible(line, policy, decision)
    case .methodsDiffer(let methods):
      Explanation(
        "V2", "methodsDiffer",
        "The policy wants these lines returned in different ways "
          + "(\(methods.map(\.rawValue).joined(separator: ", "))); request a return for each.",
        ["methods": methods.map(\.rawValue).joined(separator: " ")])
    case .anotherMethod(let asked, let method):
      Explanation(
        "V2", "anotherReturnMethod",
        "The policy says \(method.rawValue); give that as returnMethod, or leave it out.",
        ["asked": asked?.rawValue ?? "none", "policy": method.rawValue])
    case .mayNotKeep:
      Explanation(
        "V2", "mayNotKeepItems",
        "Only a policy or one of the tenant's admins lets a customer keep what is returned.")
    case .notByPolicy(let actor, let policy):
      Explanation(
        "R5", "notApprovedByPolicy",
        "\(actor) approves by policy, and \(policy.policyID) does not approve every line of this "
          + "return automatically. An agent may approve it.",
        ["approver": actor, "policy": policy.policyID, "version": policy.version])
    case .itemsCameAlready(let id, let lines):
      Explanation(
        "V4", "itemsCameAlready",
        "Of return \(id) it is known what came of line "
          + lines.prefix(20).map(\.rawValue).joined(separator: ", ")
          + ", so it is not cancelled any more. RecordReturnReception says what came of the rest.",
        ["return": id, "lines": lines.count])
    case .itemsAreKept(let id):
      Explanation(
        "V4", "itemsAreKept",
        "The customer keeps the items of return \(id), so nothing is sent. CompleteReturn ends it.",
        ["return": id])
    case .notExpiredYet(let id, let expiresAt, let now):
      Explanation(
        "Return states", "notExpiredYet",
        "The return \(id) expires at \(expiresAt); it is \(now).",
        ["return": id, "expiresAt": expiresAt, "now": now])
    default: preconditionFailure("not about the policy")
    }
  }

  /// P1: the refusal is a decision, so it names the policy and the facts.
  private func ineligible(
    _ line: LineID, _ policy: PolicyReference, _ decision: PolicyDecision
  ) -> Explanation {
    let rule = decision.ruleID?.rawValue
    var explanation = Explanation(
      "V2", "notEligible",
      "Line \(line) may not be returned: \(rule.map { "rule \($0)" } ?? "the default action") of "
        + "policy \(policy.policyID), version \(policy.version), says so.",
      [
        "line": line, "policy": policy.policyID, "version": policy.version,
        "sha256": policy.sha256, "rule": rule ?? "default",
        "daysSincePurchase": decision.facts.daysSincePurchase,
        "daysSinceDelivery": decision.facts.daysSinceDelivery?.description ?? "unknown",
        "reason": decision.facts.reasonCodes.first ?? "none",
        "amount": decision.facts.amount?.description ?? "unknown",
      ])
    let others: [(String, String?)] = [
      ("productType", decision.facts.productType), ("sku", decision.facts.sku),
      ("condition", decision.facts.condition),
    ]
    explanation.facts += others.map { Fact(name: $0.0, value: $0.1 ?? "unknown") }
    explanation.facts += decision.facts.customerTags.prefix(50).map {
      Fact(name: "customerTag", value: $0)
    }
    return explanation
  }

  /// What came of lines.
  private var inspection: Explanation {
    switch self {
    case .lineNotReturned(let line, let returned):
      Explanation(
        "V3", "lineNotReturned",
        "The return has no line \(line); it has \(returned.map(\.rawValue).joined(separator: ", ")).",
        ["line": line])
    case .receptionKnown(let line, let reception):
      Explanation(
        "Return states", "receptionKnown",
        "What came of line \(line) is recorded already: \(reception.rawValue).",
        ["line": line, "reception": reception.rawValue])
    case .notAllReceived(let line, let came, let announced):
      Explanation(
        "V3", "notAllReceived",
        "\(came) units of line \(line) came and \(announced) were announced; what is missing is "
          + "short_shipped or lost_in_transit.",
        ["line": line, "came": came, "announced": announced])
    case .nothingMissing(let line, let came, let announced):
      Explanation(
        "V3", "nothingMissing",
        "\(came) units of line \(line) came and \(announced) were announced; nothing is missing, so "
          + "it is received.",
        ["line": line, "came": came, "announced": announced])
    case .nothingToInspect(let line):
      Explanation(
        "V3", "nothingToInspect", "Nothing came of line \(line), so nothing is to be inspected.",
        ["line": line])
    case .inspectedAlready(let line, let acceptance):
      Explanation(
        "Return states", "inspectedAlready", "Line \(line) is \(acceptance.rawValue) already.",
        ["line": line, "acceptance": acceptance.rawValue])
    case .acceptedOutOfRange(let line, let accepted, let most):
      Explanation(
        "V3", "acceptedOutOfRange",
        "\(accepted) units of line \(line) cannot be accepted; 1 to \(most) can.",
        ["line": line, "accepted": accepted, "most": most])
    case .acceptedInPart(let line, let acceptance):
      Explanation(
        "V3", "acceptedInPart",
        "Line \(line) is \(acceptance.rawValue), so no unit of it is accepted; accepted with a "
          + "quantity rejects the others.",
        ["line": line, "acceptance": acceptance.rawValue])
    case .dispositionDoesNotFit(let line, let disposition, let came):
      Explanation(
        "V3", "dispositionDoesNotFit",
        "Of line \(line) came \(came) units, which \(disposition.rawValue) does not fit: missing is "
          + "what did not come, and nothing else.",
        ["line": line, "disposition": disposition.rawValue, "came": came])
    default: preconditionFailure("not about an inspection")
    }
  }

  /// V3, V4: money.
  private var money: Explanation {
    switch self {
    case .amountTooLarge(let currency):
      Explanation(
        "V3", "amountTooLarge",
        "The amounts add up to more than \(Money(CheckedAmount.maximum, currency)), the most that "
          + "can be held.",
        ["currency": currency])
    case .refundedInAdvance(let refund):
      Explanation(
        "V4", "refundedInAdvance",
        "The refund \(refund) was requested for this return. CancelRefund or DenyRefund withdraws "
          + "it, unless it is paid.",
        ["refund": refund])
    case .nothingDue:
      Explanation(
        "V3", "nothingDue",
        "Nothing is due for this return after its fees, so it is completed with nothing.")
    case .mayNotGiveCredit(let refusal): refusal.explanation
    case .giverIsRequester(let actor):
      Explanation(
        "R5", "giverIsRequester",
        "\(actor) asked for this return; with four eyes somebody else gives store credit for it.",
        ["actor": actor])
    case .notByPolicyAfterDenial(let refund, let actor):
      Explanation(
        "R5", "notByPolicyAfterDenial",
        "\(actor) approves by policy, and the refund \(refund) of this return was denied. An agent "
          + "or an admin may still give store credit for it.",
        ["approver": actor, "refund": refund])
    case .dueAboveBalance(let amount, let refundable):
      Explanation(
        "B1", "dueAboveBalance",
        "For this return \(amount) is due, and only \(refundable) of the order's money has not gone back "
          + "already or is claimed by a chargeback. Complete it when that has ended, or give nothing.",
        ["amount": amount, "refundable": refundable])
    default: preconditionFailure("not about money")
    }
  }
}
