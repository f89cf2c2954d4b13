// A tenant: its settings and its people. Everything else a tenant has carries its name (T1).

public import EventSourcing
public import Events

/// How a tenant works, who works for it, and whether it may (T2).
public struct Tenant: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 7

  public private(set) var isRegistered = false
  public private(set) var isSuspended = false
  /// The version of the rule book by which its commands are decided.
  public private(set) var rulesVersion = 1
  /// Whether commands may say when they happened.
  public private(set) var isImporting = false
  /// Until the tenant is registered: the defaults, no currency, and UTC.
  public private(set) var settings = TenantSettings.defaults(
    currency: CurrencyCode(unchecked: "XXX"), timeZone: "UTC")
  /// The people who work for the tenant, and what they may do.
  public private(set) var agents: [AgentID: AgentRole] = [:]
  /// The newest version of each policy about returns.
  var policies: [PolicyID: DefinedPolicy] = [:]
  /// The policy that returns are requested under.
  var activePolicyID: PolicyID?
  public private(set) var returnSettings = ReturnSettings.defaults
  /// `nil` while no shop is connected.
  var shop: ConnectedShop?
  /// Every version of every calendar of business hours, the newest last.
  var slaCalendars: [SlaCalendarID: [SlaCalendarDefined]] = [:]
  var slaTargets: SlaTargetsSet?

  public init() {}

  public mutating func evolve(_ event: TenantEvent) throws(InconsistentHistory) {
    if case .tenantRegistered = event {
      try require(!isRegistered, "a tenant registered twice")
    } else if case .rulesAdopted = event {
      // A tenant that began before its event said the rules has them before it.
    } else {
      try require(isRegistered, "an event of a tenant that is not registered")
    }
    switch event {
    case .rulesAdopted(let adopted):
      try require(adopted.version > rulesVersion, "rules adopted that are not newer")
      rulesVersion = adopted.version
    case .tenantRegistered(let registered):
      isRegistered = true
      rulesVersion = registered.rulesVersion ?? 1
      settings = registered.settings
    case .tenantSettingsChanged(let changed):
      try require(changed.settings != settings, "settings changed to what they were")
      settings = changed.settings
    case .tenantSuspended:
      try require(!isSuspended, "a tenant suspended twice")
      isSuspended = true
    case .tenantReinstated:
      try require(isSuspended, "a tenant reinstated that was not suspended")
      isSuspended = false
    case .importBegun:
      try require(!isImporting, "an import begun twice")
      isImporting = true
    case .importEnded:
      try require(isImporting, "an import ended that had not begun")
      isImporting = false
    case .agentAdded(let added):
      try require(agents[added.agentID] == nil, "agent \(added.agentID) added twice")
      agents[added.agentID] = added.role
    case .agentRoleChanged(let changed):
      let role = try unwrap(agents[changed.agentID], "an unknown agent \(changed.agentID)")
      try require(role != changed.role, "a role changed to what it was")
      agents[changed.agentID] = changed.role
    case .agentRemoved(let removed):
      try require(agents[removed.agentID] != nil, "an unknown agent \(removed.agentID)")
      agents[removed.agentID] = nil
    case .policyDefined(let event): try define(event)
    case .policyActivated(let event): try activate(event.policy)
    case .policyDeactivated(let event): try deactivate(event.policy)
    case .returnSettingsChanged(let changed):
      try require(changed.settings != returnSettings, "settings changed to what they were")
      returnSettings = changed.settings
    case .shopConnected(let event): try connect(event)
    case .shopSynced(let event): try recordSync(event)
    case .shopDisconnected(let event): try disconnect(event)
    case .slaCalendarDefined(let event): try define(event)
    case .slaTargetsSet(let event): try set(event)
    }
  }
}

extension TenantSettings {
  /// The settings of a tenant that names only its currency and its time zone. By default nothing is
  /// approved by policy, and agents approve up to 100,000 minor units.
  static func defaults(currency: CurrencyCode, timeZone: String) -> TenantSettings {
    TenantSettings(
      currency: currency, timeZone: timeZone, returnWindowDays: 14, autoApproveLimit: 0,
      agentApprovalLimit: 100_000, fourEyes: false, emailNotifications: false,
      reopenWindowDays: 30)
  }
}
