// The rules of refunds, each with its number, in the rule book's order. The commands call them:
// RefundRequest.swift requests, RefundApproval.swift approves, RefundExecution.swift pays.

import EventSourcing
public import Events

// MARK: R1: requested within an open case, for lines and quantities of its order

extension Refund {
  /// The case is open (C3), and case, order and customer belong together.
  static func checkBelonging(
    _ command: RequestRefund, _ supportCase: SupportCase, _ order: Order, _ facts: Facts
  ) throws(RefundRejection) -> Order.Header {
    let header = try supportCase.requireOpen(
      command.caseID, about: order, command.orderID, by: facts, throwing: RefundRejection.self
    ) { header throws(RefundRejection) in
      guard facts.mayActFor(header.customerID) else {
        throw .belonging(.anotherCustomersOrder(command.orderID))
      }
    }
    if let given = command.legID, let recorded = header.legID, given != recorded {
      throw .belonging(.legOfAnotherOrder(given, recorded: recorded))
    }
    return header
  }
}

extension Order {
  /// Lines of its order, each once; quantity ≤ ordered − already refunded or reserved, or in a
  /// return (V1).
  func refundItems(
    of wish: RefundWish, _ header: Header
  ) throws(RefundRejection) -> [RefundItem] {
    let requested = wish.items
    guard !requested.isEmpty || wish.includesShipping else { throw .units(.nothingNamed) }
    var named: Set<LineID> = []
    var ids: Set<RefundItemID> = []
    var items: [RefundItem] = []
    items.reserveCapacity(requested.count)
    for item in requested {
      let id = assigned(item.refundItemID)
      guard ids.insert(id).inserted else { throw .units(.itemNamedTwice(id)) }
      guard named.insert(item.lineID).inserted else { throw .units(.lineNamedTwice(item.lineID)) }
      guard let line = lines[item.lineID] else {
        throw .units(.unknownLine(item.lineID, order: header.orderID))
      }
      guard (1...).contains(item.quantity), item.quantity <= line.free else {
        throw .units(
          .moreUnitsThanLeft(
            item.lineID, asked: item.quantity, left: line.free, ordered: line.units.total,
            inUse: unitsInUse(of: line, forReturn: false)))
      }
      items.append(line.refund(item.quantity, as: id))
    }
    return items
  }
}

// MARK: R2: amounts are computed from the original prices, never taken from the caller

extension Order.Line {
  /// `unit_price × quantity − share of discount + share of tax`, the shares by largest remainder
  /// over the order's life (Shares.swift), so that successive partial refunds add up exactly to
  /// what was captured.
  ///
  /// - Precondition: that many units are left.
  func refund(_ quantity: Int, as id: RefundItemID) -> RefundItem {
    let discount = Share(of: discountLeft, part: quantity, whole: units.left)
    let tax = Share(of: taxLeft, part: quantity, whole: units.left)
    return RefundItem(
      refundItemID: id, lineID: lineID, productID: productID, productName: title,
      quantity: quantity, originalUnitPrice: unitPrice, discount: discount, tax: tax,
      totalRefundAmount: unitPrice * quantity - discount.share + tax.share)
  }
}

