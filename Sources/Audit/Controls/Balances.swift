// O2 and R3: a request reserves what it asks for and no more than is left; an approval and the
// reservation name the same amount, and so do an attempt to pay and what is not paid of it, payment
// by payment. Nothing of an order or of one of its payments is given beyond what was captured.

import Domain
import EventSourcing
import Events

struct Balances: Control {
  static let id = "balances"
  static let statement = """
    No refund asked for, held or paid more than was left of its order, and what it holds is what \
    was approved.
    """
  static let rules = ["O2", "R3"]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    switch recorded.event {
    case .order:
      if case .order(let id) = recorded.event.subject {
        Self.examine(id, position, commit.after, &examination)
      }
    case .refund(.refundApproved(let event)):
      let refund = commit.before.refund(event.refundID)
      let held = refund.orderID.map { commit.after.account($0).held(by: event.refundID) } ?? 0
      examination.begin()
      examination.require(
        held == event.approvedAmount && event.approvedAmount <= refund.requestedAmount,
        """
        refund \(event.refundID) was approved with \
        \(Money(event.approvedAmount, event.currency)), of \
        \(Money(refund.requestedAmount, event.currency)) requested, and holds \
        \(Money(held, event.currency))
        """, at: position)
    case .refund(.refundExecutionStarted(let event)):
      let held = commit.before.account(event.orderID).held[event.refundID] ?? [:]
      let asked = event.legs.reduce(into: [:]) { $0[$1.paymentID, default: 0] += $1.amount }
      examination.begin()
      examination.require(
        asked == held && event.amount == asked.values.reduce(0, +),
        """
        attempt \(event.attempt) of refund \(event.refundID) pays \
        \(Money(event.amount, event.currency)) by \(asked.words(in: event.currency)), and its \
        order holds \(held.words(in: event.currency)) for it
        """, at: position)
    case .refund(let event):
      if let request = Request(event, commit.before) {
        Self.examine(request, position, commit, &examination)
      }
    case .tenant, .customer, .privacy, .supportCase, .return, .hold, .system, .command: break
    }
  }

  private static func examine(
    _ id: OrderID, _ position: Position, _ after: TenantState, _ examination: inout Examination
  ) {
    examination.begin()
    let account = after.account(id)
    for (payment, captured) in account.captured where account.refundable(of: payment) < 0 {
      examination.find(
        """
        payment \(payment) of order \(id) gives \(captured - account.refundable(of: payment)), \
        and \(captured) was captured, in minor units
        """, at: position)
    }
  }

  /// What a request or an amendment says.
  private struct Request {
    var refund: RefundID
    var order: OrderID
    var amount: Int
    var balance: Int
    var orderTotal: Int

    init?(_ event: RefundEvent, _ before: TenantState) {
      if case .refundRequested(let event) = event {
        (refund, order, amount) = (event.refundID, event.orderID, event.requestedAmount)
        (balance, orderTotal) = (event.balanceBefore, event.orderTotal)
      } else if case .refundAmended(let event) = event,
        let order = before.refund(event.refundID).orderID
      {
        (refund, self.order, amount) = (event.refundID, order, event.requestedAmount)
        (balance, orderTotal) = (event.balanceBefore, event.orderTotal)
      } else {
        return nil
      }
    }
  }

  private static func examine(
    _ request: Request, _ position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    examination.begin()
    let account = commit.before.account(request.order)
    let order = commit.before.order(request.order)
    // An amendment gives back what the refund held.
    let balance = account.refundable + account.held(by: request.refund)
    let held = commit.after.account(request.order).held(by: request.refund)
    func money(_ amount: Int) -> String {
      order.currency.map { Money(amount, $0).description } ?? "\(amount)"
    }
    examination.require(
      request.balance == balance && request.orderTotal == order.total && balance <= order.total,
      """
      refund \(request.refund) names \(money(request.balance)) as refundable of \
      \(money(request.orderTotal)), and \(money(balance)) of \(money(order.total)) was
      """, at: position)
    examination.require(
      request.amount == held && request.amount <= balance - account.creditInstead,
      """
      refund \(request.refund) asks for \(money(request.amount)) and holds \(money(held)), and \
      \(money(balance - account.creditInstead)) was left
      """, at: position)
  }
}

extension [PaymentID: Int] {
  /// The amounts by payment.
  fileprivate func words(in currency: CurrencyCode) -> String {
    if isEmpty { return "nothing" }
    return sorted { $0.key < $1.key }
      .map { "\(Money($0.value, currency)) of payment \($0.key)" }.joined(separator: ", ")
  }
}
