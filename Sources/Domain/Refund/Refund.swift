// A refund, from its request to the money. The states, and where each leads:
//
//     pending          approved, denied, cancelled
//     approved         processing, pending (R6: the approval is reset), cancelled
//     processing       executed, failed, outcome_unknown
//     outcome_unknown  executed, failed (only by ReconcileRefund)
//     failed           processing (a retry), cancelled, executed (by the provider's books)
//     executed, denied, cancelled: final
//
// The money it holds, with the units and shares, is the order's business (Order.Reservation).

public import EventSourcing
public import Events

/// Where a refund stands, how much was asked for and approved, and how its last attempt ended.
public struct Refund: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 8

  /// The states of the rule book's table, by their names there.
  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    case pending, approved, processing
    case outcomeUnknown = "outcome_unknown"
    case executed, failed, denied, cancelled
  }

  /// What never changes once the refund is requested.
  public struct Header: Hashable, Sendable, Codable {
    public var refundID: RefundID
    public var caseID: CaseID
    public var orderID: OrderID
    public var customerID: CustomerID
    public var currency: CurrencyCode
    /// The return that it pays for.
    public var returnID: ReturnID?
  }

  public private(set) var header: Header?
  /// `nil` until the refund is requested.
  public private(set) var status: Status?
  public private(set) var requestedAmount = 0
  /// Who requested it, and who amended it (R5).
  private var requesters: Set<Actor> = []
  /// What is kept back: a part of the items in basis points, and a fee for shipping.
  private(set) var restockingFee = 0
  private(set) var shippingFee = 0
  public private(set) var reason = ""
  /// Whether an agent or an admin denied it (R5).
  private(set) var isDeniedByPerson = false
  /// What may be paid; `nil` without an approval that holds.
  public private(set) var approvedAmount: Int?
  /// The number of the last attempt to pay; 0 before the first.
  public private(set) var attempt = 0
  /// Whether the last attempt is another system's, and was imported.
  private(set) var isImported = false
  /// How the last attempt ended; `nil` before, and while it is unknown.
  public private(set) var outcome: Outcome?

  public init() {}

  public var refundID: RefundID? { header?.refundID }
  public var caseID: CaseID? { header?.caseID }
  public var orderID: OrderID? { header?.orderID }
  public var customerID: CustomerID? { header?.customerID }
  public var currency: CurrencyCode? { header?.currency }
  public var returnID: ReturnID? { header?.returnID }

  public mutating func evolve(_ event: RefundEvent) throws(InconsistentHistory) {
    switch event {
    case .refundRequested(let event): try request(event)
    case .refundAmended(let event):
      try require(event.refundID, [.pending])
      try Self.requireAddsUp(
        event.items, shipping: event.shipping,
        restockingFees: event.restockingFee.map { [$0] } ?? [], shippingFee: event.shippingFee,
        basis: event.basis, requested: event.requestedAmount)
      requestedAmount = event.requestedAmount
      requesters.insert(event.amendedBy)
      reason = event.reason
      // Where a customer names nothing that the fee is for, it is kept for what comes next.
      if event.restockingFee != nil || event.amendedBy.kind != .customer {
        restockingFee = event.restockingFee?.basisPoints ?? 0
      }
      shippingFee = event.shippingFee ?? 0
    case .refundApproved(let event):
      try require(event.refundID, [.pending])
      try Domain.require(
        (1...requestedAmount).contains(event.approvedAmount), "more approved than requested")
      status = .approved
      approvedAmount = event.approvedAmount
    case .refundApprovalReset(let event):
      try require(event.refundID, [.approved], amount: event.approvedAmount)
      status = .pending
      approvedAmount = nil
    case .refundDenied(let event):
      try require(event.refundID, [.pending])
      status = .denied
      isDeniedByPerson = event.deniedBy.kind == .agent
    case .refundCancelled(let event):
      try require(event.refundID, [.pending, .approved, .failed])
      status = .cancelled
    case .refundExecutionStarted(let event):
      try require(event.refundID, [.approved, .failed], amount: event.amount)
      try Domain.require(event.attempt == attempt + 1, "an attempt out of order")
      status = .processing
      attempt = event.attempt
      isImported = event.told ?? false
      outcome = nil
    case .refundExecuted(let event):
      try require(event.refundID, [.processing, .outcomeUnknown, .failed], amount: event.amount)
      // R9: of a failed refund, the books may say that any attempt was paid.
      if status == .failed {
        try Domain.require((1...attempt).contains(event.attempt), "an attempt that was never made")
      } else {
        try requireCurrent(event.attempt)
      }
      status = .executed
      attempt = event.attempt
      outcome = .executed(settlementReference: event.settlementReference)
    case .refundFailed(let event):
      try require(event.refundID, [.processing, .outcomeUnknown])
      try requireCurrent(event.attempt)
      status = .failed
      outcome = .failed(event.code, reason: event.reason)
    case .refundOutcomeUnknown(let event):
      try require(event.refundID, [.processing])
      try requireCurrent(event.attempt)
      status = .outcomeUnknown
    }
  }

  private mutating func request(_ event: RefundRequested) throws(InconsistentHistory) {
    try Domain.require(header == nil, "refund \(event.refundID) requested twice")
    try Domain.require(event.requestedAmount >= 1, "a refund of nothing")
    try Self.requireAddsUp(
      event.items, shipping: event.shipping, restockingFees: event.restockingFees,
      shippingFee: event.shippingFee, uncovered: event.uncovered, basis: event.basis,
      requested: event.requestedAmount)
    try Domain.require(
      event.uncovered.map { $0 > 0 && event.returnID != nil } ?? true,
      "something left out that a return does not come to")
    header = Header(
      refundID: event.refundID, caseID: event.caseID, orderID: event.orderID,
      customerID: event.customerID, currency: event.currency, returnID: event.returnID)
    status = .pending
    requestedAmount = event.requestedAmount
    requesters = [event.requestedBy]
    reason = event.reason
    restockingFee = event.restockingFees.first?.basisPoints ?? 0
    shippingFee = event.shippingFee ?? 0
  }

  /// Whether the actor requested or amended it (R5).
  func wasRequested(by actor: Actor) -> Bool { requesters.contains(actor) }

  private func require(
    _ refundID: RefundID, _ statuses: Set<Status>, amount: Int? = nil
  ) throws(InconsistentHistory) {
    let status = try unwrap(status, "an event of refund \(refundID) before its request")
    try Domain.require(
      header?.refundID == refundID, "an event of refund \(refundID), which is not this one")
    try Domain.require(statuses.contains(status), "an event of a refund that is \(status)")
    try Domain.require(amount == nil || amount == approvedAmount, "not the approved amount")
  }

  private func requireCurrent(_ attempt: Int) throws(InconsistentHistory) {
    try Domain.require(attempt == self.attempt, "the outcome of another attempt")
  }
}
