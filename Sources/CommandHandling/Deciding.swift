// Which aggregates each command looks at. They are all of one tenant and all as they are right now,
// and the events that follow are committed before anybody else may look: no check is ever stale.

import Domain
import EventSourcing
import Events
import PersonalData

extension Repository {
  /// Lets the aggregates that a command names decide it.
  ///
  /// - Throws: a `Rejection`, or whatever kept an aggregate from being loaded.
  func decide(_ command: Command, facts: Facts) throws -> Decision {
    switch command {
    // Tenant and its people
    case .registerTenant(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .changeTenantSettings(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .suspendTenant(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .reinstateTenant(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .beginImport(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .endImport(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .addAgent(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .changeAgentRole(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .removeAgent(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .definePolicy(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .activatePolicy(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .deactivatePolicy(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .changeReturnSettings(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .connectShop(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .recordShopSync(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .disconnectShop(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)

    // Customer
    case .registerCustomer(let command):
      try deciding(command.customerID) { customer, details in
        try Customer.decide(command, customer: customer, details: details, facts: facts)
      }
    case .changeCustomerDetails(let command):
      try deciding(command.customerID) { customer, details in
        try Customer.decide(command, customer: customer, details: details, facts: facts)
      }
    case .setCustomerTags(let command):
      try Customer.decide(
        command, customer: customer(command.customerID).state, facts: facts)

    // Privacy
    case .eraseSubject(let command): try decide(command, facts: facts)
    case .placeLegalHold(let command):
      try Privacy.decide(
        command, privacy: privacy().state, case: supportCase(command.caseID).state, facts: facts)
    case .releaseLegalHold(let command):
      try Privacy.decide(
        command, privacy: privacy().state, case: supportCase(command.caseID).state, facts: facts)

    // Order
    case .recordOrder(let command):
      try Order.decide(command, order: order(command.orderID).state, facts: facts)
    case .amendOrder(let command):
      try Order.decide(command, order: order(command.orderID).state, facts: facts)
    case .capturePayment(let command):
      try Order.decide(command, order: order(command.orderID).state, facts: facts)
    case .recordDelivery(let command):
      try Order.decide(command, order: order(command.orderID).state, facts: facts)
    case .cancelOrder(let command):
      try Order.decide(command, order: order(command.orderID).state, facts: facts)

    // SupportCase
    case .openCase(let command): try decide(command, facts: facts)
    case .assignCase(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .changeCaseStatus(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .resolveCase(let command): try decide(command, facts: facts)
    case .reopenCase(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .closeCase(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .defineSlaCalendar(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .setSlaTargets(let command):
      try Tenant.decide(command, tenant: tenant.state, facts: facts)
    case .recordSlaBreach(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .changeCaseSeverity(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .postMessage(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .attachEvidence(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .addCaseWatcher(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .removeCaseWatcher(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .hideContent(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .restoreContent(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .recordDepositCaptured(let command):
      try decide(command, facts: facts)
    case .openChargeback(let command):
      try SupportCase.decide(
        command, case: supportCase(command.caseID).state, order: order(command.orderID).state,
        facts: facts)
    case .representChargeback(let command):
      try SupportCase.decide(command, case: supportCase(command.caseID).state, facts: facts)
    case .recordChargebackOutcome(let command): try decide(command, facts: facts)

    // PayoutHold
    case .applyPayoutHold(let command): try decide(command, facts: facts)
    case .releasePayoutHold(let command):
      try PayoutHold.decide(command, hold: hold(command.holdID).state, facts: facts)
    case .expirePayoutHold(let command):
      try PayoutHold.decide(command, hold: hold(command.holdID).state, facts: facts)

    case .grantStoreCredit(let command):
      try Order.decide(
        command, order: order(command.orderID).state, case: supportCase(command.caseID).state,
        facts: facts)

    // Refund
    case .requestRefund(let command): try decide(command, facts: facts)
    case .amendRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(
          command, refund: refund, case: caseOf(refund), order: order, facts: facts)
      }
    case .approveRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(
          command, refund: refund, case: caseOf(refund), order: order,
          others: order.refundIDs.filter { $0 != command.refundID }.map {
            try self.refund($0).state
          },
          return: refund.returnID.map(self.return)?.state, facts: facts)
      }
    case .denyRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(
          command, refund: refund, order: order, return: refund.returnID.map(self.return)?.state,
          facts: facts)
      }
    case .cancelRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(
          command, refund: refund, order: order, return: refund.returnID.map(self.return)?.state,
          facts: facts)
      }
    case .executeRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(
          command, refund: refund, order: order, return: refund.returnID.map(self.return)?.state,
          facts: facts)
      }
    case .recordRefundExecuted(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(command, refund: refund, order: order, facts: facts)
      }
    case .recordRefundFailed(let command):
      try Refund.decide(command, refund: refund(command.refundID).state, facts: facts)
    case .recordRefundOutcomeUnknown(let command):
      try Refund.decide(command, refund: refund(command.refundID).state, facts: facts)
    case .reconcileRefund(let command):
      try deciding(command.refundID) { refund, order in
        try Refund.decide(command, refund: refund, order: order, facts: facts)
      }

    // Return
    case .requestReturn, .approveReturn, .rejectReturn, .cancelReturn, .recordReturnShipped,
      .expireReturn, .recordReturnReception, .inspectReturn, .completeReturn:
      try decideReturn(command, facts: facts)
    }
  }

  private func decide(_ command: EraseSubject, facts: Facts) throws -> Decision {
    let subject = command.subjectID.rawValue
    return try Privacy.decide(
      command, privacy: privacy().state, customer: customer(CustomerID(unchecked: subject)).state,
      keyFingerprint: vault.fingerprint(of: Person(subject, of: id)).map {
        KeyFingerprint(unchecked: $0)
      }, facts: facts)
  }

  private func decide(_ command: OpenCase, facts: Facts) throws -> Decision {
    guard let id = command.caseID else { preconditionFailure("names are made before deciding") }
    return try SupportCase.decide(
      command, case: supportCase(id).state, order: command.orderID.map(order)?.state,
      facts: facts)
  }

  private func decide(_ command: ResolveCase, facts: Facts) throws -> Decision {
    let supportCase = try supportCase(command.caseID).state
    return try SupportCase.decide(
      command, case: supportCase, refunds: supportCase.refundIDs.map { try refund($0).state },
      returns: supportCase.returnIDs.sorted().map { try self.return($0).state },
      order: supportCase.orderID.map(order)?.state, facts: facts)
  }

  private func caseOf(_ refund: Refund) throws -> SupportCase {
    try refund.caseID.map(supportCase)?.state ?? SupportCase()
  }

  private func decide(_ command: RecordDepositCaptured, facts: Facts) throws -> Decision {
    let supportCase = try supportCase(command.caseID).state
    return try SupportCase.decide(
      command, case: supportCase, order: supportCase.orderID.map(order)?.state, facts: facts)
  }

  private func decide(_ command: RecordChargebackOutcome, facts: Facts) throws -> Decision {
    let supportCase = try supportCase(command.caseID).state
    let orderID = supportCase.chargebacks[command.chargebackID]?.orderID
    return try SupportCase.decide(
      command, case: supportCase, order: orderID.map(order)?.state ?? Order(), facts: facts)
  }

  private func decide(_ command: RequestRefund, facts: Facts) throws -> Decision {
    guard let id = command.refundID else { preconditionFailure("names are made before deciding") }
    return try Refund.decide(
      command, refund: refund(id).state, case: supportCase(command.caseID).state,
      order: order(command.orderID).state, return: command.returnID.map(self.return)?.state,
      facts: facts)
  }

  private func decide(_ command: ApplyPayoutHold, facts: Facts) throws -> Decision {
    guard let id = command.holdID else { preconditionFailure("names are made before deciding") }
    return try PayoutHold.decide(
      command, hold: hold(id).state, case: supportCase(command.caseID).state,
      order: order(command.orderID).state, facts: facts)
  }

  /// Decides about a customer with the personal details opened, which the state holds sealed.
  private func deciding(
    _ id: CustomerID, _ body: (Customer, Customer.Details) throws -> Decision
  ) throws -> Decision {
    let customer = try customer(id).state
    let details = try customer.details.map { field, recorded in
      let place = PersonalPlace(
        tenant: self.id, stream: StreamName("customer/\(id)"),
        revision: Revision(UInt64(recorded.revision)), field: field)
      switch try vault.read(
        recorded.text, of: Person(id.rawValue, of: self.id), at: place, position: nextPosition)
      {
      case .clear(let text), .opened(let text): return text
      // Something that nobody knows any more differs from whatever comes next.
      case .erased, .keyMissing, .damaged: return PersonalText.keyMissing
      }
    }
    return try body(customer, details)
  }

  /// Decides about a refund together with the order whose balance it holds.
  private func deciding(
    _ id: RefundID, _ body: (Refund, Order) throws -> Decision
  ) throws -> Decision {
    let refund = try refund(id).state
    guard let orderID = refund.orderID else { return try body(refund, Order()) }
    return try body(refund, order(orderID).state)
  }

  /// Folds an event that was just decided into the aggregate it belongs to.
  func record(
    _ event: Event, in subject: Subject, at position: Position, time: Timestamp
  ) throws {
    switch subject {
    case .tenant: try tenant.evolve(event, at: position, time: time)
    case .customer(let id): try customer(id).evolve(event, at: position, time: time)
    case .order(let id): try order(id).evolve(event, at: position, time: time)
    case .supportCase(let id): try supportCase(id).evolve(event, at: position, time: time)
    case .refund(let id): try refund(id).evolve(event, at: position, time: time)
    case .hold(let id): try hold(id).evolve(event, at: position, time: time)
    case .return(let id): try self.return(id).evolve(event, at: position, time: time)
    case .privacy: try privacy().evolve(event, at: position, time: time)
    case .command: break
    }
  }

  /// Where the stream of an aggregate continues.
  func nextRevision(of subject: Subject) throws -> Revision {
    switch subject {
    case .tenant: tenant.nextRevision
    case .customer(let id): try customer(id).nextRevision
    case .order(let id): try order(id).nextRevision
    case .supportCase(let id): try supportCase(id).nextRevision
    case .refund(let id): try refund(id).nextRevision
    case .hold(let id): try hold(id).nextRevision
    case .return(let id): try self.return(id).nextRevision
    case .privacy: try privacy().nextRevision
    case .command: .first
    }
  }
}
