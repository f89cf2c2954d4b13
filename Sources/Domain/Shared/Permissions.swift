// Who may do what (rule book), for commands. Whether a customer's own order or case is meant is for
// the deciders to say, which know it (C2, R1); how much an agent may approve, R5.

public import EventSourcing
public import Events

/// What a command needs the right to do.
public enum Right: String, CaseIterable, Sendable {
  /// Open cases, write in them, and request refunds and returns.
  case ask
  /// Work on cases; decide about refunds and returns, and pay.
  case decide
  /// Say what became of a chargeback or a deposit, or that a time has come.
  case recordOutcomes
  /// Say that the provider paid a refund of which nobody knew.
  case confirmPayments
  /// Say what the payment provider answered.
  case answerForProvider
  /// Tell what the shop says about orders and customers.
  case mirrorShop
  /// Stop all work of a tenant, and let it go on.
  case suspend
  /// Change settings, policies and people.
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
    case .openChargeback, .recordChargebackOutcome: .recordOutcomes
    // R7, R9: a failure lets another attempt start, so only the provider's own books say it; that
    // it paid, a person may read there, too.
    case .reconcileRefund(let command) where command.outcome == .executed: .confirmPayments
    case .recordRefundExecuted, .recordRefundFailed, .recordRefundOutcomeUnknown, .reconcileRefund:
      .answerForProvider
    case .recordOrder, .amendOrder, .capturePayment, .recordDelivery, .cancelOrder, .recordShopSync,
      .registerCustomer, .changeCustomerDetails, .setCustomerTags, .disconnectShop:
      .mirrorShop
    case .suspendTenant, .reinstateTenant: .suspend
    case .connectShop, .defineSlaCalendar, .setSlaTargets: .manageTenant
    case .registerTenant, .changeTenantSettings, .addAgent, .changeAgentRole, .removeAgent,
      .definePolicy, .activatePolicy, .deactivatePolicy, .changeReturnSettings, .beginImport,
      .endImport:
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
    case .admin: Set(Right.allCases).subtracting([.answerForProvider])
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
  case .service:
    // A history from elsewhere says what became of its payments, and nothing is paid meanwhile.
    let isAnswer = command.right == .answerForProvider || command.right == .confirmPayments
    if facts.tenant.isImporting, isAnswer { return }
    guard facts.tenant.rightsOfServices.contains(command.right) else {
      throw .notForServices(facts.actor, command.right)
    }
  case .system: break
  }
}

extension Tenant {
  /// The shop's own programs work on cases, pay and mirror; who works for the tenant and how, and
  /// whom it forgets, its admins say. Somebody has to be the first: until there is an admin,
  /// services manage it.
  var rightsOfServices: Set<Right> {
    var rights: Set<Right> = [.ask, .decide, .recordOutcomes, .mirrorShop, .suspend]
    if !agents.values.contains(.admin) { rights.insert(.manageTenant) }
    return rights
  }
}

/// Why an actor may not submit a command.
public enum PermissionRejection: Rejection {
  case customersMayOnlyAsk(Actor, Right)
  case notOneOfTheTenantsPeople(Actor)
  case notInThisRole(Actor, role: AgentRole, Right)
  case notForServices(Actor, Right)

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
          + right.holders + ".",
        ["actor": actor, "role": role.rawValue, "right": right.rawValue])
    case .notForServices(let actor, let right):
      Explanation(
        "Who may do what", "notForServices",
        "\(actor) is a service, which may not \(right.words). Who may: \(right.holders).",
        ["actor": actor, "right": right.rawValue])
    }
  }
}

extension Right {
  fileprivate var holders: String {
    let roles = AgentRole.allCases.filter { $0.rights.contains(self) }.map(\.rawValue)
    return roles.isEmpty ? "Redress itself, by the provider's books" : roles.joined(separator: ", ")
  }

  fileprivate var words: String {
    switch self {
    case .ask: "open cases, write in them or request refunds"
    case .decide: "decide about cases and refunds"
    case .recordOutcomes: "say what became of a chargeback or a deposit"
    case .confirmPayments: "say that the provider paid"
    case .answerForProvider: "say what the payment provider answered"
    case .mirrorShop: "record orders and customers"
    case .suspend: "suspend or reinstate a tenant"
    case .manageTenant: "change the tenant's settings, policies and people"
    case .erase: "erase a person or place and release legal holds"
    }
  }
}
