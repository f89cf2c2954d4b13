// Commands that mirror an order, and store credit.

import Domain
import EventSourcing
import Events

extension DecidedEvents {
  func orderCommands(_ event: OrderEvent) -> [Command] {
    switch event {
    case .orderRecorded(let event): [.recordOrder(RecordOrder(event, events))]
    case .orderAmended(let event):
      [
        .amendOrder(AmendOrder(event)),
        .recordOrder(RecordOrder(event, events, of: before.order(event.orderID))),
      ]
    case .paymentCaptured(let event):
      [
        .capturePayment(CapturePayment(event)),
        // An update that is late may still bring payments, or the delivery.
        .recordOrder(RecordOrder(event.orderID, events, of: before.order(event.orderID))),
      ]
    case .orderDelivered(let event):
      [
        .recordDelivery(RecordDelivery(orderID: event.orderID, deliveredAt: event.deliveredAt)),
        .recordOrder(RecordOrder(event.orderID, events, of: before.order(event.orderID))),
      ]
    case .orderCancelled(let event):
      [
        .cancelOrder(
          CancelOrder(
            orderID: event.orderID, cancelledAt: event.cancelledAt, reason: event.reason))
      ]
    case .storeCreditGranted(let event):
      [
        .grantStoreCredit(
          GrantStoreCredit(
            caseID: event.caseID, orderID: event.orderID, amount: event.amount,
            reason: event.reason))
      ]
    case .orderBalanceDisputed, .orderBalanceReserved, .orderDisputeCovered, .orderDisputeReleased,
      .orderDisputeSettled, .orderPayoutFreed, .orderPayoutHeld, .orderReservationReduced,
      .orderReservationReleased, .orderReservationRestored, .orderReservationSettled,
      .orderUnitsFreed, .orderUnitsHeld:
      []
    }
  }
}

extension [Event] {
  /// The payments and the delivery that came with an order.
  fileprivate var brought: (payments: [Payment]?, deliveredAt: Timestamp?) {
    var payments: [Payment] = []
    var deliveredAt: Timestamp?
    for case .order(let event) in self {
      if case .paymentCaptured(let event) = event {
        payments.append(
          Payment(
            paymentID: event.paymentID, amount: event.amount, capturedAt: event.capturedAt,
            provider: event.provider))
      }
      if case .orderDelivered(let event) = event { deliveredAt = event.deliveredAt }
    }
    return (payments.isEmpty ? nil : payments, deliveredAt)
  }
}

extension RecordOrder {
  fileprivate init(_ event: OrderRecorded, _ events: [Event]) {
    let (payments, deliveredAt) = events.brought
    self.init(
      orderID: event.orderID, orderNumber: event.orderNumber, externalID: event.externalID,
      customerID: event.customerID, customerEmail: event.customerEmail, source: event.source,
      status: event.status, fulfillmentStatus: event.fulfillmentStatus, currency: event.currency,
      placedAt: event.placedAt, updatedAt: event.updatedAt, deliveredAt: deliveredAt,
      total: event.total, shipping: event.toldShipping ?? event.shipping,
      lines: event.lines.map(NewOrderLine.init), payments: payments,
      marketplace: event.marketplace)
  }

  /// An order that is recorded already, told again because it changed.
  fileprivate init(_ event: OrderAmended, _ events: [Event], of order: Order) {
    self.init(event.orderID, events, of: order)
    (status, fulfillmentStatus) = (event.status, event.fulfillmentStatus)
    (updatedAt, total) = (event.updatedAt, event.total)
    shipping = event.toldShipping ?? event.shipping
    lines = event.lines.map(NewOrderLine.init)
    if event.platformFee != nil || event.platformFeeTax != nil {
      marketplace = Marketplace(
        platformFee: event.platformFee ?? 0, platformFeeTax: event.platformFeeTax ?? 0)
    }
  }

  /// An order that is told again as it is known, with payments or the delivery.
  fileprivate init(_ id: OrderID, _ events: [Event], of order: Order) {
    let (payments, deliveredAt) = events.brought
    self.init(
      orderID: id, customerID: order.customerID ?? CustomerID(unchecked: ""), source: .api,
      currency: order.currency ?? CurrencyCode(unchecked: ""),
      placedAt: order.header?.placedAt ?? order.updatedAt, updatedAt: order.updatedAt,
      deliveredAt: deliveredAt, lines: [], payments: payments)
  }
}

extension AmendOrder {
  fileprivate init(_ event: OrderAmended) {
    self.init(
      orderID: event.orderID, status: event.status, fulfillmentStatus: event.fulfillmentStatus,
      updatedAt: event.updatedAt, total: event.total,
      shipping: event.toldShipping ?? event.shipping, lines: event.lines.map(NewOrderLine.init))
  }
}

extension CapturePayment {
  fileprivate init(_ event: PaymentCaptured) {
    self.init(
      orderID: event.orderID, paymentID: event.paymentID, amount: event.amount,
      capturedAt: event.capturedAt, provider: event.provider)
  }
}

extension NewOrderLine {
  fileprivate init(_ line: OrderLine) {
    self.init(
      lineID: line.lineID, productID: line.productID, variantID: line.variantID, sku: line.sku,
      title: line.title, variantTitle: line.variantTitle, productType: line.productType,
      quantity: line.quantity, unitPrice: line.unitPrice, discount: line.discount, tax: line.tax)
  }
}
