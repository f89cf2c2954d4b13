// The pages of read models.

import CommandHandling
import EventSourcing
import Events
import HTML
import Projecting
import Projections
import Routing

struct PageRoutes: Sendable {
  var projections: ProjectionRuntime
  var tenants: TenantDirectory

  private static let status = Parameter.choice("status", of: RefundQueue.statuses)
  private static let returnStatus = Parameter.choice("status", of: Returns.statuses)
  private static let approvableBefore = Parameter.wholeNumber("approvableBefore")

  private func page(
    _ path: PathTemplate, _ model: String, _ navigation: String?,
    _ parameters: [any DeclaredParameter],
    _ body: @escaping @Sendable (Call) throws -> Page?
  ) -> Route {
    .page(
      path, "A page.", navigation: navigation, reads: [model], permission: "read",
      parameters: parameters
    ) { call in
      guard let page = try body(call) else {
        throw Problem.notFound("There is no page \(call.path).")
      }
      return .page(page)
    }
  }

  var routes: [Route] {
    [
      Route(
        .get, "/", "The tenants.", kind: .page(navigation: nil),
        answers: [.page, Answer(.seeOther, "", mediaType: "")], handle: { _ in try front() }),
      page(
        "/tenants/{tenant}/refunds", RefundQueue.name, "Refunds",
        [Self.status, pageBefore, Self.approvableBefore], refunds),
      page(
        "/tenants/{tenant}/refunds/{refundId}", RefundQueue.name, nil, [ReadRoutes.refundID]
      ) { call in
        try projections.read(RefundQueue.name) {
          try RefundPage.render(call[ReadRoutes.refundID], tenant: call.tenant, from: $0)
        }
      },
      page(
        "/tenants/{tenant}/cases", CaseBoard.name, "Cases", [ReadRoutes.caseStatus, pageBefore]
      ) { call in
        let overview = CasesPage(
          tenant: call.tenant, filter: CaseFilter(status: call[ReadRoutes.caseStatus]),
          before: call[pageBefore])
        return try projections.read(CaseBoard.name) { try overview.render(from: $0) }
      },
      page("/tenants/{tenant}/cases/{caseId}", CaseBoard.name, nil, [ReadRoutes.caseID]) { call in
        try projections.read(CaseBoard.name) {
          try CasePage.render(call[ReadRoutes.caseID], tenant: call.tenant, from: $0)
        }
      },
      page(
        "/tenants/{tenant}/customers/{customerId}", CaseBoard.name, nil,
        [ReadRoutes.customerID, pageBefore], customer),
      page(
        "/tenants/{tenant}/returns", Returns.name, "Returns",
        [Self.returnStatus, ReadRoutes.email, pageBefore]
      ) { call in
        let overview = ReturnsPage(
          tenant: call.tenant, status: call[Self.returnStatus], email: call[ReadRoutes.email],
          before: call[pageBefore])
        return try projections.read(Returns.name) { try overview.render(from: $0) }
      },
      page(
        "/tenants/{tenant}/returns/{returnId}", Returns.name, nil, [ReadRoutes.returnID]
      ) { call in
        try projections.read(Returns.name) {
          try ReturnPage.render(call[ReadRoutes.returnID], tenant: call.tenant, from: $0)
        }
      },
      page("/tenants/{tenant}/holds", PayoutHolds.name, "Payout holds", []) { call in
        try projections.read(PayoutHolds.name) {
          try PayoutHoldsPage.render(tenant: call.tenant, from: $0)
        }
      },
      page("/tenants/{tenant}/integration", Integrations.name, "Integration", []) { call in
        try projections.read(Integrations.name) {
          try IntegrationPage.render(tenant: call.tenant, from: $0)
        }
      },
    ]
  }

  private func refunds(_ call: Call) throws -> Page? {
    try projections.read(RefundQueue.name) { database in
      guard let zone = try RefundQueue.tenant(call.tenant, in: database)?.timeZone,
        let calendar = TenantCalendar(timeZone: zone)
      else { return nil }
      return try RefundsPage(
        tenant: call.tenant, today: calendar.date(of: call.receivedAt), status: call[Self.status],
        before: call[pageBefore], approvableBefore: call[Self.approvableBefore]
      ).render(from: database)
    }
  }

  private func customer(_ call: Call) throws -> Page? {
    let customer = call[ReadRoutes.customerID]
    let cases = try projections.read(CaseBoard.name) {
      try CaseBoard.cases(
        tenant: call.tenant, CaseFilter(customerID: customer), before: nil,
        limit: CustomerPage.pageLength, in: $0)
    }
    let entries = try ReadRoutes(projections: projections).timeline(
      of: customer, call.tenant, before: call[pageBefore], limit: CustomerPage.pageLength + 1)
    if cases.isEmpty && entries.isEmpty { return nil }
    return CustomerPage.render(customer, tenant: call.tenant, cases: cases, entries: entries)
  }

  private func front() throws -> Reply {
    let tenants = try tenants.all()
    if tenants.count == 1 { return .redirect(to: "/tenants/\(tenants[0])/refunds") }
    let links = tenants.map { tenant -> HTML in
      "<li><a href=\"/tenants/\(tenant)/refunds\">\(tenant)</a></li>"
    }
    let body: HTML =
      tenants.isEmpty
      ? "<p>There is no tenant yet. The command RegisterTenant registers one.</p>"
      : "<ul>\n\(HTML(joining: links))\n</ul>"
    return .page(Page(title: "Tenants", body: "<h1>Tenants</h1>\n\(body)"))
  }
}
