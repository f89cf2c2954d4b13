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
    guard let permissions = commit.permissions(for: recorded) else { return }
    examination.begin()
    let actor = recorded.actor
    examination.require(
      permissions.contains { Self.permits($0, to: actor, in: commit.facts.tenant) },
      """
      \(recorded.event.type) is by \(actor)\
      \(Self.role(of: actor, in: commit.facts.tenant)), who may not \
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

  private static func permits(
    _ permission: Permission, to actor: Actor, in tenant: Tenant
  ) -> Bool {
    switch actor.kind {
    case .customer: permission == .ask
    case .agent:
      tenant.agents[AgentID(unchecked: actor.name)]?.permissions.contains(permission) ?? false
    case .service:
      switch permission {
      case .ask, .decide, .recordOutcomes, .mirrorShop, .suspend: true
      case .manageTenant: !tenant.agents.values.contains(.admin)
      case .confirmPayments, .answerForProvider: tenant.isImporting
      case .erase, .keepRecords: false
      }
    case .system: true
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
    case .tenant, .customer, .privacy, .order, .hold, .system, .command: nil
    }
  }
}
