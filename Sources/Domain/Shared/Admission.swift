// What every command of a tenant must pass before its aggregate sees it, in this order: the tenant
// takes commands (T1, T2, T3), the actor may submit this one (rule book, Who may do what), and
// nothing personal of an erased person is recorded. The permission that each command needs is in
// EventSchemas/permissions.json. The deciders check whether a customer names their own order or
// case (C2, R1) and how much an agent may approve (R5).

public import EventSourcing
public import Events

/// - Throws: ``TenantRejection/notRegistered(_:)`` (T1), ``TenantRejection/suspended(_:)`` (T2),
///   ``TenantRejection/ofTheService(_:)``, ``TenantRejection/notOfTheService(_:)`` (T3).
public func checkTenant(_ command: Command, facts: Facts) throws(TenantRejection) {
  try requireTenantOfItsOwn(command, facts)
  if case .system = command { return }
  try requireRegistered(command, facts)
  try requireNotSuspended(command, facts)
}

// MARK: T1: everything carries its tenant; a command may not name anything of another

/// There must be one. What a command names is looked for in its own tenant only, and its agents are
/// that tenant's own.
private func requireRegistered(_ command: Command, _ facts: Facts) throws(TenantRejection) {
  if case .tenant(.registerTenant) = command { return }
  guard facts.tenant.isRegistered else { throw .notRegistered(facts.tenantID) }
}

// MARK: T2: a suspended tenant accepts no commands but reinstatement

private func requireNotSuspended(_ command: Command, _ facts: Facts) throws(TenantRejection) {
  if case .tenant(.reinstateTenant) = command { return }
  guard !facts.tenant.isSuspended else { throw .suspended(facts.tenantID) }
}

// MARK: T3: what concerns the service itself has a tenant of its own

private func requireTenantOfItsOwn(
  _ command: Command, _ facts: Facts
) throws(TenantRejection) {
  if case .system = command {
    guard facts.tenantID == .system else { throw .ofTheService(facts.tenantID) }
  } else {
    guard facts.tenantID != .system else { throw .notOfTheService(command.type) }
  }
}

// MARK: Permissions

extension AgentRole {
  /// What one of the tenant's people may do by commands.
  public var permissions: Set<Permission> {
    switch self {
    case .agent: [.ask, .decide]
    case .admin: Set(Permission.allCases).subtracting([.answerForProvider, .keepRecords])
    case .auditor, .ops: []
    }
  }
}

/// Whether the actor may submit this command at all.
public func authorize(_ command: Command, facts: Facts) throws(PermissionRejection) {
  switch facts.actor.kind {
  case .customer:
    guard command.permission == .ask else {
      throw .customersMayOnlyAsk(facts.actor, command.permission)
    }
  case .agent:
    // T1: an agent is one of this tenant's people.
    guard let role = facts.role else { throw .notOneOfTheTenantsPeople(facts.actor) }
    guard role.permissions.contains(command.permission) else {
      throw .notInThisRole(facts.actor, role: role, command.permission)
    }
  case .service:
    // A history from elsewhere says what became of its payments, and nothing is paid meanwhile.
    let isAnswer =
      command.permission == .answerForProvider || command.permission == .confirmPayments
    if facts.tenant.isImporting, isAnswer { return }
    guard facts.tenant.grantsServices(command.permission) else {
      throw .notForServices(facts.actor, command.permission)
    }
  case .system: break
  }
}

extension Tenant {
  /// The shop's own programs work on cases, pay and mirror. Admins manage the tenant and its
  /// people, and erase persons. Until there is a first admin, services manage it.
  func grantsServices(_ permission: Permission) -> Bool {
    if permission == .manageTenant { return !agents.values.contains(.admin) }
    return Self.permissionsOfServices.contains(permission)
  }

  private static let permissionsOfServices: Set<Permission> = [
    .ask, .decide, .recordOutcomes, .mirrorShop, .suspend,
  ]
}

// MARK: Erased persons

/// Decides, and refuses what would record personal data of an erased person: what the command
/// brings, also where it would change nothing, and what its events take from elsewhere.
///
/// - Throws: ``PrivacyRejection/personErased(_:field:of:)``, and what `decide` throws.
public func checkingPersons(
  in command: Command, privacy: Privacy, _ decide: () throws -> Decision
) throws -> Decision {
  try checkPersons(in: command, privacy: privacy)
  let decision = try decide()
  switch decision {
  case .events(let events): try checkPersons(in: events, privacy: privacy)
  case .unchanged: break
  }
  return decision
}

private func checkPersons(in command: Command, privacy: Privacy) throws(PrivacyRejection) {
  if privacy.erased.isEmpty { return }
  var command = command
  let type = command.type
  try command.mapPersonal { (text, field, subject) throws(PrivacyRejection) in
    try privacy.checkPerson(subject, field, type)
    return text
  }
}

private func checkPersons(in events: [Event], privacy: Privacy) throws(PrivacyRejection) {
  if privacy.erased.isEmpty { return }
  for var event in events {
    let type = event.type
    try event.mapPersonal { (text, field, subject) throws(PrivacyRejection) in
      try privacy.checkPerson(subject, field, type)
      return text
    }
  }
}

/// Why an actor may not submit a command.
public enum PermissionRejection: Rejection {
  case customersMayOnlyAsk(Actor, Permission)
  case notOneOfTheTenantsPeople(Actor)
  case notInThisRole(Actor, role: AgentRole, Permission)
  case notForServices(Actor, Permission)

  public var explanation: Explanation {
    switch self {
    case .customersMayOnlyAsk(let actor, let permission):
      Explanation(
        "Who may do what", SharedRefusal.customersMayOnlyAsk,
        "\(actor) is a customer, who may open cases, write in them and request refunds of "
          + "their own orders, but not \(permission.words).",
        ["actor": actor, "right": permission.rawValue])
    case .notOneOfTheTenantsPeople(let actor):
      Explanation(
        "T1", SharedRefusal.notOneOfTheTenantsPeople,
        "\(actor) does not work for this tenant. AddAgent adds an agent.", ["actor": actor])
    case .notInThisRole(let actor, let role, let permission):
      Explanation(
        "Who may do what", SharedRefusal.notInThisRole,
        "\(actor) has the role \(role.rawValue), which may not \(permission.words). Who may: "
          + permission.holders + ".",
        ["actor": actor, "role": role.rawValue, "right": permission.rawValue])
    case .notForServices(let actor, let permission):
      Explanation(
        "Who may do what", SharedRefusal.notForServices,
        "\(actor) is a service, which may not \(permission.words). Who may: \(permission.holders).",
        ["actor": actor, "right": permission.rawValue])
    }
  }
}

extension Permission {
  fileprivate var holders: String {
    let roles = AgentRole.allCases.filter { $0.permissions.contains(self) }.map(\.rawValue)
    guard roles.isEmpty else { return roles.joined(separator: ", ") }
    return self == .keepRecords ? "Redress itself" : "Redress itself, by the provider's books"
  }

  fileprivate var words: String {
    switch self {
    case .ask: "open cases, write in them or request refunds"
    case .decide: "decide about cases and refunds"
    case .recordOutcomes: "say what became of a chargeback or a deposit"
    case .confirmPayments: "say that the provider paid, or that money came back"
    case .answerForProvider: "say what the payment provider answered"
    case .mirrorShop: "record orders and customers"
    case .suspend: "suspend or reinstate a tenant"
    case .manageTenant: "change the tenant's settings, policies and people"
    case .erase: "erase a person or place and release legal holds"
    case .keepRecords: "record what concerns the service itself"
    }
  }
}
