// The rule book of policies: each definition is a new version, and returns are requested under the
// one policy that is active (V2).

import EventSourcing
public import Events

extension Tenant {
  /// The policy that returns are requested under; `nil` where none is active.
  public var policy: Policy? { activePolicyID.flatMap { policies[$0]?.policy } }

  /// Defines a policy, or a new version of one.
  public static func definePolicy(
    _ command: DefinePolicy, tenant: Tenant, facts: Facts
  ) throws(PolicyRejection) -> Decision {
    if let (index, flaw) = command.rules.flaw(reasons: tenant.returnSettings.reasons.map(\.code)) {
      throw .badRule(index, command.rules[index].ruleID, flaw)
    }
    if let flaw = command.defaultAction.flaw { throw .badDefaultAction(flaw) }
    let defined = tenant.policies[command.policyID]
    let wasActive = tenant.activePolicyID == command.policyID
    let isActive = command.active ?? wasActive
    if let defined, defined.policy.says(command) {
      guard isActive != wasActive else {
        return .unchanged(reason: "The policy says so already.")
      }
      return .events(
        isActive
          ? tenant.activation(of: defined)
          : [.policyDeactivated(PolicyDeactivated(policy: defined.reference))])
    }
    let version = (defined?.policy.version ?? 0) + 1
    guard version <= 1_000_000 else { throw .tooManyVersions(command.policyID) }
    let policy = Policy(
      policyID: command.policyID, version: version, name: command.name, rules: command.rules,
      defaultAction: command.defaultAction)
    let other = isActive && !wasActive ? tenant.deactivationOfActive : []
    return .events(
      other + [
        .policyDefined(PolicyDefined(policy: policy, sha256: policy.sha256, active: isActive))
      ])
  }

  /// Activates a policy: returns are requested under it from now on, and under no other.
  public static func activatePolicy(
    _ command: ActivatePolicy, tenant: Tenant, facts: Facts
  ) throws(PolicyRejection) -> Decision {
    guard let defined = tenant.policies[command.policyID] else {
      throw .unknownPolicy(command.policyID)
    }
    guard tenant.activePolicyID != command.policyID else {
      return .unchanged(reason: "The policy is active already.")
    }
    // The reasons may be others than when it was defined.
    if let (index, flaw) = defined.policy.flawOfReasons(tenant.returnSettings.reasons) {
      throw .badRule(index, defined.policy.rules[index].ruleID, flaw)
    }
    return .events(tenant.activation(of: defined))
  }

  /// Deactivates a policy; returns that were requested under it keep it (P2).
  public static func deactivatePolicy(
    _ command: DeactivatePolicy, tenant: Tenant, facts: Facts
  ) throws(PolicyRejection) -> Decision {
    guard let defined = tenant.policies[command.policyID] else {
      throw .unknownPolicy(command.policyID)
    }
    guard tenant.activePolicyID == command.policyID else {
      return .unchanged(reason: "The policy is not active.")
    }
    return .events([.policyDeactivated(PolicyDeactivated(policy: defined.reference))])
  }

  private func activation(of defined: DefinedPolicy) -> [Event] {
    deactivationOfActive + [.policyActivated(PolicyActivated(policy: defined.reference))]
  }

  /// At most one policy is active, so that the policy of a new return is never ambiguous.
  private var deactivationOfActive: [Event] {
    guard let id = activePolicyID, let active = policies[id] else { return [] }
    return [.policyDeactivated(PolicyDeactivated(policy: active.reference))]
  }

  mutating func define(_ event: PolicyDefined) throws(InconsistentHistory) {
    let policy = event.policy
    let before = policies[policy.policyID]?.policy.version ?? 0
    try require(policy.version == before + 1, "a version of policy \(policy.policyID) left out")
    try require(policy.sha256 == event.sha256, "policy \(policy.policyID) has another SHA-256")
    let isOnly = activePolicyID == nil || activePolicyID == policy.policyID
    try require(isOnly || !event.active, "two policies active at once")
    policies[policy.policyID] = DefinedPolicy(policy: policy, sha256: event.sha256)
    if event.active {
      activePolicyID = policy.policyID
    } else if activePolicyID == policy.policyID {
      activePolicyID = nil
    }
  }

  mutating func activate(_ reference: PolicyReference) throws(InconsistentHistory) {
    try requireKnown(reference)
    try require(activePolicyID == nil, "two policies active at once")
    activePolicyID = reference.policyID
  }

  mutating func deactivate(_ reference: PolicyReference) throws(InconsistentHistory) {
    try requireKnown(reference)
    try require(activePolicyID == reference.policyID, "a policy deactivated that was not active")
    activePolicyID = nil
  }

  private func requireKnown(_ reference: PolicyReference) throws(InconsistentHistory) {
    try require(
      policies[reference.policyID]?.reference == reference,
      "policy \(reference.policyID) is not known in version \(reference.version)")
  }
}

extension Policy {
  fileprivate func says(_ command: DefinePolicy) -> Bool {
    name == command.name && rules == command.rules && defaultAction == command.defaultAction
  }
}
