// What the events of a case say, in words.

import Domain
import EventSourcing
import Events

extension EventWords {
  /// `nil` for an event that says its reason and no more.
  func words(of event: CaseEvent) -> String? {
    switch event {
    case .caseOpened(let event):
      joined(
        event.title, event.type.rawValue, event.severity.rawValue,
        event.orderID.map { "about order \($0)" })
    case .caseAssigned(let event): "to \(event.owner)"
    case .caseStatusChanged(let event):
      joined("\(event.from.rawValue) to \(event.to.rawValue)", event.reason)
    case .caseSeverityChanged(let event): "\(event.from.rawValue) to \(event.to.rawValue)"
    case .caseResolved(let event): joined(event.resolution.rawValue, event.note)
    case .caseRefundRequested(let event): "refund \(event.refundID)"
    case .caseReturnRequested(let event): "return \(event.returnID)"
    case .caseHoldApplied(let event): "hold \(event.holdID)"
    case .caseHoldEnded(let event):
      "hold \(event.holdID) \(event.isExpired ? "expired" : "released")"
    case .chargebackOpened(let event):
      """
      \(event.chargebackID): \(Money(event.amount, event.currency)) of payment \
      \(event.paymentID), \(event.reason)
      """
    case .chargebackRepresented(let event):
      joined("\(event.chargebackID) with \(event.evidence.count) pieces of evidence", event.note)
    case .chargebackEnded(let event):
      joined("\(event.chargebackID) \(event.outcome.rawValue)", event.reference)
    case .messagePosted(let event):
      "\(event.messageID) by \(event.author) as \(event.authorRole.rawValue), "
        + "\(event.attachments.count) attachments"
    case .evidenceAttached(let event):
      "\(event.evidenceKey): \(event.bytes) bytes of \(event.mime), SHA-256 \(event.sha256)"
    case .contentHidden(let event): "\(event.contentID): \(event.reason)"
    case .contentRestored(let event): "\(event.contentID): \(event.reason)"
    case .depositCaptured(let event):
      "\(event.depositID): \(Money(event.amount, event.currency)), \(event.reference)"
    case .caseWatcherAdded(let event): "\(event.agentID)"
    case .caseWatcherRemoved(let event): "\(event.agentID)"
    case .slaClocksStarted(let event):
      "first response due \(event.firstResponseDueAt), resolution due \(event.resolutionDueAt)"
    case .slaClocksPaused(let event): event.status.rawValue
    case .slaClocksResumed(let event): due(event.firstResponseDueAt, event.resolutionDueAt)
    case .slaRetargeted(let event):
      joined(event.severity.rawValue, due(event.firstResponseDueAt, event.resolutionDueAt))
    case .slaFirstResponseMet(let event): "by message \(event.messageID)"
    case .slaBreached(let event):
      "\(event.targetKind.rawValue), due \(event.dueAt), \(event.targetMinutes) minutes"
    default: nil
    }
  }

  private func due(_ firstResponse: Timestamp?, _ resolution: Timestamp?) -> String {
    joined(
      firstResponse.map { "first response due \($0)" }, resolution.map { "resolution due \($0)" })
  }
}
