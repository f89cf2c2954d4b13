// GET /v1/cases, of a customer, an order or a status, and /v1/cases/{id}: one with its targets,
// messages, evidence, refunds and timeline; /v1/sla: the targets at risk;
// /v1/customers/{id}/timeline. Messages are told as they were written, in Markdown; only pages
// render them.

import EventSourcing
import Events
import HTTP
import JSON
import Projecting
import Projections

extension ReadRoutes {
  func cases(_ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters(
      "tenant", "customer", "order", "status", "before", "limit", "minPosition")
    let tenant = try await tenant(of: request, in: CaseBoard.name)
    let filter = try CaseFilter(
      customerID: identifier("customer", of: request), orderID: identifier("order", of: request),
      status: status(of: request))
    let limit = try pageLength(of: request)
    let before = try number("before", of: request)
    let rows = try projections.read(CaseBoard.name) {
      try CaseBoard.cases(tenant: tenant, filter, before: before, limit: limit + 1, in: $0)
    }
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.position)) } : nil
    return .object([
      .init("cases", .array(page.map { .object($0.members) })), .init("next", next ?? .null),
    ])
  }

  private func status(of request: HTTPRequest) throws -> CaseStatus? {
    guard let text = request.queryValue("status") else { return nil }
    guard let status = CaseStatus(rawValue: text) else {
      throw Problem.badRequest(
        "status: \(text.prefix(60)) is no case status; use one of "
          + CaseStatus.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    return status
  }

  private func identifier<ID: Identifier>(
    _ name: String, of request: HTTPRequest
  ) throws -> ID? {
    guard let text = request.queryValue(name) else { return nil }
    guard let id = ID(text) else { throw Problem.badRequest("\(name): " + notAnID(text)) }
    return id
  }

  func supportCase(_ id: String, _ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "minPosition")
    let tenant = try await tenant(of: request, in: CaseBoard.name)
    guard let caseID = CaseID(id) else { throw Problem.badRequest(notAnID(id)) }
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
    guard let members else { throw Problem.notFound("The tenant \(tenant) has no case \(id).") }
    try await wait(for: request, tenant, in: RefundQueue.name)
    let refunds = try projections.read(RefundQueue.name) { database in
      try RefundQueue.refunds(ofCase: caseID, tenant: tenant, in: database)
    }
    return .object(members + [.init("refunds", .array(refunds.map { .object($0.members) }))])
  }

  /// The targets of cases that are worked on: what runs out next, or what was missed longest ago.
  func targetsAtRisk(_ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "state", "after", "limit", "minPosition")
    let tenant = try await tenant(of: request, in: CaseBoard.name)
    let state = request.queryValue("state") ?? "open"
    guard ["open", "breached"].contains(state) else {
      throw Problem.badRequest("state: \(state.prefix(60)) is neither open nor breached.")
    }
    let after = try request.queryValue("after").map { text in
      guard let time = Timestamp(text) else {
        throw Problem.badRequest(
          "after: \(text.prefix(60)) is no UTC time such as 2026-01-16T10:00:00Z.")
      }
      return time
    }
    let limit = try pageLength(of: request)
    let rows = try projections.read(CaseBoard.name) {
      try CaseBoard.targetsAtRisk(
        tenant: tenant, isBreached: state == "breached", after: after, limit: limit, in: $0)
    }
    return .object([.init("targets", .array(rows.map(\.json)))])
  }

  func customerTimeline(_ id: String, _ request: HTTPRequest) async throws -> JSONValue {
    try request.allowParameters("tenant", "before", "limit", "minPosition")
    let tenant = try await tenant(of: request, in: CaseBoard.name)
    guard let customer = CustomerID(id) else { throw Problem.badRequest(notAnID(id)) }
    try await wait(for: request, tenant, in: RefundQueue.name)
    let limit = try pageLength(of: request)
    let entries = try timeline(
      of: customer, tenant, before: number("before", of: request), limit: limit + 1)
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
