// Pages that explain how an amount or an outcome came about, by the same reports as `redress
// explain`, from the log alone. What must hold: only durable events are explained.

import Audit
import EventLog
import EventSourcing
import Events
import Routing

struct ExplanationRoutes: Sendable {
  var log: EventLog

  private static let refundID = Parameter.path("refundId", as: RefundID.self)
  private static let returnID = Parameter.path("returnId", as: ReturnID.self)
  private static let orderID = Parameter.path("orderId", as: OrderID.self)
  private static let caseID = Parameter.path("caseId", as: CaseID.self)
  private static let chargebackID = Parameter.path("chargebackId", as: ChargebackID.self)
  private static let position = Parameter<Position>(
    ParameterDeclaration(
      "position", in: .path, form: .wholeNumber(0...UInt64.max), expectation: "a position from 0")
  ) { $0.first.flatMap { UInt64($0) }.map { Position($0) } }

  var routes: [Route] {
    [
      page("refund/{refundId}", "How a refund came about.", .readRefunds, [Self.refundID]) {
        .refund($0[Self.refundID])
      },
      page("return/{returnId}", "How a return came about.", .readReturns, [Self.returnID]) {
        .return($0[Self.returnID])
      },
      page(
        "policy/{returnId}", "What a policy decided on a return, and why.", .readReturns,
        [Self.returnID]
      ) { .policy(of: [.return($0[Self.returnID])]) },
      page("order/{orderId}", "How an order's balance came about.", .readOrders, [Self.orderID]) {
        .order($0[Self.orderID])
      },
      page("case/{caseId}", "The course of a case.", .readCases, [Self.caseID]) {
        .supportCase($0[Self.caseID])
      },
      page(
        "case/{caseId}/chargeback/{chargebackId}", "How a chargeback came about.", .readCases,
        [Self.caseID, Self.chargebackID]
      ) { .chargeback($0[Self.chargebackID], $0[Self.caseID]) },
      page(
        "position/{position}", "One event: who, when, by which command, what it changed.",
        .readEvents, [Self.position]
      ) { .event($0[Self.position]) },
    ]
  }

  private static let shape = JSONShape.object([
    "kind": .text, "id": .text, "tenant": .text, "currency": .nullable(.text), "title": .text,
    "facts": .map(.any),
    "sections": .list(
      .object([
        "name": .text, "title": .text, "position": .nullable(.wholeNumber),
        "rows": .list(.map(.any)),
      ])),
  ])

  private func page(
    _ path: String, _ summary: String, _ permission: RoutePermission,
    _ parameters: [any DeclaredParameter],
    subject: @escaping @Sendable (Call) -> ExplainedSubject
  ) -> Route {
    .page(
      PathTemplate("/tenants/{tenant}/explain/\(path)"), summary, reads: [],
      permission: permission, parameters: parameters + [PageFormat.parameter],
      answers: [.page, .json("Explanation", Self.shape)]
    ) { call in
      let streams = try LogStreams(of: call.tenant, in: log)
      let report: ExplanationReport
      do {
        report = try Explainer(streams).explain(subject(call))
      } catch ExplanationError.notFound(let what) {
        throw Problem.notFound("The tenant \(call.tenant) has no \(what).")
      }
      switch PageFormat(of: call) {
      case .json: return .json(report.json)
      case .html: return .page(report.page)
      }
    }
  }
}

/// The streams of one tenant as a running service has them, all of one moment.
private struct LogStreams: RecordedStreams {
  private let log: EventLog
  private let tenant: TenantID
  /// Events from here on are left out.
  private let end: Position

  init(of tenant: TenantID, in log: EventLog) throws {
    (self.log, self.tenant) = (log, tenant)
    end = log.durableEnd(of: tenant)
    try log.waitForIndex(of: tenant, upTo: end)
  }

  func events(of subjects: Set<Subject>) throws -> [Subject: [RecordedEvent]] {
    var events: [Subject: [RecordedEvent]] = [:]
    for subject in subjects {
      var found: [RecordedEvent] = []
      try log.readStream(subject.stream, in: tenant) { _, position, line in
        if position < end { found.append(try RecordedEvent(line: line)) }
      }
      events[subject] = found
    }
    return events
  }

  func commit(at position: Position) throws -> [RecordedEvent] {
    guard position < end else { return [] }
    var events: [RecordedEvent] = []
    try log.readCommit(at: position, in: tenant) { events.append(try RecordedEvent(line: $1)) }
    return events
  }
}
