// A customer asks for help, about an order or in general. Stages go open → in progress → resolved →
// closed and never back, but for a reopening (C1).

public import EventSourcing
public import Events

/// Where a case stands, who owns it, and which refunds were requested within it.
public struct SupportCase: Aggregate, Codable, Equatable {
  public typealias Event = Events.Event

  /// What never changes once the case is opened.
  public struct Header: Hashable, Sendable, Codable {
    public var caseID: CaseID
    public var customerID: CustomerID
    public var orderID: OrderID?
    public var type: CaseType
  }

  public private(set) var header: Header?
  public private(set) var status = CaseStatus.open
  public private(set) var severity = Severity.normal
  public private(set) var owner: AgentID?
  /// When the case was last resolved; `nil` once it is reopened.
  public private(set) var resolvedAt: Timestamp?
  /// In the order of their requests.
  public private(set) var refundIDs: [RefundID] = []
  public private(set) var returnIDs: Set<ReturnID> = []
  /// The holds that are applied because of this case.
  public private(set) var holdIDs: Set<HoldID> = []
  /// Nothing about it may be erased.
  public private(set) var isUnderLegalHold = false
  public internal(set) var chargebacks: [ChargebackID: Chargeback] = [:]
  public internal(set) var messageIDs: Set<MessageID> = []
  public internal(set) var evidence: [EvidenceKey: Evidence] = [:]
  /// Who follows the case besides its owner.
  public internal(set) var watchers: Set<AgentID> = []
  /// The content that is hidden because of this case.
  public internal(set) var hiddenContent: Set<ContentID> = []
  public internal(set) var deposits: [DepositID: Deposit] = [:]
  /// How it stands to its targets; `nil` where the tenant had none when it was opened.
  public internal(set) var clocks: SlaClocks?

  public init() {}

  public var isOpened: Bool { header != nil }
  public var caseID: CaseID? { header?.caseID }
  public var customerID: CustomerID? { header?.customerID }
  public var orderID: OrderID? { header?.orderID }

  public mutating func evolve(_ event: Event) throws(InconsistentHistory) {
    switch event {
    case .caseOpened(let event):
      try require(header == nil, "case \(event.caseID) opened twice")
      header = Header(
        caseID: event.caseID, customerID: event.customerID, orderID: event.orderID,
        type: event.type)
      severity = event.severity
    case .caseAssigned(let event):
      try requireThis(event.caseID)
      try require(status != .closed && owner != event.owner, "an owner who cannot be assigned")
      owner = event.owner
    case .caseStatusChanged(let event):
      try requireThis(event.caseID)
      try require(
        event.from == status && event.to != status && event.to.stage == .inProgress
          && acceptsRefunds,
        "a case that was \(status.rawValue) became \(event.to.rawValue)")
      status = event.to
    case .caseSeverityChanged(let event):
      try requireThis(event.caseID)
      try require(
        event.from == severity && event.to != severity, "a severity changed from another")
      severity = event.to
    case .caseRefundRequested(let event):
      try requireThis(event.caseID)
      try require(
        acceptsRefunds && !refundIDs.contains(event.refundID),
        "refund \(event.refundID) requested of a case that cannot take it")
      refundIDs.append(event.refundID)
    case .caseReturnRequested(let event):
      try requireThis(event.caseID)
      try require(
        acceptsRefunds && returnIDs.insert(event.returnID).inserted,
        "return \(event.returnID) requested of a case that cannot take it")
    case .caseHoldApplied(let event):
      try requireThis(event.caseID)
      try require(
        acceptsRefunds && holdIDs.insert(event.holdID).inserted,
        "hold \(event.holdID) applied for a case that cannot take it")
    case .caseHoldEnded(let event):
      try requireThis(event.caseID)
      try require(holdIDs.remove(event.holdID) != nil, "an unknown hold \(event.holdID)")
    case .chargebackOpened(let event):
      try requireThis(event.caseID)
      try open(event)
    case .chargebackRepresented(let event):
      try requireThis(event.caseID)
      try represent(event)
    case .chargebackEnded(let event):
      try requireThis(event.caseID)
      try end(event)
    case .caseResolved(let event):
      try requireThis(event.caseID)
      try require(
        status.stage == .inProgress, "a case resolved that was \(status.rawValue)")
      status = event.resolution.status
      resolvedAt = event.resolvedAt
    case .caseReopened(let event):
      try requireThis(event.caseID)
      try require(status.stage == .resolved, "a case reopened that was \(status.rawValue)")
      status = .investigating
      resolvedAt = nil
    case .caseClosed(let event):
      try requireThis(event.caseID)
      try require(status.stage == .resolved, "a case closed that was \(status.rawValue)")
      status = .closed
    default: try evolveRecord(event)
    }
  }

  /// Messages, evidence and the other actions on record.
  private mutating func evolveRecord(_ event: Event) throws(InconsistentHistory) {
    switch event {
    case .messagePosted(let event):
      try requireThis(event.caseID)
      try post(event)
    case .evidenceAttached(let event):
      try requireThis(event.caseID)
      try attach(event)
    case .contentHidden(let event):
      try requireThis(event.caseID)
      try hide(event)
    case .contentRestored(let event):
      try requireThis(event.caseID)
      try restore(event)
    case .depositCaptured(let event):
      try requireThis(event.caseID)
      try capture(event)
    case .caseWatcherAdded(let event):
      try requireThis(event.caseID)
      try watch(event)
    case .caseWatcherRemoved(let event):
      try requireThis(event.caseID)
      try unwatch(event)
    case .legalHoldPlaced(let event):
      try requireThis(event.caseID)
      try require(!isUnderLegalHold, "a case put on legal hold twice")
      isUnderLegalHold = true
    case .legalHoldReleased(let event):
      try requireThis(event.caseID)
      try require(isUnderLegalHold, "a case released from no legal hold")
      isUnderLegalHold = false
    default: try evolveClocks(event)
    }
  }

  private mutating func evolveClocks(_ event: Event) throws(InconsistentHistory) {
    switch event {
    case .slaClocksStarted(let event):
      try requireThis(event.caseID)
      try require(clocks == nil && status == .open, "clocks started twice")
      clocks = SlaClocks(event)
    case .slaClocksPaused, .slaClocksResumed, .slaRetargeted, .slaFirstResponseMet, .slaBreached:
      try require(
        header.map { event.stream.rawValue == "case/\($0.caseID)" } == true, "another case")
      var changed = try unwrap(clocks, "clocks changed that never began")
      try changed.evolve(event)
      clocks = changed
    default:
      throw InconsistentHistory("an event of another aggregate in a case's stream")
    }
  }

  private func requireThis(_ caseID: CaseID) throws(InconsistentHistory) {
    try require(header?.caseID == caseID, "an event of case \(caseID), which is not this one")
  }
}
