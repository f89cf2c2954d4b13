// The course of a case: what happened, how it stands to its targets, and what belongs to it.

import Domain
import EventSourcing
import Events

extension Explainer {
  func explain(_ id: CaseID) throws -> ExplanationReport {
    let events = try events(of: .supportCase(id), "case \(id)")
    let parts = CaseParts(of: events)
    return try ExplainedCase(
      events, parts: parts, streams: streams.events(of: parts.subjects)
    ).report(id)
  }
}

/// What belongs to a case, in the order in which it began.
private struct CaseParts {
  var refunds: [RefundID] = []
  var returns: [ReturnID] = []
  var holds: [HoldID] = []

  init(of events: [RecordedEvent]) {
    for recorded in events {
      switch recorded.event {
      case .supportCase(.caseRefundRequested(let event)): refunds.append(event.refundID)
      case .supportCase(.caseReturnRequested(let event)): returns.append(event.returnID)
      case .supportCase(.caseHoldApplied(let event)): holds.append(event.holdID)
      default: break
      }
    }
  }

  /// Their streams, and the tenant's for the calendars of the targets.
  var subjects: Set<Subject> {
    Set([.tenant])
      .union(refunds.map(Subject.refund)).union(returns.map(Subject.return))
      .union(holds.map(Subject.hold))
  }
}

private struct ExplainedCase {
  private let events: [RecordedEvent]
  private let parts: CaseParts
  private let streams: [Subject: [RecordedEvent]]
  private let state: SupportCase

  init(
    _ events: [RecordedEvent], parts: CaseParts, streams: [Subject: [RecordedEvent]]
  ) throws {
    (self.events, self.parts, self.streams) = (events, parts, streams)
    let subject = events[0].event.subject
    guard case .supportCase(let state) = try ReplayedAggregate(of: subject, folding: events) else {
      preconditionFailure("\(subject.stream) is no case")
    }
    self.state = state
  }

  func report(_ id: CaseID) throws -> ExplanationReport {
    let refunds = try parts.refunds.map(refund)
    let returns = try parts.returns.map(`return`)
    let chargebacks = chargebacks
    let currency =
      refunds.lazy.compactMap(\.currency).first ?? returns.lazy.compactMap { $0.header?.currency }
      .first ?? chargebacks.first?.currency
    let targets = CaseTargets(
      state, of: events, calendars: streams[.tenant]?.calendars ?? [])
    return ExplanationReport(
      "case", id.rawValue, of: events[0].tenant, in: currency,
      title: "Case \(id) of customer \(state.customerID?.rawValue ?? "unknown")",
      facts: [
        "status": .word(state.status), "severity": .word(state.severity),
        "owner": .text(state.owner), "customerId": .text(state.customerID),
        "orderId": .text(state.orderID), "type": .word(state.header?.type),
        "openedAt": .time(events[0].time), "resolvedAt": .time(state.resolvedAt),
        "messages": .number(state.messageIDs.count), "evidence": .number(state.evidence.count),
      ],
      sections: [
        .course(events, in: currency), targets.summary, targets.intervals,
        section(
          "refunds", "Refunds", ["refundId", "status", "requested", "approved"],
          zip(parts.refunds, refunds).map { id, refund in
            [
              .text(id), .word(refund.status), .amount(refund.requestedAmount),
              .amount(refund.approvedAmount),
            ]
          }),
        section(
          "returns", "Returns", ["returnId", "status", "finalRefund"],
          zip(parts.returns, returns).map { id, state in
            [.text(id), .word(state.status), .amount(state.finalRefund?.amount)]
          }),
        section(
          "holds", "Payout holds", ["holdId", "status", "amount", "expiresAt"],
          try parts.holds.map { id in
            let hold = try hold(id)
            return [
              .text(id), .word(hold.status), .amount(hold.header?.amount),
              .time(hold.header?.expiresAt),
            ]
          }),
        section(
          "chargebacks", "Chargebacks",
          ["chargebackId", "status", "paymentId", "amount", "covered"],
          chargebacks.map { event in
            [
              .text(event.chargebackID), .word(state.chargebacks[event.chargebackID]?.status),
              .text(event.paymentID), .amount(event.amount), .amount(event.covered),
            ]
          }),
      ])
  }

  private func section(
    _ name: String, _ title: String, _ columns: [String], _ rows: [[ExplanationReport.Value]]
  ) -> ExplanationReport.Section {
    ExplanationReport.Section(name, title, columns, rows)
  }

  private func aggregate(of subject: Subject) throws -> ReplayedAggregate {
    try ReplayedAggregate(of: subject, folding: streams[subject] ?? [])
  }

  private func refund(_ id: RefundID) throws -> Refund {
    if case .refund(let state) = try aggregate(of: .refund(id)) { state } else { Refund() }
  }

  private func `return`(_ id: ReturnID) throws -> Return {
    if case .return(let state) = try aggregate(of: .return(id)) { state } else { Return() }
  }

  private func hold(_ id: HoldID) throws -> PayoutHold {
    if case .hold(let state) = try aggregate(of: .hold(id)) { state } else { PayoutHold() }
  }

  private var chargebacks: [ChargebackOpened] {
    events.compactMap {
      if case .supportCase(.chargebackOpened(let event)) = $0.event { event } else { nil }
    }
  }
}

extension [RecordedEvent] {
  /// Every version of every calendar of business hours.
  fileprivate var calendars: [SlaCalendarDefined] {
    compactMap {
      if case .tenant(.slaCalendarDefined(let event)) = $0.event { event } else { nil }
    }
  }
}
