// GET /v1/refunds, /v1/refunds/{id}, /v1/orders/{id}/balance, /v1/holds, /v1/holds/{id}: rows of
// the read models as JSON; CaseReads has those of cases. `tenant` may be left out while there is
// only one; `minPosition` waits until the read model has that event, so that a caller sees what it
// wrote.

import EventLog
import EventSourcing
import Events
import HTTP
import JSON
import Projecting
import Projections

struct ReadRoutes: Sendable {
  var log: EventLog
  var projections: ProjectionRuntime

  static let pageLengthMax = 500

  func refund(_ id: String, _ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: RefundQueue.name)
    guard let refundID = RefundID(id) else { throw Problem.badRequest(notAnID(id)) }
    let (refund, timeline) = try projections.read(RefundQueue.name) { database in
      (
        try RefundQueue.refund(refundID, tenant: tenant, in: database),
        try RefundQueue.timeline(of: refundID, tenant: tenant, in: database)
      )
    }
    guard let refund else {
      throw Problem.notFound("The tenant \(tenant) has no refund \(id).")
    }
    return .object(
      refund.members + [.init("timeline", .array(timeline.map(\.json)))])
  }

  func refunds(_ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "status", "before", "limit", "minPosition")
    let tenant = try await tenant(of: request, in: RefundQueue.name)
    let status = request.queryValue("status")
    if let status, !RefundQueue.statuses.contains(status) {
      throw Problem.badRequest(
        "status: \(status) is no refund status; use one of "
          + RefundQueue.statuses.joined(separator: ", ") + ".")
    }
    let limit = try pageLength(of: request)
    let before = try number("before", of: request)
    let (rows, totals) = try projections.read(RefundQueue.name) { database in
      (
        try RefundQueue.refunds(
          tenant: tenant, status: status, before: before, limit: limit + 1, in: database),
        try RefundQueue.totals(tenant: tenant, in: database)
      )
    }
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.position)) } : nil
    return .object([
      .init("refunds", .array(page.map { .object($0.members) })),
      .init("totals", .array(totals.map(\.json))), .init("next", next ?? .null),
    ])
  }

  func balance(_ id: String, _ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: OrderBalance.name)
    guard let orderID = OrderID(id) else { throw Problem.badRequest(notAnID(id)) }
    let (order, payments) = try projections.read(OrderBalance.name) { database in
      (
        try OrderBalance.order(orderID, tenant: tenant, in: database),
        try OrderBalance.payments(of: orderID, tenant: tenant, in: database)
      )
    }
    guard let order else {
      throw Problem.notFound("The tenant \(tenant) has no order \(id).")
    }
    return .object(order.members + [.init("payments", .array(payments.map(\.json)))])
  }

  func holds(_ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: PayoutHolds.name)
    let holds = try projections.read(PayoutHolds.name) {
      try PayoutHolds.applied(tenant: tenant, limit: Self.pageLengthMax, in: $0)
    }
    return .object([.init("holds", .array(holds.map { .object($0.members) }))])
  }

  func hold(_ id: String, _ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: PayoutHolds.name)
    guard let holdID = HoldID(id) else { throw Problem.badRequest(notAnID(id)) }
    let hold = try projections.read(PayoutHolds.name) {
      try PayoutHolds.hold(holdID, tenant: tenant, in: $0)
    }
    guard let hold else { throw Problem.notFound("The tenant \(tenant) has no hold \(id).") }
    return .object(hold.members)
  }

  func integration(_ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: Integrations.name)
    let shop = try projections.read(Integrations.name) {
      try Integrations.shop(of: tenant, in: $0)
    }
    guard let shop else { throw Problem.notFound("The tenant \(tenant) never had a shop.") }
    return .object(shop.members)
  }

  // MARK: What all of them ask for

  /// The tenant that a request names, once the read model is as far as the request needs.
  func tenant(of request: HTTPRequest, in model: String) async throws -> TenantID {
    guard let name = request.queryValue("tenant") else {
      let tenants = try projections.read(RefundQueue.name) { try RefundQueue.tenants(in: $0) }
      guard tenants.count == 1 else {
        throw Problem.badRequest(
          tenants.isEmpty
            ? "tenant: there is no tenant yet; begin one with RegisterTenant."
            : "tenant: there are \(tenants.count) tenants; say which with ?tenant=NAME.")
      }
      try await wait(for: request, tenants[0], in: model)
      return tenants[0]
    }
    guard let tenant = TenantID(name) else { throw Problem.badRequest("tenant: " + notAnID(name)) }
    // The log knows at once, also while the read models are still behind.
    guard log.durableEnd(of: tenant) > .first else {
      throw Problem.notFound("The tenant \(tenant) is not registered.")
    }
    try await wait(for: request, tenant, in: model)
    return tenant
  }

  /// T2: a suspended tenant begins nothing; what is under way may still be told of.
  func activeTenant(of request: HTTPRequest) async throws -> TenantID {
    let tenant = try await tenant(of: request, in: RefundQueue.name)
    let isSuspended = try projections.read(RefundQueue.name) {
      try RefundQueue.isSuspended(tenant, in: $0)
    }
    guard !isSuspended else {
      throw Problem(
        status: 409, code: "tenant-suspended", title: "The tenant is suspended",
        detail: "The tenant \(tenant) is suspended and begins nothing until ReinstateTenant.")
    }
    return tenant
  }

  func wait(for request: HTTPRequest, _ tenant: TenantID, in model: String) async throws {
    guard let position = try number("minPosition", of: request) else { return }
    guard await projections.wait(for: Position(UInt64(position)), of: tenant, in: model) else {
      throw Problem(
        status: 503, code: "not-there-yet", title: "The read model is behind",
        detail: "\(model) has not applied position \(position) of \(tenant) within 5 seconds; "
          + "GET /readyz shows how far it is. Ask again.")
    }
  }

  /// How many rows a request asks for; 50 if it does not say.
  func pageLength(of request: HTTPRequest) throws -> Int {
    let limit = try number("limit", of: request) ?? 50
    guard (1...Self.pageLengthMax).contains(limit) else {
      throw Problem.badRequest("limit: \(limit) is not between 1 and \(Self.pageLengthMax).")
    }
    return limit
  }

  func number(_ name: String, of request: HTTPRequest) throws -> Int? {
    guard let text = request.queryValue(name) else { return nil }
    guard let number = Int(text), number >= 0, !text.hasPrefix("+") else {
      throw Problem.badRequest("\(name): \(text.prefix(60)) is not a whole number from 0.")
    }
    return number
  }

  func notAnID(_ text: String) -> String {
    "\(text.prefix(80)) is no identifier; one has 1 to 64 of A–Z a–z 0–9 _ -."
  }
}
