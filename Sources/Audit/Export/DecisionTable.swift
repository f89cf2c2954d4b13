// What was decided about money, one row each, in the order of positions: refunds and returns that
// were approved or turned down, store credit, and commands that a rule refused.

import Domain
import EventSourcing
import Events

/// The rows of `decisions.csv`.
struct DecisionTable {
  private static let columns = [
    "position", "time", "recordedTime", "decision", "subject", "actor", "amount", "currency",
    "command", "rule", "reason", "detail",
  ]

  /// What a decision says besides its place, time and actor.
  private struct Decision {
    var subject: String
    var amount: Int?
    var currency: String?
    var command = ""
    var rule = ""
    var reason = ""
    var detail = ""
  }

  private var rows: [[String]] = []

  /// - Parameter refunds: as they are after the event.
  mutating func add(_ header: EventHeader, _ event: Event, _ refunds: RefundTable) {
    guard let decision = decision(event, header.stream.rawValue, refunds) else { return }
    rows.append([
      "\(header.position)", "\(header.time)", "\(header.recordedTime)", header.type,
      decision.subject, "\(header.actor)", decision.amount.map { "\($0)" } ?? "",
      decision.currency ?? "", decision.command, decision.rule, decision.reason, decision.detail,
    ])
  }

  var csv: String { ([Self.columns] + rows).map(CommaSeparated.row).joined() }

  private func decision(_ event: Event, _ stream: String, _ refunds: RefundTable) -> Decision? {
    if case .refund(.refundApproved(let event)) = event {
      Decision(
        subject: stream, amount: event.approvedAmount, currency: event.currency.rawValue)
    } else if case .refund(.refundDenied(let event)) = event {
      Decision(
        subject: stream, amount: refunds[event.refundID]?.requestedAmount,
        currency: refunds[event.refundID]?.currency?.rawValue, reason: event.reason)
    } else if case .return(.returnApproved) = event {
      Decision(subject: stream)
    } else if case .return(.returnRejected(let event)) = event {
      Decision(subject: stream, reason: event.reason)
    } else if case .order(.storeCreditGranted(let event)) = event {
      Decision(
        subject: stream, amount: event.amount, currency: event.currency.rawValue,
        reason: event.reason)
    } else if case .command(.commandRejected(let event)) = event {
      Decision(
        subject: event.target ?? "", command: event.commandType, rule: event.rule,
        reason: event.reason, detail: event.detail)
    } else {
      nil
    }
  }
}
