import EventSourcing
import Events

/// What one commit says of a case and of its clocks.
struct CaseNews {
  let caseID: CaseID
  private(set) var opened: CaseOpened?
  /// Whether the case was written in, assigned, moved or weighed anew, which its clocks follow.
  private(set) var goesOn = false
  /// Whether its severity changed.
  private(set) var isWeighed = false
  /// The first message of an agent.
  private(set) var answer: MessageID?
  /// The targets of which a miss is recorded.
  private(set) var breached: Set<SlaTargetKind> = []
  /// What the history says of the clocks.
  private(set) var clocks: [(event: CaseEvent, position: Position)] = []

  /// - Parameter events: all are of one case.
  /// - Returns: `nil` for events of something else.
  init?(_ events: [RecordedEvent]) {
    guard case .supportCase(let id)? = events.first?.event.subject else { return nil }
    caseID = id
    for recorded in events {
      if case .supportCase(let event) = recorded.event { note(event, at: recorded.position) }
    }
  }

  private mutating func note(_ event: CaseEvent, at position: Position) {
    switch event {
    case .caseOpened(let event): opened = event
    case .messagePosted(let event):
      goesOn = true
      if event.authorRole == .agent { answer = answer ?? event.messageID }
    case .caseSeverityChanged: (goesOn, isWeighed) = (true, true)
    case .caseAssigned, .caseStatusChanged, .caseResolved, .caseReopened: goesOn = true
    case .slaBreached(let breach):
      breached.insert(breach.targetKind)
      clocks.append((event, position))
    case .slaClocksStarted, .slaClocksPaused, .slaClocksResumed, .slaRetargeted,
      .slaFirstResponseMet:
      clocks.append((event, position))
    case .caseClosed, .caseRefundRequested, .caseReturnRequested, .caseHoldApplied, .caseHoldEnded,
      .chargebackOpened, .chargebackRepresented, .chargebackEnded, .evidenceAttached,
      .contentHidden, .contentRestored, .depositCaptured, .caseWatcherAdded, .caseWatcherRemoved,
      .legalHoldPlaced, .legalHoldReleased:
      break
    }
  }
}
