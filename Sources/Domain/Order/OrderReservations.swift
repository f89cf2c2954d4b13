// O2: what each refund holds of an order, from its request until it is paid or given back.

import EventSourcing
import Events

extension Order {
  /// Money, units and shares that one refund holds; the units and shares also of what it has paid.
  struct Reservation: Equatable, Sendable, Codable {
    /// Without what was paid.
    var amount: Int
    var lines: [ReservedLine]
    var shipping: Int
    var basis: Int
    var platformFee: Int
    var platformFeeTax: Int
    /// They come to the amount.
    var payments: [PaymentPart]
    /// What was paid.
    var settled: [PaymentPart] = []
  }

  mutating func reserve(_ event: OrderBalanceReserved) throws(InconsistentHistory) {
    let refund = event.refundID
    try require(reservations[refund] == nil, "refund \(refund) reserved twice")
    try require(
      event.amount >= 1 && event.amount <= balance.refundable,
      "refund \(refund) holds more than is refundable")
    try require(event.shipping <= shipping.left, "more shipping than is left")
    // R2: the shares are those of what is left.
    try require(
      event.platformFee == feeShare(of: platformFee, event.basis)?.share ?? 0,
      "another platform fee than its share")
    try require(
      event.platformFeeTax == feeShare(of: platformFeeTax, event.basis)?.share ?? 0,
      "another platform fee tax than its share")
    try require(event.payments.total == event.amount, "payments that do not add up")
    var sum = event.shipping
    for line in event.lines {
      sum = try unwrap(CheckedAmount.sum(sum, try take(line)), "lines that are too much")
    }
    try require(event.basis == sum, "a basis that does not add up")
    for part in event.payments {
      let index = try payments.index(of: part.paymentID)
      try require(
        part.amount <= payments[index].balance.refundable,
        "more of payment \(part.paymentID) than is left")
      payments[index].balance.reserved += part.amount
    }
    balance.reserved += event.amount
    shipping.taken += event.shipping
    basis.taken += event.basis
    platformFee.taken += event.platformFee
    platformFeeTax.taken += event.platformFeeTax
    // An amendment releases what it reserves anew.
    withdrawnRefunds[refund] = nil
    reservations[refund] = Reservation(
      amount: event.amount, lines: event.lines, shipping: event.shipping, basis: event.basis,
      platformFee: event.platformFee, platformFeeTax: event.platformFeeTax,
      payments: event.payments)
  }

  /// - Returns: what the units come to (R2).
  private mutating func take(_ line: ReservedLine) throws(InconsistentHistory) -> Int {
    let index = try unwrap(lines.index(of: line.lineID), "an unknown line \(line.lineID)")
    let left = lines[index]
    try require(
      left.free > 0 && (1...max(1, left.free)).contains(line.quantity),
      "more of line \(line.lineID) than is left")
    func share(of amount: Int) -> Int {
      halfUp(amount, times: line.quantity, over: left.units.left)
    }
    try require(
      line.discount == share(of: left.discountLeft) && line.tax == share(of: left.taxLeft),
      "other shares of line \(line.lineID) than those of its units")
    lines[index].units.taken += line.quantity
    lines[index].discount.taken += line.discount
    lines[index].tax.taken += line.tax
    return left.unitPrice * line.quantity - line.discount + line.tax
  }

  mutating func reduce(_ event: OrderReservationReduced) throws(InconsistentHistory) {
    var reservation = try reservation(of: event.refundID)
    let isAll = event.amount == reservation.amount
    // Of a refund that paid nothing, all is released, not reduced.
    try require(
      (1...reservation.amount).contains(event.amount)
        && (!isAll || !reservation.settled.isEmpty) && event.payments.total == event.amount,
      "refund \(event.refundID) gives back another amount than it can")
    let before = reservation.amount + reservation.settled.total
    for part in event.payments {
      try reservation.payments.take(part, "reserved")
      payments[try payments.index(of: part.paymentID)].balance.reserved -= part.amount
    }
    // R2: the marketplace's fee goes back in the same proportion as the money.
    let after = before - event.amount
    func shrink(_ part: WritableKeyPath<Reservation, Int>, _ pot: WritableKeyPath<Order, Pot>) {
      let kept = halfUp(reservation[keyPath: part], times: after, over: before)
      self[keyPath: pot].taken -= reservation[keyPath: part] - kept
      reservation[keyPath: part] = kept
    }
    shrink(\.basis, \.basis)
    shrink(\.platformFee, \.platformFee)
    shrink(\.platformFeeTax, \.platformFeeTax)
    reservation.amount -= event.amount
    balance.reserved -= event.amount
    keep(reservation, of: event.refundID)
  }

