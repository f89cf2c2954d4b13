// The rules of cases, each with its number, in the rule book's order. The commands call them:
// CaseDecider.swift opens and moves a case, CaseEnd.swift resolves it, CaseMessages.swift writes in
// it, CaseChargebacks.swift records what a bank claims. SLA: CaseSla.swift. Refunds, returns, holds
// and store credit call C3.

import EventSourcing
import Events

// MARK: C1: open → in_progress → resolved → closed, no skipping; closed is final

extension SupportCase {
  func requireNotClosed(_ caseID: CaseID) throws(CaseRejection) {
    guard isOpened else { throw .unknownCase(caseID) }
    guard status != .closed else { throw .stage(.closed(caseID)) }
  }

  /// Resolved → in_progress within `reopen_window_days`, counted in the tenant's calendar days.
  func requireInReopenWindow(_ caseID: CaseID, _ facts: Facts) throws(CaseRejection) {
    guard let resolvedAt else { throw .stage(.notResolved(caseID, status: status)) }
    let resolvedOn = facts.dateOf(resolvedAt)
    let lastDay = resolvedOn.advanced(byDays: facts.tenant.settings.reopenWindowDays)
    guard facts.today <= lastDay else {
      throw .stage(
        .outsideReopenWindow(resolvedOn: resolvedOn, lastDay: lastDay, today: facts.today))
    }
  }
}

extension CaseStatus {
  /// Inside in_progress any status to any other; no way back, and what is resolved is reopened
  /// instead.
  func requireNoSkipping(to next: CaseStatus) throws(CaseRejection) {
    guard stage != .resolved, next.stage == .inProgress else {
      throw .stage(.notByChangingStatus(from: self, to: next))
    }
  }
}

// MARK: C2: only for a recorded order, and only by the customer who placed it, or on their behalf

extension SupportCase {
  static func requireOwn(
    _ order: Order?, _ command: OpenCase, _ facts: Facts
  ) throws(CaseRejection) {
    guard facts.mayActFor(command.customerID) else {
      throw .opening(.anotherCustomersCase(command.customerID))
    }
    guard let orderID = command.orderID else { return }
    guard let header = order?.header else { throw .opening(.orderNotRecorded(orderID)) }
    guard header.customerID == command.customerID else {
      throw .opening(.orderOfAnotherCustomer(orderID, given: command.customerID))
    }
  }

  /// A case about an order is about the order's own leg, studio and so on; it need not name them.
  ///
  /// - Parameter recorded: what the order says; `nil` for a case about no order.
  static func agree<ID: Identifier>(
    _ field: String, _ given: ID?, _ recorded: ID??
  ) throws(CaseRejection) -> ID? {
    guard let recorded else { return given }
    guard given == nil || given == recorded else {
      throw .opening(
        .notOfTheOrder(
          field: field, given: given?.rawValue ?? "none", recorded: recorded?.rawValue))
    }
    return recorded
  }

  // MARK: C3: new refunds, returns and holds need a case in stage open or in_progress

  public var acceptsRefunds: Bool {
    isOpened && (status.stage == .open || status.stage == .inProgress)
  }

  /// A request within a case is about the case's own order.
  ///
  /// - Parameter belonging: what else must hold of the order; checked before the case's order and
  ///   status, as its customer is, so that no customer learns those of another one's case.
  func requireOpen<R: RejectionWithinCase>(
    _ caseID: CaseID, about order: Order, _ orderID: OrderID, by facts: Facts, throwing: R.Type,
    belonging: (Order.Header) throws(R) -> Void = { _ in }
  ) throws(R) -> Order.Header {
    guard let caseHeader = self.header else { throw .noOpenCase(.unknownCase(caseID)) }
    guard let header = order.header else { throw .noOpenCase(.unknownOrder(orderID)) }
    try belonging(header)
    guard facts.mayActFor(caseHeader.customerID) else {
      throw .noOpenCase(.anotherCustomersCase(caseID))
    }
    guard caseHeader.orderID == orderID else {
      throw .noOpenCase(.caseOfAnotherOrder(caseID, order: caseHeader.orderID, given: orderID))
    }
    guard acceptsRefunds else { throw .noOpenCase(.caseNotOpen(caseID, status: status)) }
    return header
  }

  // MARK: C4: assigning an owner moves open to investigating; escalation raises severity

  static func requireMayOwn(_ owner: AgentID, _ facts: Facts) throws(CaseRejection) {
    let role = facts.tenant.agents[owner]
    guard role == .agent || role == .admin else { throw .cannotOwn(owner, role: role) }
  }
}

