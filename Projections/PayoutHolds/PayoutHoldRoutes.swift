// The endpoints and the page of payout holds.

import EventSourcing
import Events
import HTML
import Projecting
import Routing
import SQLite

struct PayoutHoldRoutes {
  var models: any ReadModelReader

  private static let holdID = Parameter.path("holdId", as: HoldID.self)
  private static let permission = RoutePermission.readHolds
  private static let pageLength = 100

  var all: [Route] { [list, one, page] }

  private var list: Route {
    Route(
      .get, "/v1/holds", "Payout holds that keep something back, the next to expire first.",
      tenant: .query, reads: [PayoutHolds.name], permission: Self.permission,
      answers: [.json("PayoutHolds", .object(["holds": .rows(PayoutHoldRow.self)]))]
    ) { [models] call in
      let holds = try models.read(PayoutHolds.self) {
        try PayoutHolds.applied(tenant: call.tenant, limit: PageParameters.limitMax, in: $0)
      }
      return .object(["holds": .array(holds)])
    }
  }

  private var one: Route {
    Route(
      .get, "/v1/holds/{holdId}", "One payout hold.", tenant: .query, reads: [PayoutHolds.name],
      permission: Self.permission, parameters: [Self.holdID],
      answers: [.json("PayoutHold", .row(PayoutHoldRow.self)), .problem(.notFound)]
    ) { [models] call in
      let hold = try models.find("hold", Self.holdID, of: call, in: PayoutHolds.self) {
        try PayoutHolds.hold($0, tenant: call.tenant, in: $1)
      }
      return .json(hold.json)
    }
  }

  private var page: Route {
    models.page(
      of: PayoutHolds.self, "/tenants/{tenant}/holds", "The payouts that are kept back.",
      navigation: "Payout holds", permission: Self.permission
    ) { _, tenant, database in
      let holds = try PayoutHolds.applied(
        tenant: tenant.id, limit: Self.pageLength + 1, in: database)
      return Page(
        title: "Payout holds of \(tenant.name)",
        body: """
          <h1>Payout holds of \(tenant.name)</h1>
          \(Self.list(holds, of: tenant))
          """)
    }
  }

  private static func list(_ holds: [PayoutHoldRow], of tenant: TenantRow) -> HTML {
    if holds.isEmpty { return "<p>No payout is kept back.</p>" }
    let columns: [Column<PayoutHoldRow>] = [
      Column("Hold", .id, isHeader: true) { "\($0.holdID)" },
      Column("Amount", .number) { "\(money($0.amount, $0.currency))" },
      Column("Until (UTC)") { time($0.expiresAt) }, Column("Order", .id) { "\($0.orderID)" },
      Column("Case", .id) { link("/tenants/\(tenant.tenant)/cases/\($0.caseID)", $0.caseID) },
      Column("By", .id) { "\($0.appliedBy)" }, Column("Reason", .text) { "\($0.reason)" },
    ]
    let more: HTML? =
      holds.count > pageLength ? "<p>The first \(pageLength) of more.</p>" : nil
    return section(
      "holds", "Kept back", table("holds", holds.prefix(pageLength), columns), more)
  }
}
