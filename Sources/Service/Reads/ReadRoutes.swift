// GET /v1/refunds, /v1/refunds/{id}, /v1/orders/{id}/balance, /v1/holds, /v1/holds/{id}: rows of
// the read models as JSON; CaseReads has those of cases. `tenant` may be left out while there is
// only one; `minPosition` waits until the read model has that event, so that a caller sees what it
// wrote.

import EventLog
import EventSourcing
import Events
import JSON
import Projecting
import Projections
import Routing

struct ReadRoutes: Sendable {
  var projections: ProjectionRuntime

  static let pageLengthMax = 500

  typealias Read = @Sendable (Call) throws -> JSONValue

  func read(
    _ path: PathTemplate, _ summary: String, _ models: [String], _ type: String,
    _ parameters: [any DeclaredParameter], _ body: @escaping Read
  ) -> Route {
    Route(
      .get, path, summary, tenant: .query, reads: models, permission: "read",
      parameters: parameters, answers: [.json(type)]
    ) { .json(try body($0)) }
  }

  var routes: [Route] {
    [
      read(
        "/v1/refunds", "Refunds, newest first, with totals.", [RefundQueue.name], "Refunds",
        [Self.status, pageBefore, pageLimit], refunds),
      read(
        "/v1/refunds/{refundId}", "One refund with its timeline.", [RefundQueue.name], "Refund",
        [Self.refundID], refund),
      read(
        "/v1/orders/{orderId}/balance", "An order's balance.", [OrderBalance.name], "Balance",
        [Self.orderID], balance),
      read("/v1/holds", "Payout holds.", [PayoutHolds.name], "Holds", [], holds),
      read("/v1/holds/{holdId}", "One hold.", [PayoutHolds.name], "Hold", [Self.holdID], hold),
      read(
        "/v1/integration", "The shop of a tenant.", [Integrations.name], "Shop", [], integration),
    ] + caseRoutes + returnRoutes
  }

  static let refundID = Parameter.path("refundId", as: RefundID.self)
  static let orderID = Parameter.path("orderId", as: OrderID.self)
  static let holdID = Parameter.path("holdId", as: HoldID.self)
  private static let status = Parameter.choice("status", of: RefundQueue.statuses)

  func refund(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let refundID = call[Self.refundID]
    let (refund, timeline) = try projections.read(RefundQueue.name) { database in
      (
        try RefundQueue.refund(refundID, tenant: tenant, in: database),
        try RefundQueue.timeline(of: refundID, tenant: tenant, in: database)
      )
    }
    guard let refund else {
      throw Problem.notFound("The tenant \(tenant) has no refund \(refundID).")
    }
    return .object(
      refund.members + [.init("timeline", .array(timeline.map(\.json)))])
  }

  func refunds(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let status = call[Self.status]
    let limit = call[pageLimit]
    let before = call[pageBefore]
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

  func balance(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let orderID = call[Self.orderID]
    let (order, payments) = try projections.read(OrderBalance.name) { database in
      (
        try OrderBalance.order(orderID, tenant: tenant, in: database),
        try OrderBalance.payments(of: orderID, tenant: tenant, in: database)
      )
    }
    guard let order else {
      throw Problem.notFound("The tenant \(tenant) has no order \(orderID).")
    }
    return .object(order.members + [.init("payments", .array(payments.map(\.json)))])
  }

  func holds(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let holds = try projections.read(PayoutHolds.name) {
      try PayoutHolds.applied(tenant: tenant, limit: Self.pageLengthMax, in: $0)
    }
    return .object([.init("holds", .array(holds.map { .object($0.members) }))])
  }

  func hold(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let holdID = call[Self.holdID]
    let hold = try projections.read(PayoutHolds.name) {
      try PayoutHolds.hold(holdID, tenant: tenant, in: $0)
    }
    guard let hold else { throw Problem.notFound("The tenant \(tenant) has no hold \(holdID).") }
    return .object(hold.members)
  }

  func integration(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let shop = try projections.read(Integrations.name) {
      try Integrations.shop(of: tenant, in: $0)
    }
    guard let shop else { throw Problem.notFound("The tenant \(tenant) never had a shop.") }
    return .object(shop.members)
  }
}
