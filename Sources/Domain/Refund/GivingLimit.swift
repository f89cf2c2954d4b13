// R5: up to how much somebody may give away of the tenant's money, by approving a refund or as
// store credit: agents up to `agent_approval_limit`, admins without limit, and whatever is not a
// person by policy, up to `auto_approve_limit`.

public import EventSourcing
public import Events

/// What an actor may give.
enum GivingLimit {
  case none
  case upTo(Money)
  case nothing
}

/// Why an actor may not give an amount (R5).
public enum GivingRefusal: Equatable, Sendable {
  case mayNotGive(Actor, role: AgentRole?)
  case aboveLimit(Money, limit: Money, giver: Actor)
  case limitInAnotherCurrency(limit: Money, given: Money)
}

extension Facts {
  /// Whether the actor is no person, and so approves by policy.
  var approvesByPolicy: Bool { actor.kind == .service || actor.kind == .system }

  /// A refund that was denied, where the actor approves by policy: only a person decides otherwise.
  func denialAbovePolicy(among withdrawn: [Refund]) -> RefundID? {
    approvesByPolicy ? withdrawn.first { $0.status == .denied }?.refundID : nil
  }

  var givingLimit: GivingLimit {
    let settings = tenant.settings
    switch (actor.kind, role) {
    case (.agent, .agent): return .upTo(Money(settings.agentApprovalLimit, settings.currency))
    case (.agent, .admin): return .none
    // Whatever is not a person approves by policy.
    case (.service, _), (.system, _):
      return .upTo(Money(settings.autoApproveLimit, settings.currency))
    case (.agent, .auditor), (.agent, .ops), (.agent, nil), (.customer, _): return .nothing
    }
  }

  /// What counts against the giver's limit: what a policy gives for one order bit by bit, nobody
  /// looks at in between, so its limit is for all that the order gives.
  ///
  /// - Parameter refunds: the other refunds that hold money of the order.
  func counted(_ amount: Money, of order: Order, beside refunds: [Refund]) -> Money {
    guard approvesByPolicy else { return amount }
    let approved = refunds.reduce(0) { $0 + ($1.approvedAmount ?? 0) }
    return Money(
      amount.amount + order.balance.executed + order.creditedInstead + approved, amount.currency)
  }

  /// - Returns: `nil` where the actor may give it.
  func refusal(toGive amount: Money) -> GivingRefusal? {
    switch givingLimit {
    case .none: return nil
    case .nothing: return .mayNotGive(actor, role: role)
    case .upTo(let limit):
      // Limits are in the tenant's currency, and minor units of two currencies do not compare.
      guard limit.currency == amount.currency else {
        return .limitInAnotherCurrency(limit: limit, given: amount)
      }
      return amount.amount <= limit.amount
        ? nil : .aboveLimit(amount, limit: limit, giver: actor)
    }
  }
}

extension GivingRefusal {
  var explanation: Explanation {
    switch self {
    case .mayNotGive(let actor, let role):
      Explanation(
        "R5", "mayNotGiveCredit",
        "\(actor) may not give store credit; an agent or an admin of the tenant, or its policy, may.",
        ["giver": actor, "role": role?.rawValue ?? "none"])
    case .aboveLimit(let amount, let limit, let giver):
      Explanation(
        "R5", "aboveApprovalLimit",
        "\(giver) gives up to \(limit), and this is \(amount). An admin has no limit.",
        ["amount": amount, "limit": limit, "giver": giver])
    case .limitInAnotherCurrency(let limit, let given):
      Explanation(
        "R5", "limitInAnotherCurrency",
        "The giver's limit is \(limit), which cannot be compared with \(given). "
          + "An admin has no limit.",
        ["limit": limit, "amount": given])
    }
  }
}
