// The endpoints and pages of cases, their targets and a customer's timeline. Endpoints return the
// Markdown source of messages; only pages render it.

import EventSourcing
import Events
import JSON
import Projecting
import Routing
import SQLite

struct CaseRoutes {
  var models: any ReadModelReader

  private static let caseID = Parameter.path("caseId", as: CaseID.self)
  private static let customerID = Parameter.path("customerId", as: CustomerID.self)
  private static let customer = Parameter.identifier("customer", as: CustomerID.self)
  private static let order = Parameter.identifier("order", as: OrderID.self)
  private static let status = Parameter.choice("status", of: CaseStatus.self)
  private static let state = Parameter.choice("state", of: ["open", "breached"], default: "open")
  private static let after = Parameter.time("after")
  private static let permission = RoutePermission.readCases

  var all: [Route] { [list, one, targets, timeline, overview, page, customerPage] }

  private var list: Route {
    Route(
      .get, "/v1/cases", "Cases, newest first.", tenant: .query, reads: [CaseBoard.name],
      permission: Self.permission, owner: Self.namedCustomer,
      parameters: [
        Self.customer, Self.order, Self.status, PageParameters.before, PageParameters.limit,
      ],
      answers: [
        .json("Cases", .object(["cases": .rows(CaseRow.self), "next": .next]))
      ]
    ) { [models] call in
      let cases = try models.read(CaseBoard.self) {
        try CaseBoard.cases(
          tenant: call.tenant, customer: call[Self.customer], order: call[Self.order],
          status: call[Self.status], before: call[PageParameters.before],
          limit: call[PageParameters.limit], in: $0)
      }
      return .object(["cases": .array(cases.rows), "next": cases.nextJSON])
    }
  }

  private var one: Route {
    Route(
      .get, "/v1/cases/{caseId}",
      "One case with its targets, messages, evidence, timeline and refunds.", tenant: .query,
      reads: [CaseBoard.name, RefundQueue.name], permission: Self.permission, owner: owner,
      parameters: [Self.caseID], answers: [.json("Case", WholeCase.shape), .problem(.notFound)]
    ) { [models] call in
      let whole = try models.find("case", Self.caseID, of: call, in: CaseBoard.self) {
        try WholeCase($0, tenant: call.tenant, from: $1)
      }
      let refunds = try models.read(RefundQueue.self) {
        try RefundQueue.refunds(ofCase: call[Self.caseID], tenant: call.tenant, in: $0)
      }
      return .object(whole.members, ["refunds": .array(refunds)])
    }
  }

  private static let namedCustomer: Route.Owner = { $0[customer]?.rawValue }
  private static let customerOfPath: Route.Owner = { $0[customerID].rawValue }

  private var owner: Route.Owner {
    { [models] call in
      try models.read(CaseBoard.self) {
        try CaseBoard.supportCase(call[Self.caseID], tenant: call.tenant, in: $0)?.customerID
      }
    }
  }

  private var targets: Route {
    Route(
      .get, "/v1/sla",
      "Targets of cases that are worked on: those that run out next, or that were missed.",
      tenant: .query, reads: [CaseBoard.name], permission: Self.permission,
      parameters: [Self.state, Self.after, PageParameters.limit],
      answers: [
        .json("Targets", .object(["targets": .rows(TargetRow.self)]))
      ]
    ) { [models] call in
      let targets = try models.read(CaseBoard.self) {
        try CaseBoard.targetsAtRisk(
          tenant: call.tenant, isBreached: call[Self.state] == "breached", after: call[Self.after],
          limit: call[PageParameters.limit], in: $0)
      }
      return .object(["targets": .array(targets)])
    }
  }

  private var timeline: Route {
    Route(
      .get, "/v1/customers/{customerId}/timeline",
      "The events of a customer's cases and refunds, newest first.", tenant: .query,
      reads: [CaseBoard.name, RefundQueue.name], permission: Self.permission,
      owner: Self.customerOfPath,
      parameters: [Self.customerID, PageParameters.before, PageParameters.limit],
      answers: [
        .json(
          "CustomerTimeline", .object(["entries": .rows(CustomerEntry.self), "next": .next]))
      ]
    ) { [models] call in
      let entries = try models.timeline(
        of: call[Self.customerID], tenant: call.tenant, before: call[PageParameters.before],
        limit: call[PageParameters.limit])
      return .object(["entries": .array(entries.rows), "next": entries.nextJSON])
    }
  }