extension Order {
  /// Computed from the original prices, never taken from the caller; the event carries all of it.
  func amounts(
    of items: [RefundItem], _ wish: RefundWish, _ header: Header
  ) throws(RefundRejection) -> RefundDerivation {
    let tooLarge = RefundRejection.amounts(
      .amountTooLarge(
        maximum: Money(CheckedAmount.maximum, header.currency)))
    var derivation = RefundDerivation(items: items)
    var itemsAmount = 0
    for item in items {
      guard let sum = CheckedAmount.sum(itemsAmount, item.totalRefundAmount) else { throw tooLarge }
      itemsAmount = sum
    }
    // Plus shipping, whole, if asked for.
    if wish.includesShipping, shipping.left > 0 {
      derivation.shipping = Share(of: shipping.left, part: 1, whole: 1)
    }
    let shippingAmount = derivation.shipping?.share ?? 0
    guard let basis = CheckedAmount.sum(itemsAmount, shippingAmount),
      CheckedAmount.sum(self.basis.taken, basis) != nil
    else { throw tooLarge }
    derivation.basis = basis
    // Minus restocking and shipping fee.
    derivation.restockingFees = restockingFees(
      items.map { ($0.totalRefundAmount, wish.restockingFee($0.lineID)) })
    if wish.shippingFee > 0 { derivation.shippingFee = wish.shippingFee }
    let restockingFee = derivation.restockingFees.reduce(0) { $0 + $1.amount }
    let requested = basis - restockingFee - wish.shippingFee
    guard requested > 0 else {
      throw .amounts(
        .nothingToPay(
          items: Money(itemsAmount, header.currency),
          shipping: Money(shippingAmount, header.currency),
          keptBack: Money(restockingFee + wish.shippingFee, header.currency),
          requested: Money(requested, header.currency)))
    }
    derivation.requestedAmount = requested
    // The marketplace's fee and fee tax, in the same proportion, by the same rule.
    derivation.platformFee = feeShare(of: platformFee, basis)
    derivation.platformFeeTax = feeShare(of: platformFeeTax, basis)
    return derivation
  }
}

// MARK: R3: requested ≤ refundable balance ≤ order total; approved ≤ requested

extension Order {
  /// Requested ≤ refundable balance (O2), which never exceeds the order's total.
  func requireCovered(_ requested: Int, _ header: Header) throws(RefundRejection) {
    guard requested <= givable else {
      throw .amounts(
        .aboveRefundableBalance(
          requested: Money(requested, header.currency), refundable: Money(givable, header.currency))
      )
    }
  }
}

extension Refund {
  /// Approved ≤ requested, and something.
  static func requireWithin(approved: Money, requested: Money) throws(RefundRejection) {
    guard approved.amount <= requested.amount else {
      throw .amounts(.aboveRequested(approved: approved, requested: requested))
    }
    guard approved.amount > 0 else { throw .amounts(.nothingApproved(requested: requested)) }
  }

  /// Only what the providers of the payments can pay exactly; an import tells of what was paid.
  static func requirePayable(
    _ approved: Money, by order: Order, _ parts: [PaymentPart], _ facts: Facts
  ) throws(RefundRejection) {
    if facts.tenant.isImporting { return }
    var payable = 0
    for part in parts where payable < approved.amount {
      let asked = Money(min(approved.amount - payable, part.amount), approved.currency)
      let provider = order.provider(of: part.paymentID)
      do throws(NotPayableExactly) {
        _ = try ProviderUnits.named(provider).amount(of: asked)
      } catch {
        let step = error.steps?.amount ?? .max
        throw .amounts(
          .notPayableExactly(
            error, part.paymentID,
            nearest: Money(payable + asked.amount / step * step, approved.currency)))
      }
      payable += asked.amount
    }
  }

  // MARK: R4: approval only inside the return window

  /// Approval only while `today ≤ delivery date + return_window_days`, both as dates in the
  /// tenant's time zone; never without a delivery date. For a return it is the day of its request
  /// that must be in time: shipping the items back and looking at them may take longer than the
  /// window.
  static func window(
    _ orderID: OrderID, _ order: Order, _ returnState: Return?, _ facts: Facts
  ) throws(RefundRejection) -> ApprovalFacts {
    guard let deliveredAt = order.deliveredAt else { throw .approval(.notDelivered(orderID)) }
    let settings = facts.tenant.settings
    let deliveryDate = facts.dateOf(deliveredAt)
    let lastDay = deliveryDate.advanced(byDays: settings.returnWindowDays)
    guard min(facts.today, returnState?.header?.requestedOn ?? facts.today) <= lastDay else {
      throw .approval(
        .outsideReturnWindow(
          deliveryDate: deliveryDate, lastDay: lastDay, today: facts.today))
    }
    return ApprovalFacts(
      today: facts.today, deliveryDate: deliveryDate,
      returnWindowDays: settings.returnWindowDays, lastDay: lastDay, timeZone: settings.timeZone)
  }

  // MARK: R5: the approver's limit, and four eyes