  /// Releases everything that a refund holds.
  ///
  /// - Returns: the money that it held.
  mutating func release(_ refundID: RefundID) throws(InconsistentHistory) -> Int {
    let reservation = try reservation(of: refundID)
    try require(reservation.settled.isEmpty, "refund \(refundID) has paid something")
    for line in reservation.lines {
      // An amendment cannot drop a line that refunds take from, so it is there.
      let index = try unwrap(lines.index(of: line.lineID), "an unknown line \(line.lineID)")
      lines[index].units.taken -= line.quantity
      lines[index].discount.taken -= line.discount
      lines[index].tax.taken -= line.tax
    }
    for part in reservation.payments {
      payments[try payments.index(of: part.paymentID)].balance.reserved -= part.amount
    }
    balance.reserved -= reservation.amount
    shipping.taken -= reservation.shipping
    basis.taken -= reservation.basis
    platformFee.taken -= reservation.platformFee
    platformFeeTax.taken -= reservation.platformFeeTax
    reservations[refundID] = nil
    withdrawnRefunds[refundID] = reservation.parts
    return reservation.amount
  }

  /// What a refund held of one payment, or of all, was paid: its units and shares stay taken.
  mutating func settle(_ event: OrderReservationSettled) throws(InconsistentHistory) {
    var reservation = try reservation(of: event.refundID)
    // Before legs were told apart, all was paid at once.
    let parts = reservation.payments.filter { event.paymentID ?? $0.paymentID == $0.paymentID }
    try require(
      !parts.isEmpty && parts.total == event.amount, "another amount was reserved")
    for part in parts {
      try reservation.payments.take(part, "reserved")
      reservation.settled.append(part)
      let index = try payments.index(of: part.paymentID)
      payments[index].balance.reserved -= part.amount
      payments[index].balance.executed += part.amount
    }
    reservation.amount -= event.amount
    balance.reserved -= event.amount
    balance.executed += event.amount
    keep(reservation, of: event.refundID)
  }

  /// What a refund paid by one payment came back, and is held for it again (R10).
  mutating func restore(_ event: OrderReservationRestored) throws(InconsistentHistory) {
    let id = event.refundID
    var reservation = try unwrap(
      reservations[id] ?? paidReservations[id], "refund \(id) has paid nothing of this order")
    let part = PaymentPart(paymentID: event.paymentID, amount: event.amount)
    try reservation.settled.take(part, "paid")
    try require(
      !reservation.settled.contains { $0.paymentID == part.paymentID },
      "less came back of payment \(part.paymentID) than was paid")
    let index = try payments.index(of: part.paymentID)
    payments[index].balance.executed -= part.amount
    payments[index].balance.reserved += part.amount
    balance.executed -= part.amount
    balance.reserved += part.amount
    reservation.payments.append(part)
    reservation.amount += part.amount
    keep(reservation, of: id)
  }

  private func reservation(of refundID: RefundID) throws(InconsistentHistory) -> Reservation {
    try unwrap(reservations[refundID], "refund \(refundID) holds nothing of this order")
  }

  private mutating func keep(_ reservation: Reservation, of refundID: RefundID) {
    reservations[refundID] = reservation.amount > 0 ? reservation : nil
    paidReservations[refundID] = reservation.amount > 0 ? nil : reservation
  }
}

extension [PaymentPart] {
  /// - Parameter what: what became of the parts before.
  fileprivate mutating func take(
    _ part: PaymentPart, _ what: String
  ) throws(InconsistentHistory) {
    guard let index = firstIndex(where: { $0.paymentID == part.paymentID }),
      self[index].amount >= part.amount
    else { throw InconsistentHistory("more of payment \(part.paymentID) than was \(what)") }
    self[index].amount -= part.amount
    if self[index].amount == 0 { remove(at: index) }
  }
}

extension Order {
  /// What a refund holds of this order.
  ///
  /// - Precondition: this is the refund's order, so the refund holds something of it.
  func held(_ refundID: RefundID) -> Reservation {
    guard let reservation = reservations[refundID] else {
      preconditionFailure("refund \(refundID) holds nothing of the order it belongs to")
    }
    return reservation
  }

  /// The order as if a refund held nothing of it.
  func without(_ refundID: RefundID) -> Order {
    var order = self
    do {
      _ = try order.release(refundID)
    } catch {
      preconditionFailure(error.reason)
    }
    return order
  }

  /// The fee's share of a basis; an order with nothing left of either gives nothing back.
  func feeShare(of fee: Pot, _ basis: Int) -> Share? {
    guard fee.left > 0, self.basis.left > 0 else { return nil }
    return Share(of: fee.left, part: min(basis, self.basis.left), whole: self.basis.left)
  }
}
