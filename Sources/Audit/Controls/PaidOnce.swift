// B1, O2, R7, V1: what refunds pay, banks take back and store credit replaces is never more than
// was captured. A bank does not ask first, so that its claim may exceed what is left; what the
// tenant decides afterwards may not. Each leg of a refund is paid once, unless its money came back,
// and all of them pay no more than was approved. A return is paid once: by a refund or by store
// credit.

import Domain
import EventSourcing
import Events

struct PaidOnce: Control {
  static let id = "paid-once"
  static let statement = """
    Refunds, chargebacks and store credit together never gave more of an order than was captured, \
    no refund more than was approved, and no leg or return was paid twice.
    """
  static let rules = ["B1", "O2", "R7", "V1"]

  private var refunds = SpillingDictionary<RefundID, PaidLegs>()
  private var returns = SpillingDictionary<ReturnID, PaidReturn>()

  /// Where a return was paid.
  private struct PaidReturn: Codable {
    /// Of a refund with several legs, where the last was.
    var refunds: [RefundID: Position] = [:]
    var credit: Position?
  }

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    switch recorded.event {
    case .order(.storeCreditGranted(let event)):
      guard let returnID = event.returnID else { return }
      examination.begin()
      pay(returnID, by: nil, at: position, &examination)
      Self.examine(
        "store credit for return \(returnID)", event.orderID, [], event.currency, position, commit,
        &examination)
    case .refund(.refundExecutionStarted(let event)):
      refunds.update(event.refundID, default: PaidLegs()) { $0.ask(event.legs) }
      examination.begin()
      Self.examine(
        "attempt \(event.attempt) of refund \(event.refundID)", event.orderID,
        event.legs.map(\.paymentID), event.currency, position, commit, &examination)
    case .refund(.refundLegSettled(let event)):
      examination.begin()
      pay(event.refundID, by: [event.paymentID], at: position, commit, &examination)
    case .refund(.refundExecuted(let event)):
      examination.begin()
      pay(event.refundID, by: nil, at: position, commit, &examination)
    case .refund(.refundLegReturned(let event)): takeBack(event, commit)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      break
    }
  }

  mutating func spill(into file: SpillFile) throws {
    try refunds.spill(into: file)
    try returns.spill(into: file)
  }

  /// - Parameter payments: of the legs that are paid; `nil` for all that were asked for.
  private mutating func pay(
    _ refund: RefundID, by payments: [PaymentID]?, at position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    var legs = refunds[refund] ?? PaidLegs()
    for payment in payments ?? legs.asked {
      guard let first = legs.pay(by: payment, at: position) else { continue }
      examination.find(
        "refund \(refund) was paid twice by payment \(payment)", at: first, position)
    }
    refunds.set(refund, to: legs)
    let state = commit.before.refund(refund)
    if let approved = state.approvedAmount, let currency = state.currency {
      examination.require(
        legs.paidAmount <= approved,
        """
        refund \(refund) was paid with \(Money(legs.paidAmount, currency)), and \
        \(Money(approved, currency)) was approved
        """, at: position)
    }
    if let returnID = state.returnID { pay(returnID, by: refund, at: position, &examination) }
  }

  /// - Parameter refund: `nil` for store credit.
  private mutating func pay(
    _ returnID: ReturnID, by refund: RefundID?, at position: Position,
    _ examination: inout Examination
  ) {
    var paid = returns[returnID] ?? PaidReturn()
    let others = paid.refunds.filter { $0.key != refund }.values
    if let first = (others + [paid.credit].compactMap(\.self)).min() {
      examination.find("return \(returnID) was paid twice", at: first, position)
    }
    if let refund { paid.refunds[refund] = position } else { paid.credit = position }
    returns.set(returnID, to: paid)
  }

  /// Money that came back was not paid, nor was the return that it was for, once all of it did.
  private mutating func takeBack(_ event: RefundLegReturned, _ commit: AuditedCommit) {
    var legs = refunds[event.refundID] ?? PaidLegs()
    legs.takeBack(of: event.paymentID)
    refunds.set(event.refundID, to: legs)
    if legs.paidAmount == 0, let returnID = commit.before.refund(event.refundID).returnID {
      returns.update(returnID, default: PaidReturn()) { $0.refunds[event.refundID] = nil }
    }
  }

  /// - Parameter payments: those that are to be paid back, each of which has a balance of its own.
  private static func examine(
    _ what: String, _ order: OrderID, _ payments: [PaymentID], _ currency: CurrencyCode,
    _ position: Position, _ commit: AuditedCommit, _ examination: inout Examination
  ) {
    let account = commit.after.account(order)
    func require(_ given: Int, of captured: Int, _ source: String) {
      examination.require(
        given <= captured,
        """
        with \(what), \(source) gives \(Money(given, currency)), and \
        \(Money(captured, currency)) was captured
        """, at: position)
    }
    let given =
      account.refundedTotal + account.heldTotal + account.claimedTotal + account.creditInstead
    require(given, of: account.capturedTotal, "order \(order)")
    for payment in payments {
      let given =
        account.refunded[payment, default: 0] + account.heldTotal(of: payment)
        + account.claimedTotal(of: payment)
      require(
        given, of: account.captured[payment, default: 0], "payment \(payment) of order \(order)")
    }
  }
}

/// What the legs of one refund paid and did not get back.
struct PaidLegs: Codable {
  /// By payment, what the last attempt for it asked for.
  private var amounts: [PaymentID: Int] = [:]
  /// Where each was paid.
  private var paid: [PaymentID: Position] = [:]

  /// The payments of all legs.
  var asked: [PaymentID] { amounts.keys.sorted() }

  var paidAmount: Int { paid.keys.reduce(0) { $0 + amounts[$1, default: 0] } }

  mutating func ask(_ legs: [RefundLeg]) {
    for leg in legs { amounts[leg.paymentID] = leg.amount }
  }

  /// - Returns: where it was paid already; `nil` where it was not.
  mutating func pay(by payment: PaymentID, at position: Position) -> Position? {
    paid.updateValue(position, forKey: payment)
  }

  mutating func takeBack(of payment: PaymentID) { paid[payment] = nil }
}
