// How the amount of a refund came about, by which payments it went back, and what happened to it.

import Domain
import Events

struct ExplainedRefund {
  private let events: [RecordedEvent]
  private let refund: Refund

  /// - Parameter events: of one refund, oldest first; at least one.
  init(_ events: [RecordedEvent]) throws {
    self.events = events
    let subject = events[0].event.subject
    guard case .refund(let refund) = try ReplayedAggregate(of: subject, folding: events) else {
      preconditionFailure("\(subject.stream) is no refund")
    }
    self.refund = refund
  }

  func report(_ id: RefundID) -> ExplanationReport {
    let header = refund.header
    return ExplanationReport(
      "refund", id.rawValue, of: events[0].tenant, in: header?.currency,
      title: "Refund \(id) of order \(header?.orderID.rawValue ?? "unknown"), in case "
        + (header?.caseID.rawValue ?? "unknown"),
      facts: [
        "status": .word(refund.status), "orderId": .text(header?.orderID),
        "caseId": .text(header?.caseID), "returnId": .text(header?.returnID),
        "customerId": .text(header?.customerID), "requested": .amount(refund.requestedAmount),
        "approved": .amount(refund.approvedAmount), "paid": .amount(refund.paidAmount),
        "reason": .text(refund.reason),
      ],
      sections: derivations + [legs, .course(events, in: header?.currency)])
  }

  /// What it gives back by each payment, and how that stands.
  private var legs: ExplanationReport.Section {
    ExplanationReport.Section(
      "legs", "What goes back by each payment",
      [
        "paymentId", "provider", "amount", "state", "attempt", "idempotencyKey",
        "settlementReference", "code", "reason",
      ],
      refund.legs.map { leg -> [ExplanationReport.Value] in
        // What a leg that was paid after all had failed for is in the course.
        let isPaid = leg.state == .settled
        return [
          .text(leg.paymentID), .text(leg.provider), .amount(leg.amount), .word(leg.state),
          .number(leg.attempt), .text(leg.idempotencyKey), .text(leg.settlementReference),
          .word(leg.state == .failed ? leg.code : nil), .text(isPaid ? nil : leg.reason),
        ]
      })
  }

  /// One table for the request and for each amendment.
  private var derivations: [ExplanationReport.Section?] {
    events.map { recorded in
      switch recorded.event {
      case .refund(.refundRequested(let event)):
        .derivation(
          Derivation(of: event), of: recorded, "requested by \(event.requestedBy): \(event.reason)")
      case .refund(.refundAmended(let event)):
        refund.currency.map { currency in
          .derivation(
            Derivation(of: event, in: currency), of: recorded,
            "amended by \(event.amendedBy): \(event.reason)")
        }
      default: nil
      }
    }
  }
}

extension ExplanationReport.Section {
  /// A table that a pocket calculator can check.
  static func derivation(
    _ derivation: Derivation, of recorded: RecordedEvent, _ title: String
  ) -> Self {
    Self(
      "derivation", "\(recorded.time) \(title)", at: recorded.position,
      ["what", "calculation", "rounding", "amount"],
      derivation.rows.map {
        [
          .text($0.what), .text($0.calculation.isEmpty ? nil : $0.calculation),
          .text($0.rounding.isEmpty ? nil : $0.rounding), .amount($0.amount),
        ]
      })
  }
}
