// Mirroring an order (O1): events may arrive late, twice and out of order.

import EventSourcing
public import Events

extension Order {
  /// Mirrors an order with its payments and its delivery, or amends it where this is newer (O1).
  public static func record(
    _ command: RecordOrder, order: Order, facts: Facts
  ) throws(OrderRejection) -> Decision {
    let updatedAt = command.updatedAt ?? command.placedAt
    var events: [Event]
    let total: Int
    if let header = order.header {
      try order.checkSame(command, header)
      if order.isOlder(than: updatedAt) {
        var amended = try order.amended(
          AmendOrder(
            orderID: command.orderID, status: command.status,
            fulfillmentStatus: command.fulfillmentStatus, updatedAt: updatedAt,
            total: command.total, shipping: command.shipping, lines: command.lines),
          header)
        if let marketplace = command.marketplace, order.mayStillHaveFee {
          amended.platformFee = marketplace.platformFee == 0 ? nil : marketplace.platformFee
          amended.platformFeeTax =
            marketplace.platformFeeTax == 0 ? nil : marketplace.platformFeeTax
        }
        events = [.orderAmended(amended)]
        total = amended.total
      } else {
        // A late update may still bring a payment, or the delivery, that is not recorded yet.
        events = []
        total = order.total
      }
    } else {
      let recorded = try recorded(command, updatedAt: updatedAt)
      events = [.orderRecorded(recorded)]
      total = recorded.total
    }
    events += try order.captures(command, total: total).map { .paymentCaptured($0) }
    let isNews = order.isOlder(than: updatedAt) || order.deliveredAt == nil
    if let deliveredAt = command.deliveredAt, deliveredAt != order.deliveredAt, isNews {
      events.append(
        .orderDelivered(OrderDelivered(command.orderID, at: deliveredAt, facts: facts)))
    }
    return events.isEmpty ? .unchanged(reason: isNotNewer) : .events(events)
  }

  /// Mirrors a change, unless as new a one is known (O1); refunds keep what they hold (R1, R3).
  public static func amend(
    _ command: AmendOrder, order: Order, facts: Facts
  ) throws(OrderRejection) -> Decision {
    guard let header = order.header else { throw .unknownOrder(command.orderID) }
    guard order.isOlder(than: command.updatedAt) else { return .unchanged(reason: isNotNewer) }
    return .events([.orderAmended(try order.amended(command, header))])
  }

  /// Adds money to the refundable balance, at most up to the order's total (O2, R3).
  public static func capturePayment(
    _ command: CapturePayment, order: Order, facts: Facts
  ) throws(OrderRejection) -> Decision {
    guard let header = order.header else { throw .unknownOrder(command.orderID) }
    let payment = Payment(
      paymentID: command.paymentID, amount: command.amount, capturedAt: command.capturedAt,
      provider: command.provider)
    let captures = try order.captures(
      [payment], of: command.orderID, total: order.total, currency: header.currency)
    if captures.isEmpty { return .unchanged(reason: "The payment is captured already.") }
    return .events(captures.map { .paymentCaptured($0) })
  }

  /// Records when the order arrived, or corrects it; the return window counts from here (O1, R4).
  public static func recordDelivery(
    _ command: RecordDelivery, order: Order, facts: Facts
  ) throws(OrderRejection) -> Decision {
    guard order.isRecorded else { throw .unknownOrder(command.orderID) }
    guard order.deliveredAt != command.deliveredAt else {
      return .unchanged(reason: "The delivery is recorded already.")
    }
    guard !order.earlierDeliveries.contains(command.deliveredAt) else {
      return .unchanged(
        reason:
          "This was recorded before, and corrected since. A newer RecordOrder may say it again.")
    }
    return .events([
      .orderDelivered(OrderDelivered(command.orderID, at: command.deliveredAt, facts: facts))
    ])
  }

  /// Records that the shop cancelled the order; what was captured stays refundable (O1).
  public static func cancel(
    _ command: CancelOrder, order: Order, facts: Facts
  ) throws(OrderRejection) -> Decision {
    guard order.isRecorded else { throw .unknownOrder(command.orderID) }
    guard !order.isCancelled else { return .unchanged(reason: "The order is cancelled already.") }
    return .events([
      .orderCancelled(
        OrderCancelled(
          orderID: command.orderID, cancelledAt: command.cancelledAt, reason: command.reason))
    ])
  }

  private static let isNotNewer = "What is known of the order is as new as this, or newer."
}

extension Order {
  private static func recorded(
    _ command: RecordOrder, updatedAt: Timestamp
  ) throws(OrderRejection) -> OrderRecorded {
    guard Currency.exponent(of: command.currency) != nil else {
      throw .unknownCurrency(command.currency)
    }
    let shipping = command.shipping ?? 0
    let (lines, computed) = try priced(command.lines, shipping, command.currency)
    let total = command.total ?? computed
    let price = OrderPrice(lines, shipping: shipping, comingTo: computed, total: total)
    return OrderRecorded(
      orderID: command.orderID, orderNumber: command.orderNumber, externalID: command.externalID,
      customerID: command.customerID, customerEmail: command.customerEmail,
      source: command.source, status: command.status,
      fulfillmentStatus: command.fulfillmentStatus, currency: command.currency,
      placedAt: command.placedAt, updatedAt: updatedAt, total: total,
      partsTotal: price.partsTotal, shipping: price.shipping,
      toldShipping: price.importedShipping, lines: price.lines,
      marketplace: command.marketplace)
  }

  private func amended(
    _ command: AmendOrder, _ header: Header
  ) throws(OrderRejection) -> OrderAmended {
    let shipping = command.shipping ?? importedShipping
    let (lines, computed) = try Self.priced(command.lines, shipping, header.currency)
    let total = if let said = command.total { said } else { try unsaidTotal(computed, header) }
    let price = OrderPrice(lines, shipping: shipping, comingTo: computed, total: total)
    try requireStillHas(price.lines)
    try requireCaptured(balance.captured, within: total, header.currency)
    return OrderAmended(
      orderID: command.orderID, status: command.status,
      fulfillmentStatus: command.fulfillmentStatus, updatedAt: command.updatedAt, total: total,
      partsTotal: price.partsTotal, shipping: price.shipping,
      toldShipping: price.importedShipping, lines: price.lines)
  }
}

extension OrderDelivered {
  /// R4 counts in the tenant's days, so the event says which day it was.
  fileprivate init(_ orderID: OrderID, at deliveredAt: Timestamp, facts: Facts) {
    self.init(
      orderID: orderID, deliveredAt: deliveredAt, deliveryDate: facts.dateOf(deliveredAt),
      timeZone: facts.tenant.settings.timeZone)
  }
}