extension CaseStatus {
  /// The status once the case has an owner.
  var assigned: CaseStatus? { self == .open ? .investigating : nil }
}

extension Severity {
  /// At least high.
  var escalated: Severity {
    switch self {
    case .low, .normal: .high
    case .high, .urgent: self
    }
  }
}

// MARK: C5: not resolved while a refund is under way; as refunded with an executed refund only

extension SupportCase {
  /// What failed or came back of a refund is tried again (R7), so it is under way until it is
  /// cancelled; and so is a return, whose money can be asked for in an open case only (C3).
  static func requireSettled(
    _ refunds: [Refund], _ returns: [Return], _ order: Order?, _ command: ResolveCase
  ) throws(CaseRejection) {
    for refund in refunds {
      guard let refundID = refund.refundID, let status = refund.status else { continue }
      switch status {
      case .approved, .processing, .outcomeUnknown, .partlyExecuted, .failed:
        throw .end(.refundUnderWay(refundID, status: status))
      // V1: what is pending holds a return's units, so that nothing else is given for them.
      case .pending where refund.returnID != nil:
        throw .end(.refundUnderWay(refundID, status: status))
      case .pending, .executed, .denied, .cancelled: break
      }
    }
    for returnState in returns {
      guard let returnID = returnState.header?.returnID, let status = returnState.status else {
        continue
      }
      switch status {
      case .requested, .approved, .inTransit, .received, .inspected:
        throw .end(.returnUnderWay(returnID, status: status))
      case .completed:
        // Money that a bank took back meanwhile can no longer be requested; money that it only
        // claims, or that another refund holds, may come free.
        guard let order, order.givableInTheEnd > 0,
          returnState.awaitedRefund != nil
            || returnState.isRefundWithdrawn && order.balance.disputed > 0
        else { continue }
        throw .end(.returnUnderWay(returnID, status: status))
      case .rejected, .cancelled, .expired: break
      }
    }
    if command.resolution == .refunded, !refunds.contains(where: { $0.status == .executed }) {
      throw .end(.nothingRefunded(command.caseID))
    }
  }
}

// MARK: M1: the first agent message meets the first-response target

extension [Event] {
  var firstAgentMessage: MessageID? {
    for case .supportCase(.messagePosted(let posted)) in self
    where posted.authorRole == .agent {
      return posted.messageID
    }
    return nil
  }
}

// MARK: M2: a buyer's message moves awaiting_customer to investigating, likewise for the seller

extension CaseStatus {
  /// The status after a message in this role.
  func answered(by role: AuthorRole) -> CaseStatus? {
    switch self {
    case .awaitingCustomer where role == .buyer: .investigating
    case .awaitingSeller where role.isSeller: .investigating
    default: nil
    }
  }
}

// MARK: B1: an open chargeback counts as disputed, a lost one as executed; no money is paid twice

extension Order {
  /// What of a claim is still refundable, and disputed from now on; a bank takes back no more than
  /// was captured, over all chargebacks of the payment.
  func disputed(
    _ amount: Int, of payment: CapturedPayment, _ header: Header
  ) throws(ChargebackRejection) -> Int {
    let claimable = claimable(payment)
    guard (1...max(1, claimable)).contains(amount), claimable > 0 else {
      throw .moreThanCaptured(
        claimed: Money(amount, header.currency),
        captured: Money(payment.balance.captured, header.currency),
        claimable: Money(claimable, header.currency))
    }
    return min(amount, payment.balance.refundable)
  }

  /// No refund goes on with money that a chargeback claims.
  ///
  /// - Parameter given: how much of what it holds is to be given; all of it if not said.
  func checkUnclaimed(
    _ refundID: RefundID, giving given: Int? = nil
  ) throws(RefundRejection) {
    guard let currency else { return }
    if let (chargeback, dispute) = claim(onMoneyOf: refundID) {
      throw .approval(
        .claimedByChargeback(
          chargeback, dispute.paymentID, claimed: Money(dispute.amount, currency),
          uncovered: Money(dispute.uncovered, currency)))
    }
    // R3: nor with what was given as store credit before a bank took the rest.
    guard isShort, let held = reservations[refundID] else { return }
    let amount = given ?? held.amount
    let left = max(0, balance.refundable + held.amount - creditedInstead)
    guard amount > left else { return }
    throw .amounts(
      .aboveRefundableBalance(
        requested: Money(amount, currency), refundable: Money(left, currency)))
  }
}
