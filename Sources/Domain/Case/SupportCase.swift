// A customer asks for help, about an order or in general. Stages go open → in progress →
// resolved → closed and never back, but for a reopening (C1).

public import EventSourcing
public import Events

/// Where a case stands, who owns it, and which refunds were requested within it.
public struct SupportCase: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 6

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

  public mutating func evolve(_ event: CaseEvent) throws(InconsistentHistory) {
    if case .caseOpened(let event) = event {
      try require(header == nil, "case \(event.caseID) opened twice")
    } else {
      try require(
        header.map { .supportCase($0.caseID) } == event.subject,
        "\(event.type) of \(event.subject.stream), which is not this case")
    }
    switch event {
    case .caseOpened(let event): open(event)
    case .caseAssigned(let event): try assign(event)
    case .caseStatusChanged(let event): try change(event)
    case .caseSeverityChanged(let event): try change(event)
    case .caseResolved(let event): try resolve(event)
    case .caseReopened: try reopen()
    case .caseClosed: try close()
    case .caseRefundRequested(let event): try take(event)
    case .caseReturnRequested(let event): try take(event)
    case .caseHoldApplied(let event): try take(event)
    case .caseHoldEnded(let event):
      try require(holdIDs.remove(event.holdID) != nil, "an unknown hold \(event.holdID)")
    case .chargebackOpened(let event): try open(event)
    case .chargebackRepresented(let event): try represent(event)
    case .chargebackEnded(let event): try end(event)
    case .messagePosted(let event): try post(event)
    case .evidenceAttached(let event): try attach(event)
    case .contentHidden(let event): try hide(event)
    case .contentRestored(let event): try restore(event)
    case .depositCaptured(let event): try capture(event)
    case .caseWatcherAdded(let event): try watch(event)
    case .caseWatcherRemoved(let event): try unwatch(event)
    case .legalHoldPlaced:
      try require(!isUnderLegalHold, "a case put on legal hold twice")
      isUnderLegalHold = true
    case .legalHoldReleased:
      try require(isUnderLegalHold, "a case released from no legal hold")
      isUnderLegalHold = false
    case .slaClocksStarted(let event):
      try require(clocks == nil && status == .open, "clocks started twice")
      clocks = SlaClocks(event)
    case .slaClocksPaused(let event):
      try changeClocks { clocks throws(InconsistentHistory) in try clocks.pause(at: event.pausedAt)
      }
    case .slaClocksResumed(let event):
      try changeClocks { clocks throws(InconsistentHistory) in
        try clocks.resume(at: event.resumedAt)
      }
    case .slaRetargeted(let event):
      try changeClocks { clocks throws(InconsistentHistory) in try clocks.retarget(event) }
    case .slaFirstResponseMet:
      try changeClocks { clocks throws(InconsistentHistory) in try clocks.meetFirstResponse() }
    case .slaBreached(let event):
      try changeClocks { clocks throws(InconsistentHistory) in try clocks.breach(event.targetKind) }
    }
  }
}

// What the events of the case itself change; those of its parts are with the parts.
extension SupportCase {
  private mutating func open(_ event: CaseOpened) {
    header = Header(
      caseID: event.caseID, customerID: event.customerID, orderID: event.orderID,
      type: event.type)
    severity = event.severity
  }

  private mutating func assign(_ event: CaseAssigned) throws(InconsistentHistory) {
    try require(status != .closed && owner != event.owner, "an owner who cannot be assigned")
    owner = event.owner
  }

  private mutating func change(_ event: CaseStatusChanged) throws(InconsistentHistory) {
    try require(
      event.from == status && event.to != status && event.to.stage == .inProgress
        && acceptsRefunds,
      "a case that was \(status.rawValue) became \(event.to.rawValue)")
    status = event.to
  }

  private mutating func change(_ event: CaseSeverityChanged) throws(InconsistentHistory) {
    try require(
      event.from == severity && event.to != severity, "a severity changed from another")
    severity = event.to
  }

  private mutating func resolve(_ event: CaseResolved) throws(InconsistentHistory) {
    try require(status.stage == .inProgress, "a case resolved that was \(status.rawValue)")
    status = event.resolution.status
    resolvedAt = event.resolvedAt
  }

  private mutating func reopen() throws(InconsistentHistory) {
    try require(status.stage == .resolved, "a case reopened that was \(status.rawValue)")
    status = .investigating
    resolvedAt = nil
  }

  private mutating func close() throws(InconsistentHistory) {
    try require(status.stage == .resolved, "a case closed that was \(status.rawValue)")
    status = .closed
  }

  private mutating func take(_ event: CaseRefundRequested) throws(InconsistentHistory) {
    try require(
      acceptsRefunds && !refundIDs.contains(event.refundID),
      "refund \(event.refundID) requested of a case that cannot take it")
    refundIDs.append(event.refundID)
  }

  private mutating func take(_ event: CaseReturnRequested) throws(InconsistentHistory) {
    try require(
      acceptsRefunds && returnIDs.insert(event.returnID).inserted,
      "return \(event.returnID) requested of a case that cannot take it")
  }

  private mutating func take(_ event: CaseHoldApplied) throws(InconsistentHistory) {
    try require(
      acceptsRefunds && holdIDs.insert(event.holdID).inserted,
      "hold \(event.holdID) applied for a case that cannot take it")
  }

  private mutating func changeClocks(
    _ change: (inout SlaClocks) throws(InconsistentHistory) -> Void
  ) throws(InconsistentHistory) {
    var changed = try unwrap(clocks, "clocks changed that never began")
    try change(&changed)
    clocks = changed
  }
}
