// What a decision may know besides the states it looks at. The caller gathers it, so that the same
// facts always lead to the same decision.

public import EventSourcing
import Events

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
