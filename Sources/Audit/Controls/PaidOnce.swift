// B1, O2, V1: what refunds pay, banks take back and store credit replaces is never more than was
// captured. A bank does not ask first, so that its claim may exceed what is left; what the tenant
// decides afterwards may not. A return is paid once: by a refund or by store credit.

import Domain
import EventSourcing
import Events

struct PaidOnce: Control {
  static let id = "paid-once"
  static let statement = """
    Refunds, chargebacks and store credit together never gave more of an order than was captured, \
    and no return was paid twice.
    """
  static let rules = ["B1", "O2", "V1"]

  /// Where each return was paid.
  private var paidReturns = SpillingDictionary<ReturnID, Position>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    if case .refund(.refundExecuted(let event)) = recorded.event,
      let returnID = commit.before.refund(event.refundID).returnID
    {
      examination.begin()
      pay(returnID, at: position, &examination)
    }
    if case .refund(.refundExecutionStarted(let event)) = recorded.event {
      examination.begin()
      Self.examine(
        "attempt \(event.attempt) of refund \(event.refundID)", event.orderID,
        event.payments.map(\.paymentID), event.currency, position, commit, &examination)
    }
    if case .order(.storeCreditGranted(let event)) = recorded.event, let returnID = event.returnID {
      examination.begin()
      pay(returnID, at: position, &examination)
      Self.examine(
        "store credit for return \(returnID)", event.orderID, [], event.currency, position, commit,
        &examination)
    }
  }

  mutating func spill(into file: SpillFile) throws { try paidReturns.spill(into: file) }

  private mutating func pay(
    _ returnID: ReturnID, at position: Position, _ examination: inout Examination
  ) {
    let earlier = paidReturns[returnID]
    paidReturns.set(returnID, to: position)
    guard let first = earlier else { return }
    examination.find("return \(returnID) was paid twice", at: first, position)
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
