// An order of the shop, mirrored here as far as refunds need it. What must always hold:
//
// - captured ≤ total, and captured = executed + reserved + disputed + refundable, none of them
//   negative, for the order and for each of its payments (O2, R3);
// - no line gives more units, discount or tax than it has (R1, R2), and no unit is in two returns,
//   or in a return and a refund (V1).

public import EventSourcing
public import Events

/// A mirrored order with its refundable balance.
public struct Order: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 14

  /// What never changes once the order is recorded.
  public struct Header: Hashable, Sendable, Codable {
    public var orderID: OrderID
    public var customerID: CustomerID
    public var currency: CurrencyCode
    public var marketplace: MarketplaceIDs
    public var placedAt: Timestamp
    public var legID: LegID? { marketplace.legID }
  }

  /// Under which names a marketplace knows the order.
  public struct MarketplaceIDs: Hashable, Sendable, Codable {
    public var lbgID: BookingGroupID?
    public var legID: LegID?
    public var studioID: StudioID?
    public var creatorID: CreatorID?
    public var payoutID: PayoutID?

    init(_ marketplace: Marketplace?) {
      lbgID = marketplace?.lbgID
      legID = marketplace?.legID
      studioID = marketplace?.studioID
      creatorID = marketplace?.creatorID
      payoutID = marketplace?.payoutID
    }
  }

  public private(set) var header: Header?
  public private(set) var updatedAt = Timestamp.range.lowerBound
  public private(set) var deliveredAt: Timestamp?
  /// The deliveries that were recorded before and corrected, so that a late duplicate corrects
  /// nothing (O1).
  private(set) var earlierDeliveries: Set<Timestamp> = []
  public private(set) var isCancelled = false
  public internal(set) var balance = RefundableBalance()
  /// In order of capture.
  public internal(set) var payments: [CapturedPayment] = []

  var lines: [Line] = []
  var shipping = Pot(total: 0)
  /// What lines and shipping came to as imported, where the order cost something else.
  private(set) var partsTotal: Int?
  /// The shipping as it was imported.
  private(set) var importedShipping = 0
  /// The order's total, and what refunds took of it before fees were kept back.
  var basis = Pot(total: 0)
  var platformFee = Pot(total: 0)
  var platformFeeTax = Pot(total: 0)
  var reservations: [RefundID: Reservation] = [:]
  /// What refunds held of which everything was paid, in case that it comes back (R10).
  var paidReservations: [RefundID: Reservation] = [:]
  /// What refunds held that were denied or cancelled (R5).
  var withdrawnRefunds: [RefundID: Parts] = [:]
  var disputes: [ChargebackID: Dispute] = [:]
  /// Chargebacks that have ended and claim nothing any more.
  var endedDisputes: Set<ChargebackID> = []
  /// What holds keep back of the seller's payout (H1).
  var holds: [HoldID: Int] = [:]
  /// The units that each return holds (V1).
  var returns: [ReturnID: [LineID: Int]] = [:]
  /// All returns that held units, also those that ended (R5).
  var returnIDs: Set<ReturnID> = []
  /// What was given as store credit, beside the balance (O2).
  public internal(set) var storeCredit = 0
  /// What was given as goodwill, so that a retry under another command id gives nothing twice.
  var goodwill: Set<Goodwill> = []
  /// What of it was given instead of money, for returns.
  var creditedInstead = 0
  /// The returns that it was given for.
  var creditedReturns: Set<ReturnID> = []

  public init() {}

  public var isRecorded: Bool { header != nil }
  public var orderID: OrderID? { header?.orderID }
  public var customerID: CustomerID? { header?.customerID }
  public var currency: CurrencyCode? { header?.currency }
  public var total: Int { basis.total }
  /// The refunds that hold money of it.
  public var refundIDs: [RefundID] { reservations.keys.sorted() }

  public mutating func evolve(_ event: OrderEvent) throws(InconsistentHistory) {
    switch event {
    case .orderRecorded(let event): try record(event)
    case .orderAmended(let event): try amend(event)
    case .paymentCaptured(let event): try capture(event)
    case .orderDelivered(let event):
      try requireThis(event.orderID)
      try require(deliveredAt != event.deliveredAt, "an order delivered twice at once")
      if let deliveredAt { earlierDeliveries.insert(deliveredAt) }
      deliveredAt = event.deliveredAt
    case .orderCancelled(let event):
      try requireThis(event.orderID)
      try require(!isCancelled, "an order cancelled twice")
      isCancelled = true
    case .orderBalanceReserved(let event):
      try requireThis(event.orderID)
      try reserve(event)
    case .orderReservationReduced(let event):
      try requireThis(event.orderID)
      try reduce(event)
    case .orderReservationReleased(let event):
      try requireThis(event.orderID)
      try require(try release(event.refundID) == event.amount, "another amount was reserved")
    case .orderReservationSettled(let event):
      try requireThis(event.orderID)
      try settle(event)
    case .orderReservationRestored(let event):
      try requireThis(event.orderID)
      try restore(event)
    case .orderPayoutHeld(let event):
      try requireThis(event.orderID)
      try hold(event)
    case .orderPayoutFreed(let event):
      try requireThis(event.orderID)
      try free(event)
    case .orderBalanceDisputed(let event):
      try requireThis(event.orderID)
      try dispute(event)
    case .orderDisputeCovered(let event):
      try requireThis(event.orderID)
      try cover(event)
    case .orderDisputeReleased(let event):
      try requireThis(event.orderID)
      try release(event)
    case .orderDisputeSettled(let event):
      try requireThis(event.orderID)
      try settle(event)
    case .orderUnitsHeld(let event):
      try requireThis(event.orderID)
      try hold(event)
    case .orderUnitsFreed(let event):
      try requireThis(event.orderID)
      try free(event)
    case .storeCreditGranted(let event):
      try requireThis(event.orderID)
      try credit(event)
    }
  }

  private func requireThis(_ orderID: OrderID) throws(InconsistentHistory) {
    try require(header?.orderID == orderID, "an event of order \(orderID), which is not this one")
  }

  private mutating func record(_ event: OrderRecorded) throws(InconsistentHistory) {
    try require(header == nil, "order \(event.orderID) recorded twice")
    header = Header(
      orderID: event.orderID, customerID: event.customerID, currency: event.currency,
      marketplace: MarketplaceIDs(event.marketplace), placedAt: event.placedAt)
    updatedAt = event.updatedAt
    lines = try [Line](event.lines)
    shipping.total = event.shipping
    importedShipping = event.toldShipping ?? event.shipping
    partsTotal = event.partsTotal
    basis.total = event.total
    platformFee.total = event.marketplace?.platformFee ?? 0
    platformFeeTax.total = event.marketplace?.platformFeeTax ?? 0
  }

  private mutating func amend(_ event: OrderAmended) throws(InconsistentHistory) {
    try requireThis(event.orderID)
    try require(event.updatedAt > updatedAt, "an amendment older than what it amends")
    try require(event.total >= balance.captured, "a total below what was captured")
    var amended = try [Line](event.lines)
    try amended.take(from: lines)
    updatedAt = event.updatedAt
    lines = amended
    shipping.total = event.shipping
    importedShipping = event.toldShipping ?? event.shipping
    partsTotal = event.partsTotal
    basis.total = event.total
    if event.platformFee != nil || event.platformFeeTax != nil {
      try require(mayStillHaveFee, "a marketplace's fee imported twice, or too late")
      platformFee.total = event.platformFee ?? 0
      platformFeeTax.total = event.platformFeeTax ?? 0
    }
  }

  private mutating func capture(_ event: PaymentCaptured) throws(InconsistentHistory) {
    try requireThis(event.orderID)
    try require(
      !payments.contains { $0.paymentID == event.paymentID },
      "payment \(event.paymentID) captured twice")
    let captured = try unwrap(
      CheckedAmount.sum(balance.captured, event.amount), "a capture too large")
    try require(captured <= total, "more captured than the order's total")
    balance.captured = captured
    payments.insert(
      CapturedPayment(
        paymentID: event.paymentID, provider: event.provider, capturedAt: event.capturedAt,
        balance: RefundableBalance(captured: event.amount)))
  }
}
