// Why a command about a tenant, or of a suspended one, is refused.

public import EventSourcing
public import Events

/// T1, T2, T3, and the tenant's people and reasons.
public enum TenantRejection: Rejection {
  case notRegistered(TenantID)
  case alreadyRegistered(TenantID)
  case suspended(TenantID)
  case ofTheService(TenantID)
  case notOfTheService(String)
  case unknownCurrency(CurrencyCode)
  case people(People)
  case reasons(Reasons)

  public var explanation: Explanation {
    switch self {
    case .notRegistered(let tenant):
      Explanation(
        "T1", TenantRefusal.tenantNotRegistered,
        "There is no tenant \(tenant). It begins with RegisterTenant.", ["tenant": tenant])
    case .alreadyRegistered(let tenant):
      Explanation(
        "T1", TenantRefusal.tenantAlreadyRegistered,
        "The tenant \(tenant) is registered. ChangeTenantSettings changes how it works.",
        ["tenant": tenant])
    case .suspended(let tenant):
      Explanation(
        "T2", TenantRefusal.tenantSuspended,
        "The tenant \(tenant) is suspended and accepts no command but ReinstateTenant.",
        ["tenant": tenant])
    case .ofTheService(let tenant):
      Explanation(
        "T3", TenantRefusal.ofTheService,
        "What concerns the service itself is recorded in the tenant \(TenantID.system), by Redress "
          + "alone, and not in \(tenant).", ["tenant": tenant])
    case .notOfTheService(let type):
      Explanation(
        "T3", TenantRefusal.notOfTheService,
        "The tenant \(TenantID.system) takes what concerns the service itself, and no \(type).",
        ["command": type])
    case .unknownCurrency(let code):
      Explanation(
        "Money", SharedRefusal.unknownCurrency,
        "\(code) is not an active currency of ISO 4217 with a minor unit, such as GBP.",
        ["currency": code])
    case .people(let it): it.explanation
    case .reasons(let it): it.explanation
    }
  }
}

extension TenantRejection {
  /// The people of the tenant.
  public enum People: Equatable, Sendable {
    case agentAlreadyAdded(AgentID, role: AgentRole)
    case unknownAgent(AgentID)
    case lastAdmin(AgentID)

    var explanation: Explanation {
      switch self {
      case .agentAlreadyAdded(let agent, let role):
        Explanation(
          "Tenant", TenantRefusal.agentAlreadyAdded,
          "\(agent) works for the tenant already, as \(role.rawValue). "
            + "ChangeAgentRole gives another role.",
          ["agent": agent, "role": role.rawValue])
      case .unknownAgent(let agent):
        Explanation(
          "Tenant", TenantRefusal.unknownAgent,
          "No agent \(agent) works for the tenant. AddAgent adds one.", ["agent": agent])
      case .lastAdmin(let agent):
        Explanation(
          "Tenant", TenantRefusal.lastAdmin,
          "\(agent) is the only admin, and without one the tenant could not be managed. "
            + "Make another agent an admin first.", ["agent": agent])
      }
    }
  }

  /// The reasons for returns.
  public enum Reasons: Equatable, Sendable {
    case reasonNamedTwice(Int, String, first: Int)
    case unknownParentReason(Int, String, parent: String)
    case reasonUnderItself(Int, String)
    case reasonOfPolicy(PolicyID, rule: PolicyRuleID)

    var explanation: Explanation {
      switch self {
      case .reasonNamedTwice(let index, let code, let first):
        Explanation(
          "Reasons", TenantRefusal.reasonNamedTwice,
          "reasons[\(index)] has the code \(code), as reasons[\(first)] has; each needs its own.",
          ["index": index, "code": code])
      case .unknownParentReason(let index, let code, let parent):
        Explanation(
          "Reasons", TenantRefusal.unknownParentReason,
          "reasons[\(index)] (\(code)) belongs under \(parent), which is none of the reasons.",
          ["index": index, "code": code, "parent": parent])
      case .reasonUnderItself(let index, let code):
        Explanation(
          "Reasons", TenantRefusal.reasonUnderItself,
          "reasons[\(index)] (\(code)) belongs under itself, by its parents; one of them needs "
            + "none, at most \(Tenant.reasonDepthMax) up.",
          ["index": index, "code": code])
      case .reasonOfPolicy(let policy, let rule):
        Explanation(
          "Reasons", TenantRefusal.reasonOfPolicy,
          "The active policy \(policy) has a rule \(rule) about a reason that would be gone. Keep "
            + "it, or DefinePolicy without it first.",
          ["policy": policy, "rule": rule])
      }
    }
  }
}
