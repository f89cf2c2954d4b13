// V1: the units of an order that returns hold, apart from the money. From its request on a return
// holds its units, and no other return and no refund but its own gets them; the money of a unit,
// its price with its shares of discount and tax, is only ever taken by a refund. When which unit is
// free again:
//
// - A return that is rejected, cancelled or expired frees all of its units: the customer has them
//   still.
// - Units that were announced and not sent (short_shipped) are free as soon as that is known.
// - Units that an inspection does not accept, and units lost on the way that it does not make good,
//   are free for a refund, because a person may decide otherwise later, but not for another return:
//   they came back once, or cannot come back at all. They are *spent*.
// - Accepted units stay held until the return's own refund takes them over, in one commit; for ever
//   where the customer got store credit for them, or where the return ended without money, for then
//   only a refund of this return may pay for them.
// - A return's refund that is denied or cancelled gives the units back to its return.

import EventSourcing
public import Events

extension Order {
  /// The order as if a refund in advance had left its units with the return; itself where all of
  /// that refund was paid.
  func taking(back refundID: RefundID, for returnID: ReturnID) -> Order {
    guard let orderID, let reservation = reservations[refundID] else { return self }
    var order = self
    do {
      // What was paid of it has left the order, but not the units.
      for part in reservation.settled {
        try order.restore(
          OrderReservationRestored(
            orderID: orderID, refundID: refundID, paymentID: part.paymentID,
            amount: part.amount))
      }
    } catch { preconditionFailure(error.reason) }
    order = order.without(refundID)
    for line in reservation.lines {
      guard let index = order.lines.index(of: line.lineID) else { continue }
      order.lines[index].held += line.quantity
      order.returns[returnID, default: [:]][line.lineID, default: 0] += line.quantity
    }
    return order
  }

  mutating func hold(_ event: OrderUnitsHeld) throws(InconsistentHistory) {
    var held = returns[event.returnID] ?? [:]
    for line in event.lines {
      let index = try unwrap(lines.index(of: line.lineID), "an unknown line \(line.lineID)")
      try require(line.quantity <= lines[index].free, "more of line \(line.lineID) than is free")
      lines[index].held += line.quantity
      held[line.lineID, default: 0] += line.quantity
    }
    returns[event.returnID] = held
    returnIDs.insert(event.returnID)
  }

  mutating func free(_ event: OrderUnitsFreed) throws(InconsistentHistory) {
    var held = try unwrap(
      returns[event.returnID], "return \(event.returnID) holds nothing of this order")
    for line in event.lines {
      let index = try unwrap(lines.index(of: line.lineID), "an unknown line \(line.lineID)")
      let rest = held[line.lineID, default: 0] - line.quantity
      try require(rest >= 0, "more of line \(line.lineID) than return \(event.returnID) holds")
      held[line.lineID] = rest == 0 ? nil : rest
      lines[index].held -= line.quantity
      if !event.returnable { lines[index].spent += line.quantity }
    }
    returns[event.returnID] = held.isEmpty ? nil : held
  }

  /// The event that holds units for a return; `nil` for none.
  func holding(_ units: [LineUnits], for returnID: ReturnID) -> Event? {
    guard let orderID, !units.isEmpty else { return nil }
    return .orderUnitsHeld(OrderUnitsHeld(orderID: orderID, returnID: returnID, lines: units))
  }

  /// The event that frees so many units, as far as the return still holds them; `nil` for none.
  func freeing(
    _ units: [LineUnits], of returnID: ReturnID, returnable: Bool
  ) -> Event? {
    let held = returns[returnID] ?? [:]
    let freed = units.compactMap { unit -> LineUnits? in
      let quantity = min(unit.quantity, held[unit.lineID] ?? 0)
      return quantity > 0 ? LineUnits(lineID: unit.lineID, quantity: quantity) : nil
    }
    guard let orderID, !freed.isEmpty else { return nil }
    return .orderUnitsFreed(
      OrderUnitsFreed(orderID: orderID, returnID: returnID, lines: freed, returnable: returnable))
  }

  /// All that a return holds, in the lines' order.
  public func unitsHeld(by returnID: ReturnID) -> [LineUnits] {
    (returns[returnID] ?? [:]).sorted { $0.key < $1.key }
      .map { LineUnits(lineID: $0.key, quantity: $0.value) }
  }

  /// The order as if a return held nothing of it.
  func without(_ returnID: ReturnID) -> Order {
    guard
      case .order(.orderUnitsFreed(let event))? = freeing(
        unitsHeld(by: returnID), of: returnID, returnable: true)
    else { return self }
    var order = self
    do { try order.free(event) } catch { preconditionFailure(error.reason) }
    return order
  }
}

extension Order {
  /// The events that free all units of a return that ends before anything was sent.
  func freeingAll(of returnID: ReturnID) -> [Event] {
    let event = freeing(unitsHeld(by: returnID), of: returnID, returnable: true)
    return event.map { [$0] } ?? []
  }

  /// The events that give a return what its refund held: what money may still become due for is
  /// held again, units that came back or were lost are free for refunds only (V1).
  func givingBack(_ refundID: RefundID, to returnState: Return) -> [Event] {
    guard let returnID = returnState.header?.returnID else { return [] }
    let units = held(refundID).lines.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) }
    let (held, spent) = returnState.taking(back: units)
    var events: [Event] = []
    if let holding = holding((held + spent).merged, for: returnID) { events.append(holding) }
    if let orderID, !spent.isEmpty {
      events.append(
        .orderUnitsFreed(
          OrderUnitsFreed(orderID: orderID, returnID: returnID, lines: spent, returnable: false)))
    }
    events.append(
      .returnRefundWithdrawn(ReturnRefundWithdrawn(returnID: returnID, refundID: refundID)))
    return events
  }
}

extension [LineUnits] {
  /// Each line once, in order.
  fileprivate var merged: [LineUnits] {
    reduce(into: [:]) { $0[$1.lineID, default: 0] += $1.quantity }
      .sorted { $0.key < $1.key }.map { LineUnits(lineID: $0.key, quantity: $0.value) }
  }
}