  private var overview: Route {
    models.page(
      of: CaseBoard.self, "/tenants/{tenant}/cases",
      "The cases of a tenant, and the targets that run out next.", navigation: "Cases",
      permission: Self.permission, parameters: [Self.status, PageParameters.before]
    ) { call, tenant, database in
      try CasesPage(tenant: tenant, status: call[Self.status], before: call[PageParameters.before])
        .render(from: database)
    }
  }

  private var page: Route {
    models.page(
      of: CaseBoard.self, "/tenants/{tenant}/cases/{caseId}",
      "One case: facts, targets, messages, evidence, timeline.", permission: Self.permission,
      owner: owner, parameters: [Self.caseID]
    ) { call, tenant, database in
      try WholeCase(call[Self.caseID], tenant: tenant.id, from: database)?.page(tenant.id)
    }
  }

  private var customerPage: Route {
    .page(
      "/tenants/{tenant}/customers/{customerId}", "One customer: cases and timeline.",
      reads: [Tenants.name, CaseBoard.name, RefundQueue.name], permission: Self.permission,
      owner: Self.customerOfPath,
      parameters: [Self.customerID, PageParameters.before], answers: [.page, .page(.notFound)]
    ) { [models] call in
      let (tenant, customer) = (try models.tenant(of: call), call[Self.customerID])
      let cases = try models.read(CaseBoard.self) {
        try CaseBoard.cases(
          tenant: tenant.id, customer: customer, before: nil, limit: CustomerPage.pageLength,
          in: $0)
      }
      let entries = try models.timeline(
        of: customer, tenant: tenant.id, before: call[PageParameters.before],
        limit: CustomerPage.pageLength)
      if cases.rows.isEmpty && entries.rows.isEmpty {
        throw Problem.notFound("The tenant \(tenant.tenant) has no customer \(customer).")
      }
      let page = CustomerPage.render(
        customer, tenant: tenant.id, cases: cases.rows, entries: entries)
      return .page(tenant.withBanner(page))
    }
  }
}

/// A case with its messages, evidence, targets and timeline.
struct WholeCase {
  var row: CaseRow
  var description: String?
  var watchers: [String]
  var targets: [TargetRow]
  var messages: [MessageRow]
  var evidence: [EvidenceRow]
  var timeline: [TimelineRow]

  /// - Returns: `nil` if the tenant has no such case.
  init?(_ id: CaseID, tenant: TenantID, from database: Database) throws {
    guard let row = try CaseBoard.supportCase(id, tenant: tenant, in: database) else { return nil }
    self.row = row
    description = try CaseBoard.description(of: id, tenant: tenant, in: database)
    watchers = try CaseBoard.watchers(of: id, tenant: tenant, in: database)
    targets = try CaseBoard.targets(of: id, tenant: tenant, in: database)
    messages = try CaseBoard.messages(of: id, tenant: tenant, in: database)
    evidence = try CaseBoard.evidence(of: id, tenant: tenant, in: database)
    timeline = try Timeline.rows(of: id, tenant: tenant, in: database)
  }

  /// What a route answers: ``members`` and the refunds.
  static let shape = JSONShape.row(CaseRow.self).with(
    [
      "watchers": .list(.text), "sla": .rows(TargetRow.self), "messages": .rows(MessageRow.self),
      "evidence": .rows(EvidenceRow.self), "timeline": .rows(TimelineRow.self),
      "refunds": .rows(RefundRow.self),
    ], optional: ["description": .text])

  var members: [JSONValue.Member] {
    row.members + (description.map { [.init("description", .string($0))] } ?? []) + [
      .init("watchers", .array(watchers.map { .string($0) })), .init("sla", .array(targets)),
      .init("messages", .array(messages)), .init("evidence", .array(evidence)),
      .init("timeline", .array(timeline)),
    ]
  }
}