  /// Agent ≤ `agent_approval_limit`, admin none, policy ≤ `auto_approve_limit`
  /// (ApprovalLimit.swift); with `four_eyes` the approver is not the requester. What
  /// persons refused comes before (Veto.swift).
  ///
  /// - Parameters:
  ///   - others: the other refunds that hold money of the order.
  ///   - returnState: the return that the refund is for; its requester counts as the refund's, too.
  /// - Returns: the limit that was kept; `nil` for admins, who have none.
  static func limit(
    _ approved: Money, _ refund: Refund, _ order: Order, _ others: [Refund], _ returnState: Return?,
    _ facts: Facts
  ) throws(RefundRejection) -> Int? {
    let given = facts.counted(approved, of: order, beside: others)
    switch facts.refusal(toApprove: given) {
    case nil: break
    case .mayNotApprove(let actor, let role)?: throw .approval(.mayNotApprove(actor, role: role))
    case .limitInAnotherCurrency(let limit, _)?:
      throw .approval(.limitInAnotherCurrency(limit: limit, approved: approved))
    case .aboveLimit(_, let limit, let approver)?:
      throw .approval(
        .aboveApprovalLimit(
          approved: approved, ofOrder: given, limit: limit, approver: approver))
    }
    let hasRequested =
      refund.wasRequested(by: facts.actor) || returnState?.header?.submittedBy == facts.actor
    guard !facts.tenant.settings.fourEyes || !hasRequested else {
      throw .approval(.approverIsRequester(facts.actor))
    }
    if case .upTo(let limit) = facts.approvalLimit { return limit.amount }
    return nil
  }

  // MARK: R6: amending an approved refund resets the approval

  /// Amending an approved refund resets the approval to pending.
  func approvalReset(_ refundID: RefundID) -> [Event] {
    guard let approvedAmount else { return [] }
    return [
      .refundApprovalReset(RefundApprovalReset(refundID: refundID, approvedAmount: approvedAmount))
    ]
  }

  // MARK: R7: execution is idempotent

  /// The provider's idempotency key of a leg derives from refund, payment and attempt.
  public static func idempotencyKey(
    _ refundID: RefundID, _ paymentID: PaymentID, attempt: Int
  ) -> String {
    "\(refundID).\(paymentID).\(attempt)"
  }

  /// A service reports the attempts of another system, which it imports; the outcome of Redress's
  /// own attempts comes from the provider.
  static func requireMayReport(_ leg: Leg, _ facts: Facts) throws(RefundRejection) {
    guard facts.actor.kind != .service || leg.isImported else {
      throw .execution(.attemptNotImported(leg.attempt))
    }
  }

  // MARK: R8: executed needs a settlement reference, failed needs a reason

  /// Executed needs a settlement reference; failed needs a reason. (A failed refund gives its
  /// reservation back when it is cancelled, and customer and agent are notified by a process
  /// manager.)
  static func outcome(of command: ReconcileRefund) throws(RefundRejection) -> Outcome {
    switch (command.outcome, command.settlementReference, command.code, command.reason) {
    case (.executed, let reference?, nil, nil): return .executed(settlementReference: reference)
    case (.executed, nil, nil, nil): throw .execution(.settlementReferenceMissing)
    case (.failed, nil, let code, let reason?): return .failed(code ?? .other, reason: reason)
    case (.failed, nil, _, nil): throw .execution(.failureReasonMissing)
    case (.executed, _, _, _), (.failed, _?, _, _):
      throw .execution(.outcomeContradictsItself(command.outcome))
    }
  }

  // MARK: R9: a crash leads to outcome_unknown and reconciliation, never to a second payment

  /// An unknown outcome, as after a crash between asking the provider and recording the answer, is
  /// settled by reconciliation, never by a second payment.
  static func requireKnown(
    _ legs: [Leg], _ command: RefundRejection.Command
  ) throws(RefundRejection) {
    if let unknown = legs.first(where: { $0.state == .unknown }), command != .reconcile {
      throw .execution(.onlyReconciliation(attempt: unknown.attempt))
    }
  }

  // MARK: R10: money that comes back is reserved again

  /// Only money that was paid comes back.
  static func requireSettled(_ leg: Leg) throws(RefundRejection) {
    guard leg.state == .settled else {
      throw .execution(.notSettled(leg.paymentID, leg.state))
    }
  }
}
