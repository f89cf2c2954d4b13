// The endpoints and pages of refunds.

import EventSourcing
package import Events
import JSON
package import Projecting
package import Routing

struct RefundRoutes {
  var models: any ReadModelReader

  private static let refundID = Parameter.path("refundId", as: RefundID.self)
  private static let status = Parameter.choice("status", of: RefundQueue.statuses)
  private static let approvableBefore = Parameter.wholeNumber("approvableBefore")

  var all: [Route] { [list, one, overview, page] }

  private var list: Route {
    Route(
      .get, "/v1/refunds", "Refunds, newest first, with totals by status.", tenant: .query,
      reads: [RefundQueue.name], permission: .readRefunds,
      parameters: [Self.status, PageParameters.before, PageParameters.limit],
      answers: [
        .json(
          "Refunds",
          .object([
            "refunds": .rows(RefundRow.self), "totals": .rows(TotalRow.self), "next": .next,
          ]))
      ]
    ) { [models] call in
      try models.read(RefundQueue.self) { database in
        let refunds = try database.newest(
          RefundRow.self, tenant: call.tenant.rawValue, ["status": call[Self.status]],
          before: call[PageParameters.before], limit: call[PageParameters.limit])
        let totals = try Totals.rows(tenant: call.tenant, in: database)
        return .object([
          "refunds": .array(refunds.rows), "totals": .array(totals), "next": refunds.nextJSON,
        ])
      }
    }
  }

  private var one: Route {
    Route(
      .get, "/v1/refunds/{refundId}", "One refund with its legs and its timeline.", tenant: .query,
      reads: [RefundQueue.name], permission: .readRefunds,
      owner: models.owner(ofRefund: Self.refundID), parameters: [Self.refundID],
      answers: [
        .json(
          "Refund",
          .row(RefundRow.self).with([
            "legs": .rows(RefundLegRow.self), "timeline": .rows(TimelineRow.self),
          ])),
        .problem(.notFound),
      ]
    ) { [models] call in
      try models.find("refund", Self.refundID, of: call, in: RefundQueue.self) { id, database in
        guard let refund = try RefundQueue.refund(id, tenant: call.tenant, in: database) else {
          return nil
        }
        let legs = try RefundQueue.legs(of: id, tenant: call.tenant, in: database)
        let timeline = try Timeline.rows(of: id, tenant: call.tenant, in: database)
        return .object(
          refund.members, ["legs": .array(legs), "timeline": .array(timeline)])
      }
    }
  }

  private var overview: Route {
    models.page(
      of: RefundQueue.self, "/tenants/{tenant}/refunds", "The refunds of a tenant.",
      navigation: "Refunds", permission: .readRefunds,
      parameters: [Self.status, PageParameters.before, Self.approvableBefore]
    ) { call, tenant, database in
      try RefundsPage(
        tenant: tenant, status: call[Self.status], before: call[PageParameters.before],
        approvableBefore: call[Self.approvableBefore]
      ).render(at: call.receivedAt, from: database)
    }
  }

  private var page: Route {
    models.page(
      of: RefundQueue.self, "/tenants/{tenant}/refunds/{refundId}",
      "One refund: facts, legs, derivation, timeline.", permission: .readRefunds,
      owner: models.owner(ofRefund: Self.refundID), parameters: [Self.refundID]
    ) { call, tenant, database in
      try RefundPage.render(call[Self.refundID], tenant: tenant.id, from: database)
    }
  }
}

extension ReadModelReader {
  /// The customer of the refund that a request names.
  package func owner(ofRefund parameter: Parameter<RefundID>) -> Route.Owner {
    { call in
      try read(RefundQueue.self) { database in
        try RefundQueue.refund(call[parameter], tenant: call.tenant, in: database)?.customerID
      }
    }
  }
}
