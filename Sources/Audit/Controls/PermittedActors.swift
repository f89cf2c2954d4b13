// The table of permissions in the rule book, T1 and C2: the actor of every decision had, at that
// time, a role that permits it. A customer asks in their own cases and for their own orders only.

import Domain
import EventSourcing
import Events

struct PermittedActors: Control {
  static let id = "permitted-actors"
  static let statement = "The actor of every decision had a role that permitted it at that time."
  static let rules = ["Who may do what", "T1", "C2"]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    guard let permissions = commit.permissions(for: recorded.event) else { return }
    examination.begin()
    let (actor, tenant) = (recorded.actor, commit.before.tenant)
    examination.require(
      !permissions.isDisjoint(with: Self.permissions(of: actor, in: tenant)),
      """
      \(recorded.event.type) is by \(actor)\(Self.role(of: actor, in: tenant)), who may not \
      \(permissions.map(\.rawValue).sorted().joined(separator: " or "))
      """, at: recorded.position)
    guard actor.kind == .customer,
      let owner = Self.owner(of: recorded.event.subject, commit.after)
    else { return }
    examination.require(
      owner.rawValue == actor.name,
      "\(recorded.event.type) is by \(actor) and concerns customer \(owner)",
      at: recorded.position)
  }

  private static func permissions(of actor: Actor, in tenant: Tenant) -> Set<Permission> {
    switch actor.kind {
    case .customer: return [.ask]
    case .agent: return tenant.agents[AgentID(unchecked: actor.name)]?.permissions ?? []
    case .service:
      var permissions: Set<Permission> = [.ask, .decide, .recordOutcomes, .mirrorShop, .suspend]
      if !tenant.agents.values.contains(.admin) { permissions.insert(.manageTenant) }
      if tenant.isImporting { permissions.formUnion([.confirmPayments, .answerForProvider]) }
      return permissions
    case .system: return Set(Permission.allCases)
    }
  }

  private static func role(of actor: Actor, in tenant: Tenant) -> String {
    guard actor.kind == .agent else { return "" }
    let role = tenant.agents[AgentID(unchecked: actor.name)]
    return role.map { " in the role \($0.rawValue)" } ?? ", who does not work for the tenant"
  }

  /// The customer whose matter it is; `nil` where it is no customer's.
  private static func owner(of subject: Subject, _ state: TenantState) -> CustomerID? {
    switch subject {
    case .supportCase(let id): state.supportCase(id).customerID
    case .refund(let id): state.refund(id).customerID
    case .return(let id): state.return(id).header?.customerID
    case .tenant, .customer, .privacy, .order, .hold, .command: nil
    }
  }
}
