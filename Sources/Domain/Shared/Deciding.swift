// Deciding a command: what a decision looks at, and who decides. The aggregates are as they are
// now and all of one tenant, and the events that follow are recorded before the next command is
// decided, so no check is stale. The caller gathers the facts, so that the same facts always lead
// to the same decision. Each aggregate's folder has the dispatch over its own commands.

public import EventSourcing
public import Events

/// The aggregates of one tenant, as they are now. One that has no events is in its first state.
public protocol Aggregates {
  var tenant: Tenant { get throws }
  var privacy: Privacy { get throws }

  func customer(_ id: CustomerID) throws -> Customer
  func order(_ id: OrderID) throws -> Order
  func supportCase(_ id: CaseID) throws -> SupportCase
  func refund(_ id: RefundID) throws -> Refund
  func `return`(_ id: ReturnID) throws -> Return
  func hold(_ id: HoldID) throws -> PayoutHold

  /// A customer's personal details in plain text; the state holds them sealed.
  func details(of id: CustomerID) throws -> Customer.Details

  /// The fingerprint of a person's key; `nil` where nothing personal was ever recorded.
  func keyFingerprint(of id: SubjectID) throws -> KeyFingerprint?
}

/// Everything outside the states that a decision looks at.
public struct Facts: Sendable {
  public var tenantID: TenantID
  public var tenant: Tenant
  /// Who submitted the command.
  public var actor: Actor
  /// When the command happened: what its sender says, or its receipt.
  public var now: Timestamp
  /// The tenant's calendar day of an instant.
  public var dateOf: @Sendable (Timestamp) -> CalendarDate
  /// How many seconds a time zone is ahead of UTC at an instant.
  public var utcOffset: @Sendable (_ timeZone: String, Timestamp) -> Int

  public init(
    tenantID: TenantID, tenant: Tenant, actor: Actor, now: Timestamp,
    dateOf: @escaping @Sendable (Timestamp) -> CalendarDate,
    utcOffset: @escaping @Sendable (_ timeZone: String, Timestamp) -> Int
  ) {
    self.tenantID = tenantID
    self.tenant = tenant
    self.actor = actor
    self.now = now
    self.dateOf = dateOf
    self.utcOffset = utcOffset
  }

  /// The tenant's calendar day of ``now``.
  public var today: CalendarDate { dateOf(now) }

  /// A customer acts for itself only; every other actor may act on a customer's behalf (C2).
  func mayActFor(_ customerID: CustomerID) -> Bool {
    actor.kind != .customer || actor.name == customerID.rawValue
  }

  /// The role of the acting agent; `nil` for other actors and for agents of other tenants (T1).
  var role: AgentRole? {
    actor.kind == .agent ? tenant.agents[AgentID(unchecked: actor.name)] : nil
  }
}

/// The rules that these deciders are.
public enum RuleBook {
  /// Increases whenever the same command would lead to other events in the same state than before;
  /// which of several causes a refusal names is not among them.
  public static let version = 2
}

extension Event {
  /// Whether it says only by which rules its commit was decided.
  public var isAdoption: Bool { if case .tenant(.rulesAdopted) = self { true } else { false } }
}

extension Command {
  /// What the rules of the command's aggregate say to it.
  ///
  /// - Throws: a ``Rejection``, or the error that kept an aggregate from being loaded.
  /// - Precondition: the command names everything that it begins.
  public func decide(in aggregates: some Aggregates, facts: Facts) throws -> Decision {
    switch self {
    case .tenant(let command): try Tenant.decide(command, in: aggregates, facts: facts)
    case .customer(let command): try Customer.decide(command, in: aggregates, facts: facts)
    case .privacy(let command): try Privacy.decide(command, in: aggregates, facts: facts)
    case .order(let command): try Order.decide(command, in: aggregates, facts: facts)
    case .supportCase(let command): try SupportCase.decide(command, in: aggregates, facts: facts)
    case .refund(let command): try Refund.decide(command, in: aggregates, facts: facts)
    case .return(let command): try Return.decide(command, in: aggregates, facts: facts)
    case .hold(let command): try PayoutHold.decide(command, in: aggregates, facts: facts)
    case .system(let command): SystemRecords.decide(command)
    }
  }
}

/// An id that the sender of a command may leave out.
///
/// - Precondition: it was assigned before the decision.
func assigned<ID>(_ id: ID?) -> ID {
  guard let id else { preconditionFailure("ids are assigned before deciding") }
  return id
}
