// What a case's timeline says of each event of the case.

import EventSourcing
import Events

/// The case that an event belongs to, and a few words about it.
struct TimelineLine {
  var caseID: CaseID
  var note: String?

  /// - Returns: `nil` for an event of no case.
  init?(_ event: Event) {
    switch event {
    case .caseOpened(let event): self.init(event.caseID, event.title)
    case .caseAssigned(let event): self.init(event.caseID, "to \(event.owner)")
    case .caseStatusChanged(let event):
      self.init(
        event.caseID,
        ([event.to.rawValue] + [event.reason].compactMap(\.self)).joined(separator: ": "))
    case .caseSeverityChanged(let event): self.init(event.caseID, event.to.rawValue)
    case .caseRefundRequested(let event): self.init(event.caseID, event.refundID.rawValue)
    case .caseReturnRequested(let event): self.init(event.caseID, event.returnID.rawValue)
    case .caseResolved(let event):
      self.init(event.caseID, event.note ?? event.resolution.rawValue)
    case .caseReopened(let event): self.init(event.caseID, event.reason)
    case .caseClosed(let event): self.init(event.caseID, nil)
    case .caseHoldApplied(let event): self.init(event.caseID, event.holdID.rawValue)
    case .caseHoldEnded(let event):
      self.init(event.caseID, "\(event.holdID) \(event.isExpired ? "expired" : "released")")
    default: self.init(record: event)
    }
  }

  private init?(record event: Event) {
    switch event {
    case .storeCreditGranted(let event):
      self.init(event.caseID, "\(money(event.amount, event.currency.rawValue)), \(event.reason)")
    case .chargebackOpened(let event):
      self.init(
        event.caseID,
        "\(event.chargebackID): \(money(event.amount, event.currency.rawValue)), \(event.reason)")
    case .chargebackRepresented(let event):
      self.init(
        event.caseID, "\(event.chargebackID), pieces of evidence: \(event.evidence.count)")
    case .chargebackEnded(let event):
      self.init(event.caseID, "\(event.chargebackID) \(event.outcome.rawValue)")
    case .messagePosted(let event):
      self.init(event.caseID, "\(event.author) as \(event.authorRole.rawValue)")
    case .evidenceAttached(let event):
      self.init(
        event.caseID, "\(event.evidenceKey): \(grouped(event.bytes)) bytes of \(event.mime)")
    case .contentHidden(let event): self.init(event.caseID, "\(event.contentID): \(event.reason)")
    case .contentRestored(let event):
      self.init(event.caseID, "\(event.contentID): \(event.reason)")
    case .depositCaptured(let event):
      self.init(
        event.caseID,
        "\(event.depositID): \(money(event.amount, event.currency.rawValue)), \(event.reference)")
    case .caseWatcherAdded(let event): self.init(event.caseID, event.agentID.rawValue)
    case .caseWatcherRemoved(let event): self.init(event.caseID, event.agentID.rawValue)
    default: return nil
    }
  }

  private init(_ caseID: CaseID, _ note: String?) {
    self.caseID = caseID
    self.note = note
  }
}
