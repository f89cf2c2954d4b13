// What administrators and operators changed: settings, policies, people, imports, the suspension of
// a tenant, erasures and legal holds. The report lists them for a reader to judge.

import Domain
public import EventSourcing
import Events

/// A change that needs the permission to manage or suspend the tenant, or to erase.
public struct AdministrativeChange: Sendable, Hashable {
  public var tenant: TenantID
  public var position: Position
  public var recordedTime: Timestamp
  public var actor: Actor
  /// The user id of the process that submitted the command.
  public var peerUID: UInt32
  /// The event's type.
  public var type: String
  /// What was changed, with the names and values; empty where the type says it all.
  public var detail: String
}

extension AdministrativeChange {
  /// - Returns: `nil` for an event that is no such change.
  init?(_ recorded: RecordedEvent, in commit: AuditedCommit) {
    let permissions = commit.permissions(for: recorded) ?? []
    guard permissions.contains(where: \.isAdministrative) else { return nil }
    self.init(
      tenant: recorded.tenant, position: recorded.position, recordedTime: recorded.recordedTime,
      actor: recorded.actor, peerUID: recorded.peerUID, type: recorded.event.type,
      detail: recorded.event.changeDetail)
  }
}

extension Permission {
  fileprivate var isAdministrative: Bool {
    switch self {
    case .manageTenant, .suspend, .erase: true
    case .ask, .decide, .recordOutcomes, .confirmPayments, .answerForProvider, .mirrorShop,
      .keepRecords:
      false
    }
  }
}

extension Event {
  fileprivate var changeDetail: String {
    switch self {
    case .tenant(let event): event.changeDetail
    case .privacy(.subjectErased(let event)): "\(event.subjectID): \(event.reason)"
    case .supportCase(.legalHoldPlaced(let event)): "case \(event.caseID): \(event.reason)"
    case .supportCase(.legalHoldReleased(let event)): "case \(event.caseID): \(event.reason)"
    case .privacy, .supportCase, .customer, .order, .refund, .return, .hold, .system, .command: ""
    }
  }
}

extension TenantEvent {
  /// What was changed, with the names and values; empty where the type says it all.
  var changeDetail: String {
    switch self {
    case .tenantRegistered(let event): "\(event.name): \(event.settings.summary)"
    case .tenantSettingsChanged(let event): event.settings.summary
    case .tenantSuspended(let event): event.reason
    case .tenantReinstated(let event): event.reason ?? ""
    case .importBegun(let event): event.reason ?? ""
    case .importEnded(let event): event.reason ?? ""
    case .rulesAdopted(let event): "version \(event.version)"
    case .agentAdded(let event): "\(event.agentID) as \(event.role.rawValue)"
    case .agentRoleChanged(let event): "\(event.agentID) to \(event.role.rawValue)"
    case .agentRemoved(let event): "\(event.agentID)"
    case .policyDefined(let event):
      "\(event.policy.policyID) in version \(event.policy.version)\(event.active ? ", active" : "")"
    case .policyActivated(let event): "\(event.policy.policyID) in version \(event.policy.version)"
    case .policyDeactivated(let event):
      "\(event.policy.policyID) in version \(event.policy.version)"
    case .returnSettingsChanged(let event):
      "\(event.settings.reasons.count) reasons, \(event.settings.expiryDays) days"
    case .shopConnected(let event): "\(event.shopDomain)"
    case .shopDisconnected(let event): "\(event.shopDomain)"
    case .shopSynced(let event): "\(event.shopDomain)"
    case .slaCalendarDefined(let event): "\(event.calendarID) in version \(event.version)"
    case .slaTargetsSet(let event): "by calendar \(event.calendarID)"
    }
  }
}

extension TenantSettings {
  fileprivate var summary: String {
    """
    \(currency), \(timeZone), return window \(returnWindowDays) days, policy up to \
    \(Money(autoApproveLimit, currency)), agents up to \(Money(agentApprovalLimit, currency)), \
    four eyes \(fourEyes ? "yes" : "no"), e-mail \(emailNotifications ? "yes" : "no"), \
    reopening \(reopenWindowDays) days
    """
  }
}
