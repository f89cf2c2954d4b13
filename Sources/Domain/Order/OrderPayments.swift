// The payments of an order, each with its own balance (O2).

public import EventSourcing
public import Events

/// A payment of an order, with its own balance.
public struct CapturedPayment: Hashable, Sendable, Codable {
  public internal(set) var paymentID: PaymentID
  /// Who took it, and gives it back.
  public internal(set) var provider: String?
  public internal(set) var capturedAt: Timestamp
  public internal(set) var balance: RefundableBalance
  /// What banks took back by chargebacks, also beyond what the balance had left (B1).
  public internal(set) var chargedBack = 0
}

extension [CapturedPayment] {
  /// Splits an amount over the payments in order of capture, each up to what is left of it.
  ///
  /// - Precondition: the payments have that much left together.
  func allocate(_ amount: Int) -> [PaymentPart] {
    var rest = amount
    var parts: [PaymentPart] = []
    for payment in self where rest > 0 && payment.balance.refundable > 0 {
      let part = Swift.min(rest, payment.balance.refundable)
      parts.append(PaymentPart(paymentID: payment.paymentID, amount: part))
      rest -= part
    }
    precondition(rest == 0, "the payments hold less than the order's balance says")
    return parts
  }

  func index(of paymentID: PaymentID) throws(InconsistentHistory) -> Index {
    try unwrap(firstIndex { $0.paymentID == paymentID }, "an unknown payment \(paymentID)")
  }

  /// Keeps the payments in order of capture, not in the order of their import.
  mutating func insert(_ payment: CapturedPayment) {
    let place = firstIndex { payment.capturedAt < $0.capturedAt } ?? endIndex
    insert(payment, at: place)
  }
}

extension [PaymentPart] {
  /// More than any amount where it is too large.
  var total: Int { reduce(0) { CheckedAmount.sum($0, $1.amount) ?? .max } }

  /// The parts to give back when the whole shrinks by an amount: the last payments first.
  ///
  /// - Precondition: the parts hold that much.
  func givingBack(_ amount: Int) -> [PaymentPart] {
    var rest = amount
    var given: [PaymentPart] = []
    for part in reversed() where rest > 0 {
      let amount = Swift.min(rest, part.amount)
      given.append(PaymentPart(paymentID: part.paymentID, amount: amount))
      rest -= amount
    }
    precondition(rest == 0, "more given back than held")
    return given
  }
}

extension Order {
  /// Who took a payment.
  func provider(of paymentID: PaymentID) -> String? {
    payments.first { $0.paymentID == paymentID }?.provider
  }

  /// The legs of an attempt that gives back these parts (R7).
  func legs(_ parts: [PaymentPart], of refundID: RefundID, attempt: Int) -> [RefundLeg] {
    parts.map { part in
      RefundLeg(
        paymentID: part.paymentID,
        provider: provider(of: part.paymentID), amount: part.amount,
        idempotencyKey: Refund.idempotencyKey(refundID, part.paymentID, attempt: attempt))
    }
  }
}
