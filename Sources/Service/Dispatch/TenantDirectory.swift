// Which tenants there are, for the routes that are about one.

import EventLog
import EventSourcing
import Projecting
import Projections
import Routing

struct TenantDirectory: Sendable {
  var log: EventLog
  var projections: ProjectionRuntime

  /// Whether a tenant has a history. The log knows at once, also while read models are behind.
  func isRegistered(_ tenant: TenantID) -> Bool { log.durableEnd(of: tenant) > .first }

  func all() throws -> [TenantID] {
    try projections.read(Tenants.self) { try Tenants.all(in: $0) }.map(\.id)
  }

  /// The tenant that a request is about, by its route's scope.
  ///
  /// - Throws: ``Problem``, which is the same for a tenant that does not exist and for one that the
  ///   principal may not see.
  func resolve(
    for route: Route, _ values: ParameterValues, _ principal: Principal
  ) throws -> TenantID? {
    let isVisible = { route.permission == nil || principal.grant.tenants.contains($0) }
    let tenant = try resolve(route.tenant, values, isStranger: route.permission == nil, isVisible)
    // What concerns the service itself is read, and written by the service alone (T3).
    if let tenant, tenant.isReserved, route.method != .get { throw unknown(tenant) }
    return tenant
  }

  private func resolve(
    _ scope: Route.Tenant, _ values: ParameterValues, isStranger: Bool,
    _ isVisible: (TenantID) -> Bool
  ) throws -> TenantID? {
    switch scope {
    case .none: return nil
    case .path:
      let tenant = values[Route.Tenant.inPath]
      guard isVisible(tenant), isRegistered(tenant), !tenant.isReserved else {
        throw unknown(tenant)
      }
      return tenant
    case .query: return try named(values[Route.Tenant.inQuery], isStranger: isStranger, isVisible)
    case .activeInQuery:
      let tenant = try named(values[Route.Tenant.inQuery], isStranger: isStranger, isVisible)
      let state = try projections.read(Tenants.self) { try Tenants.tenant(tenant, in: $0)?.state }
      guard state != "suspended" else {
        throw Problem(
          .tenantSuspended,
          detail: "The tenant \(tenant) is suspended; nothing new is accepted until "
            + "ReinstateTenant.")
      }
      return tenant
    }
  }

  private func named(
    _ name: TenantID?, isStranger: Bool, _ isVisible: (TenantID) -> Bool
  ) throws -> TenantID {
    if let name {
      guard isVisible(name), isRegistered(name) else { throw unknown(name) }
      return name
    }
    let tenants = try all().filter(isVisible)
    guard tenants.count == 1 else {
      // A stranger is not told how many there are.
      if isStranger { throw Problem.invalidValue("tenant: name one with ?tenant=NAME.") }
      throw Problem.invalidValue(
        tenants.isEmpty
          ? "tenant: no tenant is registered; RegisterTenant registers one."
          : "tenant: there are \(tenants.count) tenants; name one with ?tenant=NAME.")
    }
    return tenants[0]
  }

  private func unknown(_ tenant: TenantID) -> Problem {
    .notFound("The tenant \(tenant) is not registered.")
  }
}
