// Commands about a tenant: its settings, people, policies, shop and targets.

import Domain
import Events

extension DecidedEvents {
  func tenantCommands(_ event: TenantEvent) -> [Command] {
    switch event {
    case .tenantRegistered(let event): [.registerTenant(RegisterTenant(event))]
    case .tenantSettingsChanged(let event):
      [.changeTenantSettings(ChangeTenantSettings(event.settings))]
    case .tenantSuspended(let event): [.suspendTenant(SuspendTenant(reason: event.reason))]
    case .tenantReinstated(let event): [.reinstateTenant(ReinstateTenant(reason: event.reason))]
    case .importBegun(let event): [.beginImport(BeginImport(reason: event.reason))]
    case .importEnded(let event): [.endImport(EndImport(reason: event.reason))]
    case .rulesAdopted: []
    case .agentAdded(let event): [.addAgent(AddAgent(event))]
    case .agentRoleChanged(let event):
      [.changeAgentRole(ChangeAgentRole(agentID: event.agentID, role: event.role))]
    case .agentRemoved(let event): [.removeAgent(RemoveAgent(agentID: event.agentID))]
    case .policyDefined, .policyActivated, .policyDeactivated: events.compactMap(\.policyCommand)
    case .returnSettingsChanged(let event):
      [
        .changeReturnSettings(
          ChangeReturnSettings(
            reasons: event.settings.reasons, expiryDays: event.settings.expiryDays))
      ]
    case .shopConnected(let event): [.connectShop(ConnectShop(event))]
    case .shopSynced(let event): [.recordShopSync(RecordShopSync(event))]
    case .shopDisconnected(let event):
      [.disconnectShop(DisconnectShop(shopDomain: event.shopDomain, reason: event.reason))]
    case .slaCalendarDefined(let event): [.defineSlaCalendar(DefineSlaCalendar(event))]
    case .slaTargetsSet(let event):
      [.setSlaTargets(SetSlaTargets(calendarID: event.calendarID, targets: event.targets))]
    }
  }
}

extension Event {
  /// A policy that becomes active deactivates another, so the command is about one of the events.
  fileprivate var policyCommand: Command? {
    guard case .tenant(let event) = self else { return nil }
    switch event {
    case .policyDefined(let event): return .definePolicy(DefinePolicy(event))
    case .policyActivated(let event):
      return .activatePolicy(ActivatePolicy(policyID: event.policy.policyID))
    case .policyDeactivated(let event):
      return .deactivatePolicy(DeactivatePolicy(policyID: event.policy.policyID))
    case .tenantRegistered, .tenantSettingsChanged, .tenantSuspended, .tenantReinstated,
      .importBegun, .importEnded, .agentAdded, .agentRoleChanged, .agentRemoved,
      .returnSettingsChanged, .shopConnected, .shopSynced, .shopDisconnected,
      .rulesAdopted, .slaCalendarDefined, .slaTargetsSet:
      return nil
    }
  }
}

extension RegisterTenant {
  fileprivate init(_ event: TenantRegistered) {
    let settings = event.settings
    self.init(
      name: event.name, currency: settings.currency, timeZone: settings.timeZone,
      returnWindowDays: settings.returnWindowDays, autoApproveLimit: settings.autoApproveLimit,
      agentApprovalLimit: settings.agentApprovalLimit, fourEyes: settings.fourEyes,
      emailNotifications: settings.emailNotifications,
      reopenWindowDays: settings.reopenWindowDays)
  }
}

extension ChangeTenantSettings {
  fileprivate init(_ settings: TenantSettings) {
    self.init(
      timeZone: settings.timeZone, returnWindowDays: settings.returnWindowDays,
      autoApproveLimit: settings.autoApproveLimit,
      agentApprovalLimit: settings.agentApprovalLimit, fourEyes: settings.fourEyes,
      emailNotifications: settings.emailNotifications,
      reopenWindowDays: settings.reopenWindowDays)
  }
}

extension AddAgent {
  fileprivate init(_ event: AgentAdded) {
    self.init(
      agentID: event.agentID, email: event.email, firstName: event.firstName,
      lastName: event.lastName, role: event.role)
  }
}

extension DefinePolicy {
  fileprivate init(_ event: PolicyDefined) {
    self.init(
      policyID: event.policy.policyID, name: event.policy.name, rules: event.policy.rules,
      defaultAction: event.policy.defaultAction, active: event.active)
  }
}

extension ConnectShop {
  fileprivate init(_ event: ShopConnected) {
    self.init(
      shopDomain: event.shopDomain, scopes: event.scopes, apiVersion: event.apiVersion,
      installedAt: event.installedAt, webhookEndpoints: event.webhookEndpoints)
  }
}

extension RecordShopSync {
  fileprivate init(_ event: ShopSynced) {
    self.init(
      shopDomain: event.shopDomain, jobID: event.jobID, type: event.type,
      processed: event.processed, failed: event.failed, completedAt: event.completedAt)
  }
}

extension DefineSlaCalendar {
  fileprivate init(_ event: SlaCalendarDefined) {
    self.init(
      calendarID: event.calendarID, timeZone: event.timeZone, hours: event.hours,
      holidays: event.holidays)
  }
}
