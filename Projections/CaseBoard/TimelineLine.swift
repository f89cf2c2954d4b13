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
    case .supportCase(.caseOpened(let event)): self.init(event.caseID, event.title)
    case .supportCase(.caseAssigned(let event)): self.init(event.caseID, "to \(event.owner)")
    case .supportCase(.caseStatusChanged(let event)):
      self.init(
        event.caseID,
        ([event.to.rawValue] + [event.reason].compactMap(\.self)).joined(separator: ": "))
    case .supportCase(.caseSeverityChanged(let event)): self.init(event.caseID, event.to.rawValue)
    case .supportCase(.caseRefundRequested(let event)):
      self.init(event.caseID, event.refundID.rawValue)
    case .supportCase(.caseReturnRequested(let event)):
      self.init(event.caseID, event.returnID.rawValue)
    case .supportCase(.caseResolved(let event)):
      self.init(event.caseID, event.note ?? event.resolution.rawValue)
    case .supportCase(.caseReopened(let event)): self.init(event.caseID, event.reason)
    case .supportCase(.caseClosed(let event)): self.init(event.caseID, nil)
    case .supportCase(.caseHoldApplied(let event)): self.init(event.caseID, event.holdID.rawValue)
    case .supportCase(.caseHoldEnded(let event)):
      self.init(event.caseID, "\(event.holdID) \(event.isExpired ? "expired" : "released")")
    default: self.init(record: event)
    }
  }

  private init?(record event: Event) {
    switch event {
    case .order(.storeCreditGranted(let event)):
      self.init(event.caseID, "\(money(event.amount, event.currency.rawValue)), \(event.reason)")
    case .supportCase(.chargebackOpened(let event)):
      self.init(
        event.caseID,
        "\(event.chargebackID): \(money(event.amount, event.currency.rawValue)), \(event.reason)")
    case .supportCase(.chargebackRepresented(let event)):
      self.init(
        event.caseID, "\(event.chargebackID), pieces of evidence: \(event.evidence.count)")
    case .supportCase(.chargebackEnded(let event)):
      self.init(event.caseID, "\(event.chargebackID) \(event.outcome.rawValue)")
    case .supportCase(.messagePosted(let event)):
      self.init(event.caseID, "\(event.author) as \(event.authorRole.rawValue)")
    case .supportCase(.evidenceAttached(let event)):
      self.init(
        event.caseID, "\(event.evidenceKey): \(grouped(event.bytes)) bytes of \(event.mime)")
    case .supportCase(.contentHidden(let event)):
      self.init(event.caseID, "\(event.contentID): \(event.reason)")
    case .supportCase(.contentRestored(let event)):
      self.init(event.caseID, "\(event.contentID): \(event.reason)")
    case .supportCase(.depositCaptured(let event)):
      self.init(
        event.caseID,
        "\(event.depositID): \(money(event.amount, event.currency.rawValue)), \(event.reference)")
    case .supportCase(.legalHoldPlaced(let event)): self.init(event.caseID, event.reason)
    case .supportCase(.legalHoldReleased(let event)): self.init(event.caseID, event.reason)
    case .supportCase(.caseWatcherAdded(let event)): self.init(event.caseID, event.agentID.rawValue)
    case .supportCase(.caseWatcherRemoved(let event)):
      self.init(event.caseID, event.agentID.rawValue)
    default: self.init(clocks: event)
    }
  }

  private init?(clocks event: Event) {
    switch event {
    case .supportCase(.slaClocksStarted(let event)):
      self.init(
        event.caseID,
        "answer by \(event.firstResponseDueAt), resolve by \(event.resolutionDueAt); calendar "
          + "\(event.calendarID) version \(event.calendarVersion)")
    case .supportCase(.slaClocksPaused(let event)): self.init(event.caseID, event.status.rawValue)
    case .supportCase(.slaClocksResumed(let event)):
      self.init(event.caseID, Self.due(event.firstResponseDueAt, event.resolutionDueAt))
    case .supportCase(.slaRetargeted(let event)):
      self.init(
        event.caseID,
        "\(event.severity.rawValue): \(Self.due(event.firstResponseDueAt, event.resolutionDueAt))")
    case .supportCase(.slaFirstResponseMet(let event)):
      self.init(event.caseID, "\(event.messageID)")
    case .supportCase(.slaBreached(let event)):
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
