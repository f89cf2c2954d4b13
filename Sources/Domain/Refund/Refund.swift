// A refund, from its request to the money. The states, and where each leads:
//
//     pending          approved, denied, cancelled
//     approved         processing, pending (R6: the approval is reset), cancelled
//     processing, outcome_unknown, executed: as the legs say (RefundLegs.swift)
//     partly_executed  processing (a retry of the rest), executed (the rest is given up)
//     failed           processing (a retry), cancelled
//     denied, cancelled: final
//
// The money it holds, with the units and shares, is the order's business (Order.Reservation).

public import EventSourcing
public import Events

/// Where a refund stands, how much was asked for and approved, and how its last attempt ended.
public struct Refund: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 10

  /// The states of the rule book's table, by their names there.
  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    case pending, approved, processing
    case outcomeUnknown = "outcome_unknown"
    case executed
    case partlyExecuted = "partly_executed"
    case failed, denied, cancelled
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
  /// What it gives back by each payment, in the order of the first attempt; none before.
  public private(set) var legs: [Leg] = []

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
      giveUp()
    case .refundExecutionStarted(let event): try start(event)
    case .refundLegAccepted(let event):
      try move(
        event.refundID, event.paymentID, event.attempt, from: [.requested, .unknown], to: .accepted,
        event.status
      ) { $0.reason = event.reason }
    case .refundLegSettled(let event):
      try move(
        event.refundID, event.paymentID, event.attempt,
        from: [.requested, .accepted, .unknown, .failed], to: .settled, event.status
      ) { leg throws(InconsistentHistory) in
        try Domain.require(event.amount == leg.amount, "another amount than the leg's")
        leg.settlementReference = event.settlementReference
      }
    case .refundLegFailed(let event):
      try move(
        event.refundID, event.paymentID, event.attempt, from: [.requested, .accepted, .unknown],
        to: .failed, event.status
      ) { ($0.code, $0.reason) = (event.code, event.reason) }
    case .refundLegOutcomeUnknown(let event):
      try move(
        event.refundID, event.paymentID, event.attempt, from: [.requested, .accepted],
        to: .unknown, event.status
      ) { $0.reason = event.reason }
    case .refundLegReturned(let event):
      try move(
        event.refundID, event.paymentID, event.attempt, from: [.settled], to: .returned,
        event.status
      ) { leg throws(InconsistentHistory) in
        try Domain.require(event.amount == leg.amount, "another amount than the leg's")
        leg.reason = event.reason
        leg.attempts.removeAll { $0 == event.attempt }
      }
    case .refundRestGivenUp(let event):
      try require(event.refundID, [.partlyExecuted])
      try Domain.require(event.amount == unpaid.total, "another amount than what was not paid")
      status = .executed
      giveUp()
    case .refundExecuted(let event):
      try require(event.refundID, [.processing, .outcomeUnknown, .failed], amount: event.amount)
      // R9: of a failed refund, the books may say that any attempt was paid.
      try endAll(event.attempt, .executed) { leg in
        leg.state = .settled
        leg.settlementReference = event.settlementReference
      }
    case .refundFailed(let event):
      try require(event.refundID, [.processing, .outcomeUnknown])
      try endAll(event.attempt, .failed) { leg in
        leg.state = .failed
        (leg.code, leg.reason) = (event.code, event.reason)
      }
    case .refundOutcomeUnknown(let event):
      try require(event.refundID, [.processing])
      try endAll(event.attempt, .outcomeUnknown) { leg in
        leg.state = .unknown
        leg.reason = event.reason
      }
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

  /// The legs whose money is with the tenant.
  var unpaid: [Leg] { legs.filter(\.state.isUnpaid) }

  private mutating func giveUp() {
    for index in legs.indices where legs[index].state.isUnpaid { legs[index].state = .givenUp }
  }

  private mutating func start(_ event: RefundExecutionStarted) throws(InconsistentHistory) {
    try require(event.refundID, [.approved, .failed, .partlyExecuted])
    try Domain.require(event.attempt == attempt + 1, "an attempt out of order")
    // R7: histories of the first version of the rules have one key for all legs.
    try Domain.require(
      event.legs.allSatisfy {
        [
          Self.idempotencyKey(event.refundID, $0.paymentID, attempt: event.attempt),
          "\(event.refundID).\(event.attempt)",
        ].contains($0.idempotencyKey)
      }, "a key of another attempt")
    let asked = event.legs.map {
      Leg($0, attempt: event.attempt, isImported: event.told ?? false)
    }
    try Domain.require(
      !asked.isEmpty && asked.total == event.amount, "legs that do not come to the amount")
    if attempt == 0 {
      try Domain.require(event.amount == approvedAmount, "not the approved amount")
      try Domain.require(
        Set(asked.map(\.paymentID)).count == asked.count, "two legs for one payment")
      legs = asked
    } else {
      // R7: all that is not paid, and nothing else.
      try Domain.require(asked.count == unpaid.count, "another attempt for other legs")
      for var leg in asked {
        guard let index = legs.index(of: leg.paymentID), legs[index].state.isUnpaid,
          legs[index].amount == leg.amount
        else { throw InconsistentHistory("another attempt for payment \(leg.paymentID)") }
        leg.attempts = legs[index].attempts + leg.attempts
        legs[index] = leg
      }
    }
    status = .processing
    attempt = event.attempt
  }

  private mutating func move(
    _ refundID: RefundID, _ paymentID: PaymentID, _ attempt: Int, from states: Set<Leg.State>,
    to state: Leg.State, _ status: RefundProgress,
    _ note: (inout Leg) throws(InconsistentHistory) -> Void
  ) throws(InconsistentHistory) {
    try require(
      refundID, [.processing, .outcomeUnknown, .executed, .partlyExecuted, .failed])
    let index = try unwrap(legs.index(of: paymentID), "an unknown leg \(paymentID)")
    try Domain.require(
      states.contains(legs[index].state), "a leg that is \(legs[index].state) becomes \(state)")
    try Domain.require(legs[index].isOf(attempt), "the outcome of another attempt")
    legs[index].state = state
    legs[index].attempt = attempt
    try note(&legs[index])
    try Domain.require(status == legs.progress, "a status that does not follow from the legs")
    self.status = Status(status)
  }

  /// What became of every leg at once, as it was recorded before legs were told apart.
  private mutating func endAll(
    _ attempt: Int, _ status: Status, _ end: (inout Leg) -> Void
  ) throws(InconsistentHistory) {
    try Domain.require(
      legs.allSatisfy { leg in
        (leg.state.isUnderWay || leg.state == .unknown || leg.state == .failed)
          && leg.isOf(attempt)
      }, "the outcome of another attempt")
    for index in legs.indices {
      legs[index].attempt = attempt
      end(&legs[index])
    }
    self.status = status
  }
}
