// The rules of orders, each with its number, in the rule book's order. The commands call them
// (OrderDecider.swift); what takes from the balance does so in one commit with its own event:
// refunds (OrderReservations.swift), chargebacks (OrderDisputes.swift) and holds (OrderHolds.swift,
// which only keep back). The balance itself: RefundableBalance.swift.

import EventSourcing
import Events

// MARK: O1: the newest updated_at wins, duplicates change nothing

extension Order {
  func isOlder(than time: Timestamp) -> Bool { updatedAt < time }

  /// What an order is recorded with once and for all; a marketplace may import its fee later, until
  /// the first refund.
  func checkSame(_ command: RecordOrder, _ header: Header) throws(OrderRejection) {
    guard command.customerID == header.customerID else {
      throw .orderOfAnotherCustomer(recorded: header.customerID, given: command.customerID)
    }
    guard command.currency == header.currency else {
      throw .otherCurrency(recorded: header.currency, given: command.currency)
    }
    guard let marketplace = command.marketplace else { return }
    let isSame =
      marketplace.platformFee == platformFee.total
      && marketplace.platformFeeTax == platformFeeTax.total
    guard isSame || mayStillHaveFee else {
      throw .otherPlatformFee(
        recorded: Money(platformFee.total + platformFeeTax.total, header.currency),
        given: Money(marketplace.platformFee + marketplace.platformFeeTax, header.currency))
    }
  }

  /// Whether the marketplace's fee can still be imported (R2).
  var mayStillHaveFee: Bool {
    platformFee.total == 0 && platformFeeTax.total == 0 && basis.taken == 0
  }

  func captures(_ command: RecordOrder, total: Int) throws(OrderRejection) -> [PaymentCaptured] {
    try captures(
      command.payments ?? [], of: command.orderID, total: total, currency: command.currency)
  }

  /// The payments that are not known yet: duplicates change nothing.
  ///
  /// - Throws: ``OrderRejection/paymentOfAnotherAmount(_:recorded:given:)`` (O1),
  ///   ``OrderRejection/capturedAboveTotal(captured:total:)`` (R3).
  func captures(
    _ payments: [Payment], of orderID: OrderID, total: Int, currency: CurrencyCode
  ) throws(OrderRejection) -> [PaymentCaptured] {
    var known: [PaymentID: Int] = [:]
    for payment in self.payments { known[payment.paymentID] = payment.balance.captured }
    var captured = balance.captured
    var captures: [PaymentCaptured] = []
    for payment in payments {
      if let amount = known[payment.paymentID] {
        guard amount == payment.amount else {
          throw .paymentOfAnotherAmount(
            payment.paymentID, recorded: Money(amount, currency),
            given: Money(payment.amount, currency))
        }
        continue
      }
      known[payment.paymentID] = payment.amount
      guard let sum = CheckedAmount.sum(captured, payment.amount) else {
        throw .amountTooLarge(currency: currency)
      }
      captured = sum
      captures.append(
        PaymentCaptured(
          orderID: orderID, paymentID: payment.paymentID, amount: payment.amount,
          capturedAt: payment.capturedAt, provider: payment.provider))
    }
    try requireCaptured(captured, within: total, currency)
    return captures
  }

  /// The total of an amendment that names none: what its parts come to, unless the order cost other
  /// than its parts, so that it is unknown whether it still does.
  func unsaidTotal(_ parts: Int, _ header: Header) throws(OrderRejection) -> Int {
    guard let partsTotal else { return parts }
    guard parts == partsTotal else {
      throw .totalMissing(
        parts: Money(parts, header.currency), recorded: Money(total, header.currency),
        insteadOf: Money(partsTotal, header.currency))
    }
    return total
  }

  /// What refunds and returns have of a line, the line must still have (R1, V1).
  func requireStillHas(_ lines: [OrderLine]) throws(OrderRejection) {
    let quantities = Dictionary(uniqueKeysWithValues: lines.map { ($0.lineID, $0.quantity) })
    for line in self.lines {
      let taken = max(line.units.taken + line.held, line.spent)
      let given = quantities[line.lineID, default: 0]
      guard taken <= given else {
        throw .unitsAlreadyTaken(
          line.lineID, taken: taken, given: given,
          inUse: unitsInUse(of: line, forReturn: true))
      }
    }
  }
}

// MARK: O2: one refundable balance, captured − executed − reserved − disputed, never negative

extension Order {
  /// The balance never exceeds the order's total (R3).
  func requireCaptured(
    _ captured: Int, within total: Int, _ currency: CurrencyCode
  ) throws(OrderRejection) {
    guard captured <= total else {
      throw .capturedAboveTotal(
        captured: Money(captured, currency), total: Money(total, currency))
    }
  }
}
