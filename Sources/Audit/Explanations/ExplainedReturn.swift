// How the amounts of a return came about: the policy's decision on each line, the estimate, the
// inspection's result and the final amount, and what happened to it.

import Domain
import EventSourcing
import Events

extension Explainer {
  func explain(_ id: ReturnID) throws -> ExplanationReport {
    let events = try events(of: .return(id), "return \(id)")
    // The return names its policy by hash; what the policy says is in the tenant's own history.
    let policies = try streams.events(of: [.tenant])[.tenant]?.policies
    return try ExplainedReturn(events, policies: policies ?? []).report(id)
  }
}

struct ExplainedReturn {
  private let events: [RecordedEvent]
  private let policies: [Policy]
  private let state: Return
  private let titles: [LineID: String]

  /// - Parameters:
  ///   - events: of one return, oldest first; at least one.
  ///   - policies: every version of every policy that the tenant defined.
  init(_ events: [RecordedEvent], policies: [Policy]) throws {
    self.events = events
    self.policies = policies
    let subject = events[0].event.subject
    guard case .return(let state) = try ReplayedAggregate(of: subject, folding: events) else {
      preconditionFailure("\(subject.stream) is no return")
    }
    self.state = state
    guard case .return(.returnRequested(let requested)) = events[0].event else {
      throw ExplanationError.inconsistent(
        stream: subject.stream, reason: "it does not begin with a request")
    }
    titles = Dictionary(
      requested.lines.map { ($0.lineID, $0.title) }, uniquingKeysWith: { first, _ in first })
  }

  func report(_ id: ReturnID) -> ExplanationReport {
    let header = state.header
    return ExplanationReport(
      "return", id.rawValue, of: events[0].tenant, in: header?.currency,
      title: "Return \(id) of order \(header?.orderID.rawValue ?? "unknown"), in case "
        + (header?.caseID.rawValue ?? "unknown"),
      facts: [
        "status": .word(state.status), "orderId": .text(header?.orderID),
        "caseId": .text(header?.caseID), "customerId": .text(header?.customerID),
        "method": .word(header?.method), "policyId": .text(header?.policy.policyID),
        "policyVersion": .number(header?.policy.version),
        "policySha256": .text(header?.policy.sha256), "money": .text(state.money.words),
        "finalRefund": .amount(state.finalRefund?.amount),
      ],
      sections: events.flatMap(sections) + [units, .course(events, in: header?.currency)])
  }

  private func sections(of recorded: RecordedEvent) -> [ExplanationReport.Section?] {
    switch recorded.event {
    case .return(.returnRequested(let event)):
      event.lines.map { decision($0, under: event.policy, of: recorded) }
        + [derivation(event.estimatedRefund, of: recorded, "the estimate")]
    case .return(.returnInspected(let event)):
      [derivation(event.finalRefund, of: recorded, "the result of the inspection")]
    case .return(.returnCompleted(let event)):
      event.finalRefund == state.finalRefund && isInspected
        ? [] : [derivation(event.finalRefund, of: recorded, "completed without an inspection")]
    default: []
    }
  }

  private var isInspected: Bool {
    events.contains { if case .return(.returnInspected) = $0.event { true } else { false } }
  }

  private func derivation(
    _ amount: ReturnAmount, of recorded: RecordedEvent, _ title: String
  ) -> ExplanationReport.Section? {
    state.header.map { header in
      .derivation(
        Derivation(of: amount, titles: titles, in: header.currency), of: recorded, title)
    }
  }

  private var units: ExplanationReport.Section {
    ExplanationReport.Section(
      "units", "What came and what was accepted",
      ["lineId", "announced", "reception", "received", "acceptance", "accepted"],
      state.lines.map { line in
        [
          .text(line.lineID), .number(line.quantity), .word(line.reception),
          .number(line.receivedQuantity), .word(line.acceptance), .number(line.acceptedQuantity),
        ]
      })
  }

  /// Which rule decided on a line, and why those before it did not: the first match wins.
  private func decision(
    _ line: ReturnLine, under reference: PolicyReference, of recorded: RecordedEvent
  ) -> ExplanationReport.Section {
    .policy(of: line, of: recorded, under: reference, in: state.header?.currency) { trials in
      if let policy = policies.first(where: { $0.reference == reference }) {
        trials.add(policy)
      } else {
        trials.addUnknown(line.decision)
      }
    }
  }
}

extension Return.Money {
  fileprivate var words: String {
    switch self {
    case .notDue: "not due"
    case .refund(let id): "refund \(id)"
    case .storeCredit: "store credit"
    }
  }
}
