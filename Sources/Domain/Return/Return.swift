// A return of items, from the wish to the last line that was looked at. The states, and where each
// leads:
//
//     requested   approved, rejected, cancelled
//     approved    in_transit, received, cancelled, expired, completed (items that are kept)
//     in_transit  received
//     received    inspected
//     inspected   completed
//     rejected, cancelled, expired, completed: final
//
// Beside it stand three machines, which do not wait for each other (V4):
//
//     reception of a line    awaiting → received | short_shipped | lost_in_transit
//     acceptance of a line   pending → accepted | rejected | manual_review
//                            manual_review → accepted | rejected
//     money                  not_due → refund(id) | store_credit
//                            refund(id) → not_due (the refund was denied or cancelled)
//
// Which units of the order a return holds is the order's business (OrderReturns.swift).

public import EventSourcing
public import Events

/// Where a return stands, what came of its lines, and what the customer gets for it.
public struct Return: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 8

  /// The states of the rule book, by their names there.
  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    case requested, approved
    case inTransit = "in_transit"
    case received, inspected, completed, rejected, cancelled, expired
  }

  /// What never changes once the return is requested.
  public struct Header: Equatable, Sendable, Codable {
    public var returnID: ReturnID
    public var caseID: CaseID
    public var orderID: OrderID
    public var customerID: CustomerID
    public var currency: CurrencyCode
    public var method: ReturnMethod
    /// P2: the policy it was requested under.
    public var policy: PolicyReference
    /// Whether that policy approves every line without a person.
    public var isAutoApproved: Bool
    public var submittedBy: Actor
    /// In the tenant's time zone.
    public var requestedOn: CalendarDate
  }

  public internal(set) var header: Header?
  /// `nil` until the return is requested.
  public internal(set) var status: Status?
  public internal(set) var lines: [Line] = []
  public internal(set) var money = Money.notDue
  /// Of a completed return: what a refund is still to be requested for, in minor units.
  public internal(set) var awaitedRefund: Int?
  /// Whether it is completed, and its refund was withdrawn: people decide whether there is another.
  public private(set) var isRefundWithdrawn = false
  /// What the inspection or, without one, the completion came to (V3); `nil` before.
  public internal(set) var finalRefund: ReturnAmount?
  /// Whether it was completed with nothing, neither money nor credit.
  public private(set) var isCompletedWithNothing = false
  /// Whether an agent or an admin rejected it (R5).
  private(set) var isRejectedByPerson = false
  /// When the approval ends, unless the items are shipped by then.
  public internal(set) var expiresAt: Timestamp?

  public init() {}

  public mutating func evolve(_ event: ReturnEvent) throws(InconsistentHistory) {
    switch event {
    case .returnRequested(let event): try request(event)
    case .returnApproved(let event):
      try require(event.returnID, [.requested])
      status = .approved
      expiresAt = event.expiresAt
    case .returnRejected(let event):
      try require(event.returnID, [.requested])
      status = .rejected
      isRejectedByPerson = event.rejectedBy.kind == .agent
    case .returnCancelled(let event):
      try require(event.returnID, [.requested, .approved])
      try requireNothingCame()
      status = .cancelled
    case .returnExpired(let event):
      try require(event.returnID, [.approved])
      try Domain.require(expiresAt == event.expiresAt, "a return that expired at another time")
      try requireNothingCame()
      status = .expired
    case .returnShipped(let event):
      try require(event.returnID, [.approved])
      status = .inTransit
    case .returnLinesReceived(let event):
      try require(event.returnID, [.approved, .inTransit])
      try receive(event)
    case .returnLinesInspected(let event):
      try require(event.returnID, [.received])
      try inspect(event)
    case .returnInspected(let event):
      try require(event.returnID, [.received])
      try Domain.require(lines.allSatisfy(\.isDecided), "an inspection that left lines out")
      try Return.requireAddsUp(event.finalRefund, lines, units: \.claimedQuantity)
      status = .inspected
      finalRefund = event.finalRefund
    case .returnCompleted(let event):
      try require(event.returnID, [.approved, .inspected])
      try Domain.require(status == .inspected || isKept, "a return completed before its inspection")
      try Return.requireAddsUp(event.finalRefund, lines, units: \.claimedQuantity)
      // What the inspection came to stays so where a refund pays it already.
      if case .refund = money, let finalRefund {
        try Domain.require(event.finalRefund == finalRefund, "another amount than was found")
      }
      try complete(event.resolution, event.finalRefund)
    case .returnRefundRequested(let event):
      try require(event.returnID, Set(Status.allCases))
      try Domain.require(money == .notDue, "return \(event.returnID) refunded twice")
      money = .refund(event.refundID)
      awaitedRefund = nil
      isRefundWithdrawn = false
    case .returnRefundWithdrawn(let event):
      try require(event.returnID, Set(Status.allCases))
      try Domain.require(money == .refund(event.refundID), "another refund than the return's")
      money = .notDue
      isRefundWithdrawn = status == .completed
    }
  }

  private mutating func request(_ event: ReturnRequested) throws(InconsistentHistory) {
    try Domain.require(header == nil, "return \(event.returnID) requested twice")
    header = Header(
      returnID: event.returnID, caseID: event.caseID, orderID: event.orderID,
      customerID: event.customerID, currency: event.currency, method: event.returnMethod,
      policy: event.policy, isAutoApproved: event.autoApprove, submittedBy: event.submittedBy,
      requestedOn: event.requestedOn)
    lines = event.lines.map(Line.init)
    try Domain.require(
      Set(lines.map(\.lineID)).count == lines.count, "a line returned twice in one return")
    // V2: the policy lets each line be returned, and approves all of them or none.
    try Domain.require(
      lines.allSatisfy(\.action.eligible), "a line that its policy excludes")
    try Domain.require(
      event.autoApprove == lines.allSatisfy { $0.action.autoApprove == true },
      "an approval that is not the policy's")
    try Return.requireAddsUp(event.estimatedRefund, lines, units: \.quantity)
    try Domain.require(
      event.estimatedRefund.items.elementsEqual(event.lines) {
        $0.quantity == $1.quantity && $0.originalUnitPrice == $1.unitPrice
      }, "an estimate for other units than are returned")
    let days = event.lines.map(\.decision.facts)
    try Domain.require(
      days.allSatisfy {
        $0.daysSincePurchase == days[0].daysSincePurchase
          && $0.daysSinceDelivery == days[0].daysSinceDelivery
      }, "lines that were judged on different days")
    // No days are counted before what they are counted from.
    if let delivered = event.deliveryDate, let since = days[0].daysSinceDelivery, since > 0,
      days[0].daysSincePurchase > 0
    {
      try Domain.require(
        delivered.advanced(byDays: since) == event.requestedOn,
        "days since the purchase and since the delivery that end on different days")
    }
    status = .requested
  }

  private mutating func complete(
    _ resolution: ReturnResolution, _ finalRefund: ReturnAmount
  ) throws(InconsistentHistory) {
    let due = finalRefund.amount
    // A refund in advance holds the units, so that the completion may find none.
    if money == .notDue { self.finalRefund = finalRefund }
    switch resolution {
    case .refund:
      try Domain.require(money != .notDue || due > 0, "a refund of nothing")
      awaitedRefund = money == .notDue ? due : nil
    case .storeCredit:
      try Domain.require(money == .notDue && due > 0, "store credit beside a refund, or of nothing")
      money = .storeCredit
    case .nothing: try Domain.require(money == .notDue, "nothing given, beside a refund")
    }
    status = .completed
    isCompletedWithNothing = resolution == .nothing
  }

  private func require(
    _ returnID: ReturnID, _ statuses: Set<Status>
  ) throws(InconsistentHistory) {
    let status = try unwrap(status, "an event of return \(returnID) before its request")
    try Domain.require(
      header?.returnID == returnID, "an event of return \(returnID), which is not this one")
    try Domain.require(statuses.contains(status), "an event of a return that is \(status)")
  }

  private func requireNothingCame() throws(InconsistentHistory) {
    try Domain.require(linesThatCame.isEmpty, "a return that ended although some of it came")
  }

  /// Lines of which it is known what came of them: from then on the rest is waited for (V4).
  var linesThatCame: [LineID] { lines.filter { $0.reception != .awaiting }.map(\.lineID) }

  /// Whether the customer keeps the items, so that nothing comes and nothing is looked at.
  public var isKept: Bool { header?.method == .keepItem }
}

extension ReturnRequested {
  /// The day of the request, in the tenant's time zone: what its policy counted the days since the
  /// purchase up to (P1).
  public var requestedOn: CalendarDate {
    purchaseDate.advanced(byDays: lines.first?.decision.facts.daysSincePurchase ?? 0)
  }
}
