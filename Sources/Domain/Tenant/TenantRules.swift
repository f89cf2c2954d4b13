// The rules of tenants, each with its number, in the rule book's order: what every command of a
// tenant must pass first. P1 and P2, of a tenant's policies: Policy.swift.

public import Events

/// - Throws: ``TenantRejection/notRegistered(_:)`` (T1), ``TenantRejection/suspended(_:)`` (T2).
public func checkTenant(_ command: Command, facts: Facts) throws(TenantRejection) {
  try requireRegistered(command, facts)
  try requireNotSuspended(command, facts)
}

// MARK: T1: everything carries its tenant; a command may not name anything of another

/// There must be one. What a command names is looked for in its own tenant only, and its agents are
/// that tenant's own (Permissions.swift).
private func requireRegistered(_ command: Command, _ facts: Facts) throws(TenantRejection) {
  if case .tenant(.registerTenant) = command { return }
  guard facts.tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
}

// MARK: T2: a suspended tenant accepts no commands but reinstatement

private func requireNotSuspended(_ command: Command, _ facts: Facts) throws(TenantRejection) {
  if case .tenant(.reinstateTenant) = command { return }
  guard !facts.tenant.isSuspended else { throw .suspended(facts.tenantID) }
}
