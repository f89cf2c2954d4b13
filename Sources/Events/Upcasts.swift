// What events of older versions mean today. A function for each, from one version to the next; the
// compiler asks for it when a schema `Name.2.json` appears.

extension RefundRequested {
  /// Version 2 was always about items, and never about less than they come to.
  public static func upcast(_ old: V2) -> RefundRequested {
    RefundRequested(
      refundID: old.refundID, caseID: old.caseID, orderID: old.orderID, returnID: old.returnID,
      legID: old.legID, customerID: old.customerID, currency: old.currency,
      deliveryDate: old.deliveryDate, timeZone: old.timeZone, items: old.items,
      shipping: old.shipping, restockingFees: old.restockingFees, shippingFee: old.shippingFee,
      requestedAmount: old.requestedAmount, basis: old.basis, platformFee: old.platformFee,
      platformFeeTax: old.platformFeeTax, reason: old.reason, balanceBefore: old.balanceBefore,
      orderTotal: old.orderTotal, requestedBy: old.requestedBy)
  }
}

extension RefundAmended {
  /// Version 1 was always about items.
  public static func upcast(_ old: V1) -> RefundAmended {
    RefundAmended(
      refundID: old.refundID, items: old.items, shipping: old.shipping,
      restockingFee: old.restockingFee, shippingFee: old.shippingFee,
      requestedAmount: old.requestedAmount, basis: old.basis, platformFee: old.platformFee,
      platformFeeTax: old.platformFeeTax, reason: old.reason, balanceBefore: old.balanceBefore,
      orderTotal: old.orderTotal, amendedBy: old.amendedBy)
  }
}

extension OrderBalanceReserved {
  /// Version 1 was always about lines.
  public static func upcast(_ old: V1) -> OrderBalanceReserved {
    OrderBalanceReserved(
      orderID: old.orderID, refundID: old.refundID, amount: old.amount, lines: old.lines,
      shipping: old.shipping, basis: old.basis, platformFee: old.platformFee,
      platformFeeTax: old.platformFeeTax, payments: old.payments)
  }
}

extension RefundRequested.V2 {
  /// Version 1 had one restocking fee at most, of one rate for all items.
  public static func upcast(_ old: RefundRequested.V1) -> RefundRequested.V2 {
    RefundRequested.V2(
      refundID: old.refundID, caseID: old.caseID, orderID: old.orderID, returnID: old.returnID,
      legID: old.legID, customerID: old.customerID, currency: old.currency,
      deliveryDate: old.deliveryDate, timeZone: old.timeZone, items: old.items,
      shipping: old.shipping, restockingFees: old.restockingFee.map { [$0] } ?? [],
      shippingFee: old.shippingFee, requestedAmount: old.requestedAmount, basis: old.basis,
      platformFee: old.platformFee, platformFeeTax: old.platformFeeTax, reason: old.reason,
      balanceBefore: old.balanceBefore, orderTotal: old.orderTotal, requestedBy: old.requestedBy)
  }
}

extension RefundApproved {
  /// Version 1 did not look at when a refund's return was requested.
  public static func upcast(_ old: V1) -> RefundApproved {
    RefundApproved(
      refundID: old.refundID, approvedAmount: old.approvedAmount, currency: old.currency,
      approvedBy: old.approvedBy, facts: old.facts)
  }
}

extension RefundExecutionStarted {
  /// Version 2 asked for all payments under one key.
  public static func upcast(_ old: V2) -> RefundExecutionStarted {
    RefundExecutionStarted(
      refundID: old.refundID, attempt: old.attempt, amount: old.amount, currency: old.currency,
      orderID: old.orderID,
      legs: old.payments.map {
        RefundLeg(
          paymentID: $0.paymentID, provider: $0.provider, amount: $0.amount,
          idempotencyKey: old.idempotencyKey)
      }, told: old.told)
  }
}

extension RefundExecutionStarted.V2 {
  /// Version 1 did not say who had taken the payments.
  public static func upcast(_ old: RefundExecutionStarted.V1) -> RefundExecutionStarted.V2 {
    RefundExecutionStarted.V2(
      refundID: old.refundID, attempt: old.attempt, idempotencyKey: old.idempotencyKey,
      amount: old.amount, currency: old.currency, orderID: old.orderID,
      payments: old.payments.map { RefundedPayment(paymentID: $0.paymentID, amount: $0.amount) })
  }
}

extension OrderReservationSettled {
  /// Version 1 was about all that a refund held.
  public static func upcast(_ old: V1) -> OrderReservationSettled {
    OrderReservationSettled(orderID: old.orderID, refundID: old.refundID, amount: old.amount)
  }
}

extension TenantRegistered {
  /// Version 1 was always of the first version of the rules.
  public static func upcast(_ old: V1) -> TenantRegistered {
    TenantRegistered(name: old.name, settings: old.settings)
  }
}

extension OrderRecorded {
  /// Version 1 did not say what its parts had come to before they came to the total.
  public static func upcast(_ old: V1) -> OrderRecorded {
    OrderRecorded(
      orderID: old.orderID, orderNumber: old.orderNumber, externalID: old.externalID,
      customerID: old.customerID, customerEmail: old.customerEmail, source: old.source,
      status: old.status, fulfillmentStatus: old.fulfillmentStatus, currency: old.currency,
      placedAt: old.placedAt, updatedAt: old.updatedAt, total: old.total, shipping: old.shipping,
      lines: old.lines, marketplace: old.marketplace)
  }
}

extension OrderAmended {
  /// Version 1 did not say what its parts had come to before they came to the total.
  public static func upcast(_ old: V1) -> OrderAmended {
    OrderAmended(
      orderID: old.orderID, status: old.status, fulfillmentStatus: old.fulfillmentStatus,
      updatedAt: old.updatedAt, total: old.total, shipping: old.shipping, lines: old.lines)
  }
}

extension ReturnRequested {
  /// Version 1 had the customer's words in the lines, in clear, where they stay.
  public static func upcast(_ old: V1) -> ReturnRequested {
    ReturnRequested(
      returnID: old.returnID, caseID: old.caseID, orderID: old.orderID,
      customerID: old.customerID, currency: old.currency, channel: old.channel,
      returnMethod: old.returnMethod, lines: old.lines, policy: old.policy,
      autoApprove: old.autoApprove, purchaseDate: old.purchaseDate,
      deliveryDate: old.deliveryDate, timeZone: old.timeZone,
      estimatedRefund: old.estimatedRefund, submittedBy: old.submittedBy)
  }
}

extension CaseOpened {
  /// Version 1 knew nothing of marketplaces.
  public static func upcast(_ old: CaseOpened.V1) -> CaseOpened {
    CaseOpened(
      caseID: old.caseID, customerID: old.customerID, orderID: old.orderID, title: old.title,
      description: old.description, type: old.type, subtype: old.subtype, severity: old.severity,
      reasonCode: old.reasonCode)
  }
}

extension OperatorActed {
  /// Version 1 knew no clocks.
  public static func upcast(_ old: V1) -> OperatorActed {
    OperatorActed(
      recordID: old.recordID, action: OperatorActionKind(old.action), what: old.what, by: old.by)
  }
}

extension OperatorActionKind {
  fileprivate init(_ action: OperatorAction) {
    self =
      switch action {
      case .signingKeyRotated: .signingKeyRotated
      case .masterKeyRotated: .masterKeyRotated
      case .keysCopied: .keysCopied
      case .shopSecretStored: .shopSecretStored
      case .shopSecretShown: .shopSecretShown
      case .backupMade: .backupMade
      case .backupRestored: .backupRestored
      }
  }
}
