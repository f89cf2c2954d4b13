// Which function decides which command of a tenant.

import Events

extension Tenant {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: TenantCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    let tenant = try aggregates.tenant
    return switch command {
    case .registerTenant(let command): try register(command, tenant: tenant, facts: facts)
    case .changeTenantSettings(let command):
      try changeSettings(command, tenant: tenant, facts: facts)
    case .suspendTenant(let command): try suspend(command, tenant: tenant, facts: facts)
    case .reinstateTenant(let command): try reinstate(command, tenant: tenant, facts: facts)
    case .beginImport(let command): try beginImport(command, tenant: tenant, facts: facts)
    case .endImport(let command): try endImport(command, tenant: tenant, facts: facts)
    case .addAgent(let command): try addAgent(command, tenant: tenant, facts: facts)
    case .changeAgentRole(let command): try changeAgentRole(command, tenant: tenant, facts: facts)
    case .removeAgent(let command): try removeAgent(command, tenant: tenant, facts: facts)
    case .definePolicy(let command): try definePolicy(command, tenant: tenant, facts: facts)
    case .activatePolicy(let command): try activatePolicy(command, tenant: tenant, facts: facts)
    case .deactivatePolicy(let command): try deactivatePolicy(command, tenant: tenant, facts: facts)
    case .changeReturnSettings(let command):
      try changeReturnSettings(command, tenant: tenant, facts: facts)
    case .connectShop(let command): try connectShop(command, tenant: tenant, facts: facts)
    case .recordShopSync(let command): try recordShopSync(command, tenant: tenant, facts: facts)
    case .disconnectShop(let command): try disconnectShop(command, tenant: tenant, facts: facts)
    case .defineSlaCalendar(let command):
      try defineSlaCalendar(command, tenant: tenant, facts: facts)
    case .setSlaTargets(let command): try setSlaTargets(command, tenant: tenant, facts: facts)
    }
  }
}
