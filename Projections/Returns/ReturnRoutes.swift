// The endpoints and pages of returns.

import EventSourcing
import Events
import JSON
import Projecting
import Routing
import SQLite

struct ReturnRoutes {
  var models: any ReadModelReader

  private static let returnID = Parameter.path("returnId", as: ReturnID.self)
  private static let orderID = Parameter.path("orderId", as: OrderID.self)
  private static let statuses = Parameter.choices("status", of: Returns.statuses)
  private static let status = Parameter.choice("status", of: Returns.statuses)
  private static let email = Parameter.text("email", byteCount: 1...254)
  private static let permission = RoutePermission.readReturns

  /// The number of latest days with returns that the list shows.
  private static let dayCount = 31

  var all: [Route] { [list, one, ofOrder, overview, page] }

  private var list: Route {
    Route(
      .get, "/v1/returns", "Returns, newest first, with totals by status and by day.",
      tenant: .query, reads: [Returns.name], permission: Self.permission,
      parameters: [Self.statuses, Self.email, PageParameters.before, PageParameters.limit],
      answers: [
        .json(
          "Returns",
          .object([
            "returns": .rows(ReturnRow.self), "totals": .rows(TotalRow.self),
            "days": .rows(ReturnDayRow.self), "next": .next,
          ]))
      ]
    ) { [models] call in
      try models.read(Returns.self) { database in
        let returns = try Returns.returns(
          tenant: call.tenant, statuses: call[Self.statuses], email: call[Self.email],
          before: call[PageParameters.before], limit: call[PageParameters.limit], in: database)
        let totals = try Totals.rows(tenant: call.tenant, in: database)
        let days = try Returns.days(tenant: call.tenant, limit: Self.dayCount, in: database)
        return .object([
          "returns": .array(returns.rows), "totals": .array(totals), "days": .array(days),
          "next": returns.nextJSON,
        ])
      }
    }
  }

  private var ofOrder: Route {
    Route(
      .get, "/v1/orders/{orderId}/returns", "The returns of an order, oldest first.",
      tenant: .query, reads: [Returns.name], permission: Self.permission,
      parameters: [Self.orderID],
      answers: [
        .json("OrderReturns", .object(["returns": .rows(ReturnRow.self)]))
      ]
    ) { [models] call in
      let returns = try models.read(Returns.self) {
        try Returns.returns(ofOrder: call[Self.orderID], tenant: call.tenant, in: $0)
      }
      return .object(["returns": .array(returns)])
    }
  }

  private var one: Route {
    Route(
      .get, "/v1/returns/{returnId}", "One return with its lines, its timeline and its order.",
      tenant: .query, reads: [Returns.name, OrderBalance.name], permission: Self.permission,
      owner: owner, parameters: [Self.returnID],
      answers: [
        .json(
          "Return",
          .row(ReturnRow.self).with(
            [
              "lines": .rows(ReturnLineRow.self),
              "order": .nullable(.row(OrderBalanceRow.self)),
              "timeline": .rows(TimelineRow.self),
            ], optional: ["customerWords": .text])),
        .problem(.notFound),
      ]
    ) { [models] call in
      let whole = try models.find("return", Self.returnID, of: call, in: Returns.self) {
        try WholeReturn($0, tenant: call.tenant, from: $1)
      }
      let order = try models.read(OrderBalance.self) {
        try OrderBalance.order(
          OrderID(unchecked: whole.row.orderID), tenant: call.tenant, in: $0)
      }
      return .object(
        whole.row.members,
        [
          "customerWords": whole.customerWords.map { .string($0) },
          "lines": .array(whole.lines), "order": order?.json ?? .null,
          "timeline": .array(whole.timeline),
        ])
    }
  }

  private var owner: Route.Owner {
    { [models] call in
      try models.read(Returns.self) {
        try Returns.return(call[Self.returnID], tenant: call.tenant, in: $0)?.customerID
      }
    }
  }

  private var overview: Route {
    models.page(
      of: Returns.self, "/tenants/{tenant}/returns", "The returns of a tenant.",
      navigation: "Returns", permission: Self.permission,
      parameters: [Self.status, Self.email, PageParameters.before]
    ) { call, tenant, database in
      try ReturnsPage(
        tenant: tenant, status: call[Self.status], email: call[Self.email],
        before: call[PageParameters.before]
      ).render(from: database)
    }
  }

  private var page: Route {
    models.page(
      of: Returns.self, "/tenants/{tenant}/returns/{returnId}",
      "One return: facts, lines, timeline.", permission: Self.permission, owner: owner,
      parameters: [Self.returnID]
    ) { call, tenant, database in
      try WholeReturn(call[Self.returnID], tenant: tenant.id, from: database)?.page(tenant.id)
    }
  }
}

/// A return with its lines and its timeline.
struct WholeReturn {
  var row: ReturnRow
  var customerWords: String?
  var lines: [ReturnLineRow]
  var timeline: [TimelineRow]

  /// - Returns: `nil` if the tenant has no such return.
  init?(_ id: ReturnID, tenant: TenantID, from database: Database) throws {
    guard let row = try Returns.return(id, tenant: tenant, in: database) else { return nil }
    self.row = row
    customerWords = try Returns.customerWords(of: id, tenant: tenant, in: database)
    lines = try Returns.lines(of: id, tenant: tenant, in: database)
    timeline = try Timeline.rows(of: id, tenant: tenant, in: database)
  }
}
