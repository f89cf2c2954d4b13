// How a policy decided on a return (P1, V2), and whether it also approved the return and its refund
// (R5). What must hold: what matched is what the events record; the conditions are shown as the
// decision tried them, up to the first that did not hold.

import Domain
import EventSourcing
import Events

extension Explainer {
  /// - Parameter candidates: a return, a refund of a return, or one of each where only one exists.
  func explainPolicy(of candidates: Set<Subject>) throws -> ExplanationReport {
    let found = try streams.events(of: candidates).filter { !$0.value.isEmpty }
    let names = candidates.map(\.stream.rawValue).sorted()
    guard let (subject, events) = found.first else {
      throw ExplanationError.notFound(names.joined(separator: " and no "))
    }
    guard found.count == 1 else { throw ExplanationError.ambiguous(names) }
    if case .refund(let id) = subject {
      let refund = try ReplayedAggregate(of: subject, folding: events)
      guard case .refund(let state) = refund, let returnID = state.header?.returnID else {
        throw ExplanationError.notFound(
          "policy decision on refund \(id): it is of no return, and policies decide on returns")
      }
      return try explainPolicy(
        of: returnID, self.events(of: .return(returnID), "return \(returnID)"))
    }
    guard case .return(let id) = subject else {
      preconditionFailure("\(subject.stream) is neither a return nor a refund")
    }
    return try explainPolicy(of: id, events)
  }

  private func explainPolicy(
    of id: ReturnID, _ events: [RecordedEvent]
  ) throws -> ExplanationReport {
    let refunds = events.compactMap { recorded -> Subject? in
      guard case .return(.returnRefundRequested(let event)) = recorded.event else { return nil }
      return .refund(event.refundID)
    }
    let streams = try streams.events(of: Set(refunds + [.tenant]))
    let ofRefunds = refunds.flatMap { streams[$0] ?? [] }
    return try ExplainedPolicy(
      events, ofRefunds: ofRefunds, policies: (streams[.tenant] ?? []).policies
    ).report(id)
  }
}

extension [RecordedEvent] {
  /// Every version of every policy that a tenant defined.
  var policies: [Policy] {
    compactMap {
      if case .tenant(.policyDefined(let event)) = $0.event { event.policy } else { nil }
    }
  }
}

private struct ExplainedPolicy {
  private let events: [RecordedEvent]
  private let refundEvents: [RecordedEvent]
  private let recorded: RecordedEvent
  private let request: ReturnRequested
  /// The policy as it was defined; `nil` where the history has no definition of it.
  private let policy: Policy?

  /// - Parameters:
  ///   - events: of one return, oldest first; at least one.
  ///   - refundEvents: of the return's refunds.
  init(
    _ events: [RecordedEvent], ofRefunds refundEvents: [RecordedEvent], policies: [Policy]
  ) throws {
    guard case .return(.returnRequested(let request)) = events[0].event else {
      throw ExplanationError.inconsistent(
        stream: events[0].stream, reason: "it does not begin with a request")
    }
    (self.events, self.refundEvents, recorded, self.request) = (
      events, refundEvents, events[0], request
    )
    policy = policies.first { $0.reference == request.policy }
  }

  func report(_ id: ReturnID) -> ExplanationReport {
    let reference = request.policy
    return ExplanationReport(
      "policy", id.rawValue, of: recorded.tenant, in: request.currency,
      title: "Policy \(reference.policyID) version \(reference.version) on return \(id) of order "
        + "\(request.orderID)",
      facts: [
        "policyId": .text(reference.policyID), "policyName": .text(policy?.name),
        "policyVersion": .number(reference.version), "policySha256": .text(reference.sha256),
        "returnId": .text(id), "orderId": .text(request.orderID),
        "requestedBy": .text(request.submittedBy), "requestedOn": .text(request.requestedOn),
        "position": .number(Int(recorded.position.value)), "decidedAt": .time(recorded.time),
        "approvesWithoutPerson": .flag(request.autoApprove),
      ],
      sections: request.lines.map(trials) + [actions, approvals, course])
  }

  /// Each rule in its order, with all of its conditions.
  private func trials(of line: ReturnLine) -> ExplanationReport.Section {
    .policy(of: line, of: recorded, under: request.policy, in: request.currency) { trials in
      if let policy {
        trials.addWithAllConditions(policy)
      } else {
        trials.addUnknown(line.decision)
      }
    }
  }

  /// The action that followed for each line.
  private var actions: ExplanationReport.Section {
    ExplanationReport.Section(
      "actions", "What the policy says of each line", at: recorded.position,
      [
        "lineId", "rule", "eligible", "restockingFeeBasisPoints", "shippingFee", "returnMethod",
        "autoApprove",
      ],
      request.lines.map { line in
        let action = line.decision.action
        return [
          .text(line.lineID), .text(line.decision.ruleID?.rawValue ?? "default action"),
          .flag(action.eligible), .number(action.restockingFee.map { Int($0) }),
          .amount(action.shippingFee), .word(action.returnMethod),
          .flag(action.autoApprove == true),
        ]
      })
  }

  /// Who approved the return and its refunds: the policy, where the approver is no person (R5).
  private var approvals: ExplanationReport.Section {
    ExplanationReport.Section(
      "approvals",
      request.autoApprove
        ? "Approval: the policy approves every line, so that no person has to"
        : "Approval: the policy does not approve every line, so that a person has to",
      ["what", "result", "by", "position", "amount", "limit"],
      (events + refundEvents).compactMap(approval))
  }

  private func approval(_ recorded: RecordedEvent) -> [ExplanationReport.Value]? {
    func row(
      _ result: String, _ actor: Actor, _ amount: Int? = nil, limit: Int? = nil
    ) -> [ExplanationReport.Value] {
      [
        .text(recorded.stream.rawValue), .text(result), .text(actor),
        .number(Int(recorded.position.value)), .amount(amount), .amount(limit),
      ]
    }
    switch recorded.event {
    case .return(.returnApproved(let event)):
      return row("approved by \(event.approvedBy.approving)", event.approvedBy)
    case .return(.returnRejected(let event)): return row("rejected", event.rejectedBy)
    case .refund(.refundApproved(let event)):
      return row(
        "approved by \(event.approvedBy.approving)", event.approvedBy, event.approvedAmount,
        limit: event.facts.approverLimit)
    case .refund(.refundDenied(let event)): return row("denied", event.deniedBy)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      return nil
    }
  }

  private var course: ExplanationReport.Section {
    .course(
      (events + refundEvents).sorted { $0.position < $1.position }, in: request.currency)
  }
}

extension Actor {
  /// R5: an actor that is no person approves by policy.
  fileprivate var approving: String {
    switch kind {
    case .service, .system: "policy"
    case .agent, .customer: "a person"
    }
  }
}
