// A payout to a seller is kept back while a case is worked on (rule book, PayoutHold). The states,
// and where each leads:
//
//     applied           released, expired
//     released, expired: final
//
// What is kept back of which order is the order's business (Order.held).

public import EventSourcing
public import Events

/// A hold on a part of what is payable to a seller.
public struct PayoutHold: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 1

  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    case applied, released, expired
  }

  /// What never changes once the hold is applied.
  public struct Header: Hashable, Sendable, Codable {
    public var holdID: HoldID
    public var caseID: CaseID
    public var orderID: OrderID
    /// In minor units of the order's currency.
    public var amount: Int
    public var expiresAt: Timestamp
  }

  public private(set) var header: Header?
  /// `nil` until the hold is applied.
  public private(set) var status: Status?

  public init() {}

  public mutating func evolve(_ event: HoldEvent) throws(InconsistentHistory) {
    switch event {
    case .payoutHoldApplied(let event):
      try require(header == nil, "hold \(event.holdID) applied twice")
      try require(event.amount >= 1, "a hold of nothing")
      header = Header(
        holdID: event.holdID, caseID: event.caseID, orderID: event.orderID, amount: event.amount,
        expiresAt: event.expiresAt)
      status = .applied
    case .payoutHoldReleased(let event):
      try requireApplied(event.holdID)
      status = .released
    case .payoutHoldExpired(let event):
      try requireApplied(event.holdID)
      try require(header?.expiresAt == event.expiresAt, "a hold that expired at another time")
      status = .expired
    }
  }

  private func requireApplied(_ holdID: HoldID) throws(InconsistentHistory) {
    try require(
      header?.holdID == holdID && status == .applied, "hold \(holdID) ended that was not applied")
  }
}

extension PayoutHold {
  /// Keeps back a part of what is payable to the seller of an order, because of an open case (C3,
  /// H1).
  ///
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func apply(
    _ command: ApplyPayoutHold, hold: PayoutHold, case supportCase: SupportCase, order: Order,
    facts: Facts
  ) throws(PayoutHoldRejection) -> Decision {
    let holdID = assigned(command.holdID)
    guard hold.header == nil else { throw .alreadyApplied(holdID) }
    // C3: new holds need a case in stage open or in_progress.
    let header = try supportCase.requireOpen(
      command.caseID, about: order, command.orderID, by: facts, throwing: PayoutHoldRejection.self)
    if let given = command.legID, given != header.legID {
      throw .legOfAnotherOrder(given, recorded: header.legID)
    }
    guard command.expiresAt > facts.now else {
      throw .expiresInThePast(command.expiresAt, now: facts.now)
    }
    let payable = try order.requirePayable(command.amount, header)
    return .events([
      .payoutHoldApplied(
        PayoutHoldApplied(
          holdID: holdID, caseID: command.caseID, orderID: command.orderID,
          legID: command.legID ?? header.legID, amount: command.amount,
          currency: header.currency, expiresAt: command.expiresAt, reason: command.reason,
          payable: payable, appliedBy: facts.actor)),
      .orderPayoutHeld(
        OrderPayoutHeld(orderID: command.orderID, holdID: holdID, amount: command.amount)),
      .caseHoldApplied(CaseHoldApplied(caseID: command.caseID, holdID: holdID)),
    ])
  }

  /// Releases a hold before its time is over.
  public static func release(
    _ command: ReleasePayoutHold, hold: PayoutHold, facts: Facts
  ) throws(PayoutHoldRejection) -> Decision {
    let header = try hold.existing(command.holdID)
    switch hold.status {
    case .applied: break
    case .expired: throw .expired(command.holdID, at: header.expiresAt)
    case .released, nil: return .unchanged(reason: "The hold is released already.")
    }
    let released = PayoutHoldReleased(
      holdID: command.holdID, reason: command.reason, releasedBy: facts.actor)
    return .events([.payoutHoldReleased(released)] + header.ending(isExpired: false))
  }

  /// Expires a hold whose time is over (H2).
  public static func expire(
    _ command: ExpirePayoutHold, hold: PayoutHold, facts: Facts
  ) throws(PayoutHoldRejection) -> Decision {
    let header = try hold.existing(command.holdID)
    switch hold.status {
    case .applied: break
    case .released: return .unchanged(reason: "The hold is released already.")
    case .expired, nil: return .unchanged(reason: "The hold is expired already.")
    }
    try header.requireExpired(facts)
    let expired = PayoutHoldExpired(holdID: command.holdID, expiresAt: header.expiresAt)
    return .events([.payoutHoldExpired(expired)] + header.ending(isExpired: true))
  }

  private func existing(_ holdID: HoldID) throws(PayoutHoldRejection) -> Header {
    guard let header else { throw .unknownHold(holdID) }
    return header
  }
}

extension PayoutHold.Header {
  /// What the order and the case record when a hold ends.
  fileprivate func ending(isExpired: Bool) -> [Event] {
    [
      .orderPayoutFreed(OrderPayoutFreed(orderID: orderID, holdID: holdID, amount: amount)),
      .caseHoldEnded(CaseHoldEnded(caseID: caseID, holdID: holdID, isExpired: isExpired)),
    ]
  }
}

// MARK: H1: amount ≤ what is payable to the seller for that leg or order

extension Order {
  func requirePayable(_ amount: Int, _ header: Header) throws(PayoutHoldRejection) -> Payable {
    let payable = payable
    guard (1...max(1, payable.payable)).contains(amount), payable.payable > 0 else {
      throw .morePayableThanLeft(
        asked: Money(amount, header.currency),
        payable: Money(payable.payable, header.currency))
    }
    return payable
  }
}

// MARK: H2: expiry is a process manager's command, at most one minute late

extension PayoutHold.Header {
  /// Never early; who submits it, and how soon, is the process manager's business
  /// (CommandHandling.ProcessManager).
  fileprivate func requireExpired(_ facts: Facts) throws(PayoutHoldRejection) {
    guard facts.now >= expiresAt else {
      throw .notExpiredYet(holdID, expiresAt: expiresAt, now: facts.now)
    }
  }
}
