// What the events of a return say, in words.

import Domain
import Events

extension EventWords {
  /// `nil` for an event that says its reason and no more.
  func words(of event: ReturnEvent) -> String? {
    switch event {
    case .returnRequested(let event):
      """
      \(event.lines.map { "\($0.quantity) of line \($0.lineID)" }.joined(separator: ", ")), worth \
      \(money(event.estimatedRefund.amount)), under policy \(event.policy.policyID) version \
      \(event.policy.version)
      """
    case .returnApproved(let event):
      joined(event.expiresAt.map { "to be shipped by \($0)" }, event.note)
    case .returnExpired(let event): "not shipped by \(event.expiresAt)"
    case .returnShipped(let event): joined(event.carrier, event.trackingNumber)
    case .returnLinesReceived(let event):
      event.lines.map { "\($0.quantity) of line \($0.lineID) \($0.reception.rawValue)" }
        .joined(separator: ", ")
    case .returnLinesInspected(let event):
      event.lines.map { "\($0.quantity) of line \($0.lineID) \($0.acceptance.rawValue)" }
        .joined(separator: ", ")
    case .returnInspected(let event): "worth \(money(event.finalRefund.amount))"
    case .returnCompleted(let event):
      joined(
        "\(event.resolution.rawValue) of \(money(event.finalRefund.amount))", event.note)
    case .returnRefundRequested(let event):
      "refund \(event.refundID) of \(Money(event.amount, event.currency))"
    case .returnRefundWithdrawn(let event): "refund \(event.refundID)"
    default: nil
    }
  }
}
