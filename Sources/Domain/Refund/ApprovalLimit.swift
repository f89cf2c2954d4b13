// R5: how much of the tenant's money an actor may approve, as a refund or as store credit: agents
// up to `agent_approval_limit`, admins without limit, services and Redress itself by policy, up to
// `auto_approve_limit`.

public import EventSourcing
public import Events

/// How much an actor may approve.
enum ApprovalLimit {
  case none
  case upTo(Money)
  case nothing
}

/// Why an actor may not approve an amount (R5).
public enum ApprovalRefusal: Equatable, Sendable {
  case mayNotApprove(Actor, role: AgentRole?)
  case aboveLimit(Money, limit: Money, approver: Actor)
  case limitInAnotherCurrency(limit: Money, amount: Money)
}

extension Facts {
  /// Whether the actor is no person, and so approves by policy.
  var approvesByPolicy: Bool { actor.kind == .service || actor.kind == .system }

  var approvalLimit: ApprovalLimit {
    let settings = tenant.settings
    switch (actor.kind, role) {
    case (.agent, .agent): return .upTo(Money(settings.agentApprovalLimit, settings.currency))
    case (.agent, .admin): return .none
    case (.service, _), (.system, _):
      return .upTo(Money(settings.autoApproveLimit, settings.currency))
    case (.agent, .auditor), (.agent, .ops), (.agent, nil), (.customer, _): return .nothing
    }
  }

  /// What counts against the approver's limit. A policy's limit is for all that the order gives,
  /// goodwill included, because no person reviews its approvals one by one.
  ///
  /// - Parameter refunds: the other refunds that hold money of the order.
  func counted(_ amount: Money, of order: Order, beside refunds: [Refund]) -> Money {
    guard approvesByPolicy else { return amount }
    // What they have paid is executed already.
    let approved = refunds.reduce(0) { sum, refund in
      guard refund.approvedAmount != nil, let id = refund.refundID else { return sum }
      return sum + order.held(id).amount
    }
    return Money(
      amount.amount + order.balance.executed + order.storeCredit + approved, amount.currency)
  }

  /// - Returns: `nil` where the actor may approve it.
  func refusal(toApprove amount: Money) -> ApprovalRefusal? {
    switch approvalLimit {
    case .none: return nil
    case .nothing: return .mayNotApprove(actor, role: role)
    case .upTo(let limit):
      // Limits are in the tenant's currency, and minor units of two currencies do not compare.
      guard limit.currency == amount.currency else {
        return .limitInAnotherCurrency(limit: limit, amount: amount)
      }
      return amount.amount <= limit.amount
        ? nil : .aboveLimit(amount, limit: limit, approver: actor)
    }
  }
}

extension ApprovalRefusal {
  /// In the words of store credit; a refund has its own (`RefundRejection.Approval`).
  var explanation: Explanation {
    switch self {
    case .mayNotApprove(let actor, let role):
      Explanation(
        "R5", OrderRefusal.mayNotGiveCredit,
        "\(actor) may not give store credit; "
          + "an agent or an admin of the tenant, or its policy, may.",
        ["giver": actor, "role": role?.rawValue ?? "none"])
    case .aboveLimit(let amount, let limit, let approver):
      Explanation(
        "R5", SharedRefusal.aboveApprovalLimit,
        "\(approver) approves up to \(limit), and "
          + (approver.kind == .agent ? "this" : "all that the order gives with it")
          + " is \(amount). An admin has no limit.",
        ["amount": amount, "limit": limit, "giver": approver])
    case .limitInAnotherCurrency(let limit, let amount):
      Explanation(
        "R5", SharedRefusal.limitInAnotherCurrency,
        "The approver's limit is \(limit), which cannot be compared with \(amount). "
          + "An admin has no limit.",
        ["limit": limit, "amount": amount])
    }
  }
}
