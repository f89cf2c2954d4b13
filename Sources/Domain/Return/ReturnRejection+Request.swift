// Why items are not returned, or not sent: V1, V2, P1, R5.

public import EventSourcing
public import Events

extension ReturnRejection {
  /// V1: the customer whose order and return it is.
  public enum Belonging: Equatable, Sendable {
    case anotherCustomersOrder(OrderID)
    case anotherCustomersReturn(ReturnID)

    var explanation: Explanation {
      switch self {
      case .anotherCustomersOrder(let id):
        Explanation(
          "V1", SharedRefusal.anotherCustomersOrder,
          "The order \(id) belongs to another customer; customers act for themselves only.",
          ["order": id])
      case .anotherCustomersReturn(let id):
        Explanation(
          "V1", ReturnRefusal.anotherCustomersReturn,
          "The return \(id) belongs to another customer; customers act for themselves only.",
          ["return": id])
      }
    }
  }

  /// V1: lines and quantities.
  public enum Units: Equatable, Sendable {
    case unknownLine(LineID, order: OrderID)
    case lineNamedTwice(LineID)
    case moreUnitsThanReturnable(
      LineID, asked: Int, returnable: Int, ordered: Int, inUse: UnitsInUse)

    var explanation: Explanation {
      switch self {
      case .unknownLine(let line, let order):
        Explanation(
          "V1", SharedRefusal.unknownLine, "The order \(order) has no line \(line).",
          ["line": line, "order": order])
      case .lineNamedTwice(let line):
        Explanation(
          "V1", SharedRefusal.lineNamedTwice,
          "The line \(line) is named twice; once with all units is right.",
          ["line": line])
      case .moreUnitsThanReturnable(let line, let asked, let returnable, let ordered, let inUse):
        Explanation(
          "V1", ReturnRefusal.moreUnitsThanReturnable,
          "\(asked) units of line \(line) were to be returned; \(returnable) of \(ordered) can be"
            + "\(inUse.clause).",
          [
            "line": line, "asked": asked, "returnable": returnable, "ordered": ordered,
            "inUse": inUse.words,
          ])
      }
    }
  }

  /// V2, P1: what the policy lets be returned, and how.
  public enum Eligibility: Equatable, Sendable {
    case noActivePolicy
    case unknownReason(Int, String, known: [String])
    case notEligible(LineID, PolicyReference, PolicyDecision)
    case methodsDiffer([ReturnMethod])
    case anotherMethod(asked: ReturnMethod?, is: ReturnMethod)
    case mayNotKeep

    var explanation: Explanation {
      switch self {
      case .noActivePolicy:
        Explanation(
          "V2", ReturnRefusal.noActivePolicy,
          "No policy is active, so nothing says what may be returned. DefinePolicy defines one.")
      case .unknownReason(let index, let code, let known):
        Explanation(
          "V2", PolicyRefusal.unknownReason,
          "lines[\(index)]: \(code) is none of the tenant's reasons: "
            + "\(known.prefix(50).joined(separator: ", ")).",
          ["index": index, "code": code])
      case .notEligible(let line, let policy, let decision):
        ineligible(line, policy, decision)
      case .methodsDiffer(let methods):
        Explanation(
          "V2", ReturnRefusal.methodsDiffer,
          "The policy wants these lines returned in different ways "
            + "(\(methods.map(\.rawValue).joined(separator: ", "))); request a return for each.",
          ["methods": methods.map(\.rawValue).joined(separator: " ")])
      case .anotherMethod(let asked, let method):
        Explanation(
          "V2", ReturnRefusal.anotherReturnMethod,
          "The policy says \(method.rawValue); give that as returnMethod, or leave it out.",
          ["asked": asked?.rawValue ?? "none", "policy": method.rawValue])
      case .mayNotKeep:
        Explanation(
          "V2", ReturnRefusal.mayNotKeepItems,
          "Only a policy or one of the tenant's admins lets a customer keep what is returned.")
      }
    }
  }

  /// R5, V4: sending the items, and no longer waiting for them.
  public enum Sending: Equatable, Sendable {
    case notByPolicy(Actor, PolicyReference)
    case vetoed(Veto.Decision, Actor)
    case itemsAreKept(ReturnID)
    case itemsCameAlready(ReturnID, [LineID])
    case notExpiredYet(ReturnID, expiresAt: Timestamp, now: Timestamp)

    var explanation: Explanation {
      switch self {
      case .notByPolicy(let actor, let policy):
        Explanation(
          "R5", SharedRefusal.notApprovedByPolicy,
          "\(actor) approves by policy, and \(policy.policyID) does not approve every line of this "
            + "return automatically. An agent may approve it.",
          ["approver": actor, "policy": policy.policyID, "version": policy.version])
      case .vetoed(let decision, let actor): decision.explanation(for: actor)
      case .itemsAreKept(let id):
        Explanation(
          "V4", ReturnRefusal.itemsAreKept,
          "The customer keeps the items of return \(id), so nothing is sent. CompleteReturn ends "
            + "it.",
          ["return": id])
      case .itemsCameAlready(let id, let lines):
        Explanation(
          "V4", ReturnRefusal.itemsCameAlready,
          "Of return \(id) it is known what came of line "
            + lines.prefix(20).map(\.rawValue).joined(separator: ", ")
            + ", so it is not cancelled any more. RecordReturnReception says what came of the "
            + "rest.",
          ["return": id, "lines": lines.count])
      case .notExpiredYet(let id, let expiresAt, let now):
        Explanation(
          "Return states", ReturnRefusal.notExpiredYet,
          "The return \(id) expires at \(expiresAt); it is \(now).",
          ["return": id, "expiresAt": expiresAt, "now": now])
      }
    }
  }
}

extension ReturnRejection.Eligibility {
  /// P1: the refusal is a decision, so it names the policy and the facts.
  private func ineligible(
    _ line: LineID, _ policy: PolicyReference, _ decision: PolicyDecision
  ) -> Explanation {
    let rule = decision.ruleID?.rawValue
    var explanation = Explanation(
      "V2", ReturnRefusal.notEligible,
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
}
