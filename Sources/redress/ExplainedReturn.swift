// The amounts of a return as its events record them: the policy's decision on each line, the
// estimate, the inspection's result and the final amount.

import Domain
import EventSourcing
import Events

struct ExplainedReturn {
  private(set) var text = ""
  private var titles: [LineID: String] = [:]
  private var currency: CurrencyCode?

  /// - Parameter events: of one return, oldest first.
  init(_ events: [RecordedEvent]) {
    text = events.map { words(of: $0) }.joined(separator: "\n")
  }

  private mutating func words(of recorded: RecordedEvent) -> String {
    let time = recorded.time
    switch recorded.event {
    case .return(.returnRequested(let event)):
      currency = event.currency
      for line in event.lines { titles[line.lineID] = line.title }
      return """
        Return \(event.returnID) of order \(event.orderID), in case \(event.caseID)
        \(time) requested by \(event.submittedBy) under \(event.policy.policyID), version \
        \(event.policy.version), SHA-256 \(event.policy.sha256)
        \(event.lines.map(decision).joined(separator: "\n"))

        \(table(event.estimatedRefund))

        """
    case .return(.returnLinesReceived(let event)):
      let lines = event.lines.map { "\($0.quantity) of line \($0.lineID) \($0.reception.rawValue)" }
      return "\(time) came: \(lines.joined(separator: ", "))"
    case .return(.returnLinesInspected(let event)):
      let lines = event.lines.map {
        "\($0.quantity) of line \($0.lineID) \($0.acceptance.rawValue)"
      }
      return "\(time) inspected: \(lines.joined(separator: ", "))"
    case .return(.returnInspected(let event)):
      return "\(time) the inspection is complete\n\n\(table(event.finalRefund))\n"
    case .return(.returnCompleted(let event)):
      let amount = Money(event.finalRefund.amount, currency ?? CurrencyCode(unchecked: "XXX"))
      return "\(time) completed with \(amount), \(event.resolution.rawValue), by \(recorded.actor)"
    default: return "\(time) \(recorded.event.type) by \(recorded.actor)"
    }
  }

  private func decision(_ line: ReturnLine) -> String {
    let by = line.decision.ruleID.map { "rule \($0)" } ?? "the default action"
    let unknown = line.decision.unknown.map(\.rawValue)
    return "  \(line.quantity) of line \(line.lineID), \(line.reason.code): \(by)"
      + (unknown.isEmpty ? "" : ", without knowing \(unknown.joined(separator: ", "))")
  }

  private func table(_ amount: ReturnAmount) -> String {
    guard let currency else { return "" }
    return Derivation(of: amount, titles: titles, in: currency).description
  }
}
