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
    case .legalHoldPlaced(let event): self.init(event.caseID, event.reason)
    case .legalHoldReleased(let event): self.init(event.caseID, event.reason)
    case .caseWatcherAdded(let event): self.init(event.caseID, event.agentID.rawValue)
    case .caseWatcherRemoved(let event): self.init(event.caseID, event.agentID.rawValue)
    default: self.init(clocks: event)
    }
  }

  private init?(clocks event: Event) {
    switch event {
    case .slaClocksStarted(let event):
      self.init(
        event.caseID,
        "answer by \(event.firstResponseDueAt), resolve by \(event.resolutionDueAt); calendar "
          + "\(event.calendarID) version \(event.calendarVersion)")
    case .slaClocksPaused(let event): self.init(event.caseID, event.status.rawValue)
    case .slaClocksResumed(let event):
      self.init(event.caseID, Self.due(event.firstResponseDueAt, event.resolutionDueAt))
    case .slaRetargeted(let event):
      self.init(
        event.caseID,
        "\(event.severity.rawValue): \(Self.due(event.firstResponseDueAt, event.resolutionDueAt))")
    case .slaFirstResponseMet(let event): self.init(event.caseID, "\(event.messageID)")
    case .slaBreached(let event):
      self.init(
        event.caseID,
        "\(event.targetKind.rawValue): \(event.targetMinutes) minutes of calendar \(event.calendarID) "
          + "version \(event.calendarVersion) ran out at \(event.dueAt)")
    default: return nil
    }
  }

  private static func due(_ firstResponse: Timestamp?, _ resolution: Timestamp?) -> String {
    let parts = [
      firstResponse.map { "answer by \($0)" }, resolution.map { "resolve by \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  private init(_ caseID: CaseID, _ note: String?) {
    self.caseID = caseID
    self.note = note
  }
}
