// The tenant's people: who works for it, and in which role (rule book, Tenant).

public import Events

extension Tenant {
  /// Adds an agent to the tenant.
  public static func addAgent(
    _ command: AddAgent, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    if let role = tenant.agents[command.agentID] {
      throw .people(.agentAlreadyAdded(command.agentID, role: role))
    }
    return .events([
      .agentAdded(
        AgentAdded(
          agentID: command.agentID, email: command.email, firstName: command.firstName,
          lastName: command.lastName, role: command.role))
    ])
  }

  /// Changes the role of an agent.
  public static func changeAgentRole(
    _ command: ChangeAgentRole, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard let role = tenant.agents[command.agentID] else {
      throw .people(.unknownAgent(command.agentID))
    }
    guard role != command.role else {
      return .unchanged(reason: "The role of \(command.agentID) is \(role.rawValue) already.")
    }
    try tenant.requireOtherAdmin(than: command.agentID)
    return .events([
      .agentRoleChanged(AgentRoleChanged(agentID: command.agentID, role: command.role))
    ])
  }

  /// Removes an agent from the tenant.
  public static func removeAgent(
    _ command: RemoveAgent, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.agents[command.agentID] != nil else {
      throw .people(.unknownAgent(command.agentID))
    }
    try tenant.requireOtherAdmin(than: command.agentID)
    return .events([.agentRemoved(AgentRemoved(agentID: command.agentID))])
  }

  /// A tenant that has an admin keeps one: only an admin can make another.
  private func requireOtherAdmin(than agent: AgentID) throws(TenantRejection) {
    guard agents[agent] == .admin else { return }
    guard agents.contains(where: { $0.key != agent && $0.value == .admin }) else {
      throw .people(.lastAdmin(agent))
    }
  }
}
