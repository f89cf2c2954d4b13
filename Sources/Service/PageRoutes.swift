// The pages: / leads to a tenant's refunds; below /tenants/{tenant} are refunds and refunds/{id},
// cases and cases/{id}, returns and returns/{id}, customers/{id}, holds, the payouts that are kept
// back, and integration, its shop. They are made of read models only, on the server, and need no
// JavaScript.

import CommandHandling
import EventSourcing
import Events
import HTML
import HTTP
import Projecting
import Projections

struct PageRoutes: Sendable {
  var projections: ProjectionRuntime
  var reads: ReadRoutes

  func page(_ path: [String], _ request: HTTPRequest) async throws -> HTTPResponse {
    if path.isEmpty { return try front() }
    guard path.count >= 3, path.count <= 4, path[0] == "tenants",
      Self.isKnown(path[2...]), let tenant = TenantID(path[1])
    else { return notFound("There is no page \(request.path).") }
    let zone = try projections.read(RefundQueue.name) {
      try RefundQueue.tenant(tenant, in: $0)?.timeZone
    }
    guard let zone, let calendar = TenantCalendar(timeZone: zone) else {
      return notFound("There is no tenant \(tenant).")
    }
    if path[2] == "cases" || path[2] == "customers" {
      let page = try casePage(path[2], path.count == 4 ? path[3] : nil, tenant, request)
      return page.map { response($0) }
        ?? notFound("\(tenant) has no \(path[2].dropLast()) \(path[3]).")
    }
    if path[2] == "integration" {
      return response(
        try projections.read(Integrations.name) {
          try IntegrationPage.render(tenant: tenant, from: $0)
        })
    }
    if path[2] == "holds" {
      return response(
        try projections.read(PayoutHolds.name) {
          try PayoutHoldsPage.render(tenant: tenant, from: $0)
        })
    }
    if path[2] == "returns" { return try returns(tenant, path, request) }
    if path.count == 3 {
      let overview = RefundsPage(
        tenant: tenant, today: calendar.date(of: .now), status: status(of: request),
        before: number("before", of: request),
        approvableBefore: number("approvableBefore", of: request))
      return response(
        try projections.read(RefundQueue.name) { try overview.render(from: $0) })
    }
    let page = try RefundID(path[3]).flatMap { id in
      try projections.read(RefundQueue.name) {
        try RefundPage.render(id, tenant: tenant, from: $0)
      }
    }
    return page.map { response($0) } ?? notFound("\(tenant) has no refund \(path[3]).")
  }

  private func returns(
    _ tenant: TenantID, _ path: [String], _ request: HTTPRequest
  ) throws -> HTTPResponse {
    if path.count == 3 {
      let email = request.queryValue("email").flatMap { $0.isEmpty ? nil : String($0.prefix(254)) }
      let overview = ReturnsPage(
        tenant: tenant,
        status: request.queryValue("status").flatMap { Returns.statuses.contains($0) ? $0 : nil },
        email: email, before: number("before", of: request))
      return response(try projections.read(Returns.name) { try overview.render(from: $0) })
    }
    let page = try ReturnID(path[3]).flatMap { id in
      try projections.read(Returns.name) {
        try ReturnPage.render(id, tenant: tenant, from: $0)
      }
    }
    return page.map { response($0) } ?? notFound("\(tenant) has no return \(path[3]).")
  }

  private static func isKnown(_ path: ArraySlice<String>) -> Bool {
    switch path.first {
    case "refunds", "returns", "cases": true
    case "customers": path.count == 2
    case "holds", "integration": path.count == 1
    default: false
    }
  }

  private func casePage(
    _ kind: String, _ id: String?, _ tenant: TenantID, _ request: HTTPRequest
  ) throws -> Page? {
    guard let id else {
      let status = request.queryValue("status").flatMap { CaseStatus(rawValue: $0) }
      let overview = CasesPage(
        tenant: tenant, filter: CaseFilter(status: status), before: number("before", of: request))
      return try projections.read(CaseBoard.name) { try overview.render(from: $0) }
    }
    if kind == "cases" {
      guard let caseID = CaseID(id) else { return nil }
      return try projections.read(CaseBoard.name) {
        try CasePage.render(caseID, tenant: tenant, from: $0)
      }
    }
    guard let customer = CustomerID(id) else { return nil }
    let cases = try projections.read(CaseBoard.name) {
      try CaseBoard.cases(
        tenant: tenant, CaseFilter(customerID: customer), before: nil,
        limit: CustomerPage.pageLength, in: $0)
    }
    let entries = try reads.timeline(
      of: customer, tenant, before: number("before", of: request),
      limit: CustomerPage.pageLength + 1)
    if cases.isEmpty && entries.isEmpty { return nil }
    return CustomerPage.render(customer, tenant: tenant, cases: cases, entries: entries)
  }

  private func front() throws -> HTTPResponse {
    let tenants = try projections.read(RefundQueue.name) { try RefundQueue.tenants(in: $0) }
    if tenants.count == 1 {
      return HTTPResponse(
        status: 303, headers: [("Location", "/tenants/\(tenants[0])/refunds")])
    }
    let links = tenants.map { tenant -> HTML in
      "<li><a href=\"/tenants/\(tenant)/refunds\">\(tenant)</a></li>"
    }
    let body: HTML =
      tenants.isEmpty
      ? "<p>There is no tenant yet. The command RegisterTenant begins one.</p>"
      : "<ul>\n\(HTML(joining: links))\n</ul>"
    return response(Page(title: "Tenants", body: "<h1>Tenants</h1>\n\(body)"))
  }

  /// A status that pages can filter by; anything else shows all.
  private func status(of request: HTTPRequest) -> String? {
    request.queryValue("status").flatMap { RefundQueue.statuses.contains($0) ? $0 : nil }
  }

  private func number(_ name: String, of request: HTTPRequest) -> Int? {
    request.queryValue(name).flatMap { Int($0) }
  }

  private func notFound(_ sentence: String) -> HTTPResponse {
    response(
      Page(
        title: "Not found",
        body: "<h1>Not found</h1>\n<p>\(sentence)</p>\n<p><a href=\"/\">To the beginning</a></p>"),
      status: 404)
  }

  private func response(_ page: Page, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: [
        ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
        (
          "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ],
      body: Array(PageShell.wrap(page).utf8))
  }
}
