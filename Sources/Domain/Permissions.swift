// Who may do what (DOMAIN.md), for commands. Whether a customer's own order or case is meant is for
// the deciders to say, which know it (C2, R1); how much an agent may approve, R5.

public import EventSourcing
public import Events

/// What a command needs the right to do.
public enum Right: String, CaseIterable, Sendable {
  /// Open cases, write in them, and request refunds and returns.
  case ask
  /// Work on cases; decide about refunds and returns, and pay.
  case decide
  /// Say what became of a payment, or of a chargeback.
  case recordOutcomes
  /// Tell what the shop says about orders.
  case mirrorOrders
  /// Change settings and people.
  case manageTenant
  /// Erase a person, or decide that nobody may.
  case erase
}

extension Command {
  /// The right that submitting this command needs.
  public var right: Right {
    switch self {
    case .openCase, .postMessage, .attachEvidence, .requestRefund, .amendRefund, .cancelRefund: .ask
    case .requestReturn, .cancelReturn, .recordReturnShipped: .ask
    case .assignCase, .changeCaseStatus, .resolveCase, .reopenCase, .closeCase, .approveRefund,
      .denyRefund, .executeRefund, .changeCaseSeverity, .addCaseWatcher, .removeCaseWatcher,
      .hideContent, .restoreContent:
      .decide
    case .representChargeback, .applyPayoutHold, .releasePayoutHold: .decide
    case .approveReturn, .rejectReturn, .recordReturnReception, .inspectReturn, .completeReturn,
      .grantStoreCredit:
      .decide
    case .expirePayoutHold, .expireReturn, .recordDepositCaptured, .recordSlaBreach: .recordOutcomes
    case .openChargeback, .recordChargebackOutcome, .recordRefundExecuted, .recordRefundFailed,
      .recordRefundOutcomeUnknown,
      .reconcileRefund:
      .recordOutcomes
    case .recordOrder, .amendOrder, .capturePayment, .recordDelivery, .cancelOrder, .recordShopSync:
      .mirrorOrders
    case .connectShop, .disconnectShop, .defineSlaCalendar, .setSlaTargets: .manageTenant
    case .registerTenant, .changeTenantSettings, .suspendTenant, .reinstateTenant, .addAgent,
      .changeAgentRole, .removeAgent, .registerCustomer, .changeCustomerDetails,
      .setCustomerTags, .definePolicy, .activatePolicy, .deactivatePolicy, .changeReturnSettings:
      .manageTenant
    case .eraseSubject, .placeLegalHold, .releaseLegalHold: .erase
    }
  }
}

extension AgentRole {
  /// What one of the tenant's people may do by commands.
  public var rights: Set<Right> {
    switch self {
    case .agent: [.ask, .decide]
    case .admin: Set(Right.allCases)
    case .auditor, .ops: []
    }
  }
}

/// Whether the actor may submit this command at all.
public func authorize(_ command: Command, facts: Facts) throws(PermissionRejection) {
  switch facts.actor.kind {
  case .customer:
    guard command.right == .ask else { throw .customersMayOnlyAsk(facts.actor, command.right) }
  case .agent:
    // T1: an agent is one of this tenant's people.
    guard let role = facts.role else { throw .notOneOfTheTenantsPeople(facts.actor) }
    guard role.rights.contains(command.right) else {
      throw .notInThisRole(facts.actor, role: role, command.right)
    }
  case .service, .system:
    // As granted: whoever lets a service in says what it may submit.
    break
  }
}

/// Why an actor may not submit a command.
public enum PermissionRejection: Rejection {
  case customersMayOnlyAsk(Actor, Right)
  case notOneOfTheTenantsPeople(Actor)
  case notInThisRole(Actor, role: AgentRole, Right)

  public var explanation: Explanation {
    switch self {
    case .customersMayOnlyAsk(let actor, let right):
      Explanation(
        "Who may do what", "customersMayOnlyAsk",
        "\(actor) is a customer, who may open cases, write in them and request refunds of their own orders, "
          + "but not \(right.words).",
        ["actor": actor, "right": right.rawValue])
    case .notOneOfTheTenantsPeople(let actor):
      Explanation(
        "T1", "notOneOfTheTenantsPeople",
        "\(actor) does not work for this tenant. AddAgent adds somebody.", ["actor": actor])
    case .notInThisRole(let actor, let role, let right):
      Explanation(
        "Who may do what", "notInThisRole",
        "\(actor) has the role \(role.rawValue), which may not \(right.words). Who may: "
          + AgentRole.allCases.filter { $0.rights.contains(right) }.map(\.rawValue)
          .joined(separator: ", ") + ".",
        ["actor": actor, "role": role.rawValue, "right": right.rawValue])
    }
  }
}

extension Right {
  fileprivate var words: String {
    switch self {
    case .ask: "open cases, write in them or request refunds"
    case .decide: "decide about cases and refunds"
    case .recordOutcomes: "say what became of a payment"
    case .mirrorOrders: "record orders"
    case .manageTenant: "change the tenant's settings and people"
    case .erase: "erase a person or place and release legal holds"
    }
  }
}
