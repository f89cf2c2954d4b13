// Beginning a tenant, its settings, stopping it and letting it work again.

public import Events

extension Tenant {
  /// Begins a tenant, with defaults for the settings it does not name.
  public static func register(
    _ command: RegisterTenant, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard !tenant.isRegistered else { throw .alreadyRegistered(facts.tenantID) }
    // Money: the exponent comes from the currency table, so the currency must be in it.
    guard Currency.exponent(of: command.currency) != nil else {
      throw .unknownCurrency(command.currency)
    }
    var settings = TenantSettings.defaults(currency: command.currency, timeZone: command.timeZone)
    settings.apply(command)
    return .events([.tenantRegistered(TenantRegistered(name: command.name, settings: settings))])
  }

  /// Changes the settings that are named and keeps the others.
  public static func changeSettings(
    _ command: ChangeTenantSettings, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    var settings = tenant.settings
    settings.timeZone = command.timeZone ?? settings.timeZone
    settings.apply(command)
    guard settings != tenant.settings else {
      return .unchanged(reason: "The settings are so already.")
    }
    return .events([.tenantSettingsChanged(TenantSettingsChanged(settings: settings))])
  }

  /// Stops all commands of a tenant but its reinstatement (T2).
  public static func suspend(
    _ command: SuspendTenant, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    guard !tenant.isSuspended else { return .unchanged(reason: "The tenant is suspended already.") }
    return .events([.tenantSuspended(TenantSuspended(reason: command.reason))])
  }

  /// Reinstates a suspended tenant (T2).
  public static func reinstate(
    _ command: ReinstateTenant, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    guard tenant.isSuspended else { return .unchanged(reason: "The tenant is not suspended.") }
    return .events([.tenantReinstated(TenantReinstated(reason: command.reason))])
  }

  /// Begins an import: commands may say when they happened.
  public static func beginImport(
    _ command: BeginImport, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    guard !tenant.isImporting else { return .unchanged(reason: "The import has begun already.") }
    return .events([.importBegun(ImportBegun(reason: command.reason))])
  }

  /// Ends the import: commands happen when they are received again.
  public static func endImport(
    _ command: EndImport, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    guard tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
    guard tenant.isImporting else { return .unchanged(reason: "Nothing is being imported.") }
    return .events([.importEnded(ImportEnded(reason: command.reason))])
  }
}

/// A command that may name some of a tenant's settings.
private protocol NamingSettings {
  var returnWindowDays: Int? { get }
  var autoApproveLimit: Int? { get }
  var agentApprovalLimit: Int? { get }
  var fourEyes: Bool? { get }
  var emailNotifications: Bool? { get }
  var reopenWindowDays: Int? { get }
}

extension RegisterTenant: NamingSettings {}
extension ChangeTenantSettings: NamingSettings {}

extension TenantSettings {
  /// Takes the settings that a command names and keeps the others.
  fileprivate mutating func apply(_ command: some NamingSettings) {
    returnWindowDays = command.returnWindowDays ?? returnWindowDays
    autoApproveLimit = command.autoApproveLimit ?? autoApproveLimit
    agentApprovalLimit = command.agentApprovalLimit ?? agentApprovalLimit
    fourEyes = command.fourEyes ?? fourEyes
    emailNotifications = command.emailNotifications ?? emailNotifications
    reopenWindowDays = command.reopenWindowDays ?? reopenWindowDays
  }
}
