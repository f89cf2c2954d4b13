// GET /v1/cases, of a customer, an order or a status, and /v1/cases/{id}: one with its targets,
// messages, evidence, refunds and timeline; /v1/sla: the targets at risk;
// /v1/customers/{id}/timeline. Messages are told as they were written, in Markdown; only pages
// render them.

import EventSourcing
import Events
import JSON
import Projecting
import Projections
import Routing

extension ReadRoutes {
  var caseRoutes: [Route] {
    [
      read(
        "/v1/cases", "Cases, newest first.", [CaseBoard.name], "Cases",
        [Self.customer, Self.order, Self.caseStatus, pageBefore, pageLimit], cases),
      read(
        "/v1/cases/{caseId}", "One case.", [CaseBoard.name, RefundQueue.name], "Case",
        [Self.caseID], supportCase),
      read(
        "/v1/sla", "Targets at risk.", [CaseBoard.name], "Targets",
        [Self.state, Self.after, pageLimit], targetsAtRisk),
      read(
        "/v1/customers/{customerId}/timeline", "A customer's timeline.",
        [CaseBoard.name, RefundQueue.name], "Timeline",
        [Self.customerID, pageBefore, pageLimit], customerTimeline),
    ]
  }

  static let caseID = Parameter.path("caseId", as: CaseID.self)
  static let customerID = Parameter.path("customerId", as: CustomerID.self)
  static let caseStatus = Parameter.choice("status", of: CaseStatus.self)
  private static let customer = Parameter.identifier("customer", as: CustomerID.self)
  private static let order = Parameter.identifier("order", as: OrderID.self)
  private static let state = Parameter.choice(
    "state", of: ["open", "breached"], default: "open")
  private static let after = Parameter.time("after")

  func cases(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let filter = CaseFilter(
      customerID: call[Self.customer], orderID: call[Self.order], status: call[Self.caseStatus])
    let limit = call[pageLimit]
    let before = call[pageBefore]
    let rows = try projections.read(CaseBoard.name) {
      try CaseBoard.cases(tenant: tenant, filter, before: before, limit: limit + 1, in: $0)
    }
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.position)) } : nil
    return .object([
      .init("cases", .array(page.map { .object($0.members) })), .init("next", next ?? .null),
    ])
  }

  func supportCase(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let caseID = call[Self.caseID]
    let members = try projections.read(CaseBoard.name) { database -> [JSONValue.Member]? in
      guard let row = try CaseBoard.supportCase(caseID, tenant: tenant, in: database) else {
        return nil
      }
      let description = try CaseBoard.description(of: caseID, tenant: tenant, in: database)
      let watchers = try CaseBoard.watchers(of: caseID, tenant: tenant, in: database)
      let targets = try CaseBoard.targets(of: caseID, tenant: tenant, in: database)
      let messages = try CaseBoard.messages(of: caseID, tenant: tenant, in: database)
      let evidence = try CaseBoard.evidence(of: caseID, tenant: tenant, in: database)
      let timeline = try CaseBoard.timeline(of: caseID, tenant: tenant, in: database)
      return row.members + fields(("description", description.map { .string($0) })) + [
        .init("watchers", .array(watchers.map { .string($0) })),
        .init("sla", .array(targets.map(\.json))),
        .init("messages", .array(messages.map(\.json))),
        .init("evidence", .array(evidence.map(\.json))),
        .init("timeline", .array(timeline.map(\.json))),
      ]
    }
    guard let members else { throw Problem.notFound("The tenant \(tenant) has no case \(caseID).") }
    let refunds = try projections.read(RefundQueue.name) { database in
      try RefundQueue.refunds(ofCase: caseID, tenant: tenant, in: database)
    }
    return .object(members + [.init("refunds", .array(refunds.map { .object($0.members) }))])
  }

  /// The targets of cases that are worked on: what runs out next, or what was missed longest ago.
  func targetsAtRisk(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let state = call[Self.state]
    let after = call[Self.after]
    let limit = call[pageLimit]
    let rows = try projections.read(CaseBoard.name) {
      try CaseBoard.targetsAtRisk(
        tenant: tenant, isBreached: state == "breached", after: after, limit: limit, in: $0)
    }
    return .object([.init("targets", .array(rows.map(\.json)))])
  }

  func customerTimeline(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let customer = call[Self.customerID]
    let limit = call[pageLimit]
    let entries = try timeline(
      of: customer, tenant, before: call[pageBefore], limit: limit + 1)
    let next = entries.count > limit ? entries[limit - 1].entry.position : nil
    return .object([
      .init("entries", .array(entries.prefix(limit).map(\.json))),
      .init("next", next.map { .integer(Int64($0)) } ?? .null),
    ])
  }

  /// What the read models tell of a customer, newest first.
  func timeline(
    of customer: CustomerID, _ tenant: TenantID, before: Int?, limit: Int
  ) throws -> [CustomerEntry] {
    let cases = try projections.read(CaseBoard.name) {
      try CaseBoard.timeline(
        ofCustomer: customer, tenant: tenant, before: before, limit: limit, in: $0)
    }
    let refunds = try projections.read(RefundQueue.name) {
      try RefundQueue.timeline(
        ofCustomer: customer, tenant: tenant, before: before, limit: limit, in: $0)
    }
    return .merged(cases, refunds, limit: limit)
  }
}
