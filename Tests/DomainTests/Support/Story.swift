// given(what happened).when(somebody wants something).then(what happens): exact events, in order.
// Whatever is decided is also folded, so that every event a decision emits is one that its
// aggregate accepts, and decided twice, so that the same facts give the same answer.

import Domain
import EventSourcing
import Events
import Testing

/// All the aggregates of one tenant.
struct Story {
  var tenant = Tenant()
  var customers: [CustomerID: Customer] = [:]
  var orders: [OrderID: Order] = [:]
  var cases: [CaseID: SupportCase] = [:]
  var refunds: [RefundID: Refund] = [:]
  var holds: [HoldID: PayoutHold] = [:]
  var returns: [ReturnID: Return] = [:]
  /// What was recorded of each return's request and of its completion.
  private(set) var requested: [ReturnID: ReturnRequested] = [:]
  private(set) var completed: [ReturnID: ReturnCompleted] = [:]
  var privacy = Privacy()
  var dateOf: @Sendable (Timestamp) -> CalendarDate = london

  mutating func fold(_ event: Event) throws(InconsistentHistory) {
    try fold(event, in: event.stream)
  }

  mutating func fold(_ event: Event, in name: StreamName) throws(InconsistentHistory) {
    if case .returnRequested(let event) = event { requested[event.returnID] = event }
    if case .returnCompleted(let event) = event { completed[event.returnID] = event }
    let stream = name.rawValue.split(separator: "/").map(String.init)
    switch stream[0] {
    case "tenant": try tenant.evolve(event)
    case "customer":
      try customers[CustomerID(unchecked: stream[1]), default: Customer()].evolve(event)
    case "order": try orders[OrderID(unchecked: stream[1]), default: Order()].evolve(event)
    case "case": try cases[CaseID(unchecked: stream[1]), default: SupportCase()].evolve(event)
    case "refund": try refunds[RefundID(unchecked: stream[1]), default: Refund()].evolve(event)
    case "hold": try holds[HoldID(unchecked: stream[1]), default: PayoutHold()].evolve(event)
    case "return": try returns[ReturnID(unchecked: stream[1]), default: Return()].evolve(event)
    case "privacy": try privacy.evolve(event)
    default: throw InconsistentHistory("no aggregate has the stream \(event.stream)")
    }
  }

  func facts(_ actor: Actor, _ now: Timestamp) -> Facts {
    Facts(
      tenantID: "acme", tenant: tenant, actor: actor, now: now, dateOf: dateOf,
      utcOffset: TimeZones.offset)
  }

  func order(_ id: OrderID?) -> Order { id.flatMap { orders[$0] } ?? Order() }
  private func order(of refund: Refund) -> Order { order(refund.orderID) }
  private func refund(_ id: RefundID?) -> Refund { id.flatMap { refunds[$0] } ?? Refund() }
  func supportCase(_ id: CaseID?) -> SupportCase {
    id.flatMap { cases[$0] } ?? SupportCase()
  }

  /// What the rule book says, without the checks that come before it.
  func decide(_ command: Command, _ facts: Facts) throws -> Decision {
    switch command {
    case .registerTenant(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .changeTenantSettings(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .suspendTenant(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .reinstateTenant(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .beginImport(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .endImport(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .addAgent(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .changeAgentRole(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .removeAgent(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .definePolicy(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .activatePolicy(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .deactivatePolicy(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .changeReturnSettings(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .setCustomerTags(let it):
      try Customer.decide(it, customer: customers[it.customerID] ?? Customer(), facts: facts)
    case .connectShop(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .recordShopSync(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .disconnectShop(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .registerCustomer(let it):
      try decideCustomer(it.customerID) {
        try Customer.decide(it, customer: $0, details: $1, facts: facts)
      }
    case .changeCustomerDetails(let it):
      try decideCustomer(it.customerID) {
        try Customer.decide(it, customer: $0, details: $1, facts: facts)
      }
    case .eraseSubject(let it): try decideErasure(it, facts)
    case .placeLegalHold(let it):
      try Privacy.decide(it, privacy: privacy, case: supportCase(it.caseID), facts: facts)
    case .releaseLegalHold(let it):
      try Privacy.decide(it, privacy: privacy, case: supportCase(it.caseID), facts: facts)
    case .recordOrder(let it): try Order.decide(it, order: order(it.orderID), facts: facts)
    case .amendOrder(let it): try Order.decide(it, order: order(it.orderID), facts: facts)
    case .capturePayment(let it): try Order.decide(it, order: order(it.orderID), facts: facts)
    case .recordDelivery(let it): try Order.decide(it, order: order(it.orderID), facts: facts)
    case .cancelOrder(let it): try Order.decide(it, order: order(it.orderID), facts: facts)
    case .openCase(let it):
      try SupportCase.decide(
        it, case: supportCase(it.caseID), order: it.orderID.flatMap { orders[$0] }, facts: facts)
    case .assignCase(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .changeCaseStatus(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .resolveCase(let it):
      try SupportCase.decide(
        it, case: supportCase(it.caseID),
        refunds: supportCase(it.caseID).refundIDs.map { refund($0) },
        returns: supportCase(it.caseID).returnIDs.sorted().compactMap { returns[$0] },
        order: supportCase(it.caseID).orderID.map { order($0) }, facts: facts)
    case .reopenCase(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .closeCase(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .defineSlaCalendar(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .setSlaTargets(let it): try Tenant.decide(it, tenant: tenant, facts: facts)
    case .recordSlaBreach(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .changeCaseSeverity(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .postMessage(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .attachEvidence(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .addCaseWatcher(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .removeCaseWatcher(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .hideContent(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .restoreContent(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .recordDepositCaptured(let it):
      try SupportCase.decide(
        it, case: supportCase(it.caseID),
        order: supportCase(it.caseID).orderID.map { order($0) }, facts: facts)
    case .openChargeback(let it):
      try SupportCase.decide(
        it, case: supportCase(it.caseID), order: order(it.orderID), facts: facts)
    case .representChargeback(let it):
      try SupportCase.decide(it, case: supportCase(it.caseID), facts: facts)
    case .recordChargebackOutcome(let it):
      try SupportCase.decide(
        it, case: supportCase(it.caseID),
        order: order(supportCase(it.caseID).chargebacks[it.chargebackID]?.orderID), facts: facts)
    case .applyPayoutHold(let it):
      try PayoutHold.decide(
        it, hold: it.holdID.flatMap { holds[$0] } ?? PayoutHold(), case: supportCase(it.caseID),
        order: order(it.orderID), facts: facts)
    case .releasePayoutHold(let it):
      try PayoutHold.decide(it, hold: holds[it.holdID] ?? PayoutHold(), facts: facts)
    case .expirePayoutHold(let it):
      try PayoutHold.decide(it, hold: holds[it.holdID] ?? PayoutHold(), facts: facts)
    default: try decideRefund(command, facts)
    }
  }

  private func decideErasure(_ command: EraseSubject, _ facts: Facts) throws -> Decision {
    let customer = customers[CustomerID(unchecked: command.subjectID.rawValue)] ?? Customer()
    return try Privacy.decide(
      command, privacy: privacy, customer: customer,
      keyFingerprint: customer.details.email.map { _ in PrivacyTests.fingerprint }, facts: facts)
  }

  /// Nothing is sealed in a story.
  private func decideCustomer(
    _ id: CustomerID, _ body: (Customer, Customer.Details) throws -> Decision
  ) rethrows -> Decision {
    let customer = customers[id] ?? Customer()
    return try body(customer, customer.details.map { _, recorded in recorded.text })
  }

  private func decideRefund(_ command: Command, _ facts: Facts) throws -> Decision {
    switch command {
    case .requestRefund(let it):
      return try Refund.decide(
        it, refund: refund(it.refundID), case: supportCase(it.caseID), order: order(it.orderID),
        return: it.returnID.flatMap { returns[$0] }, facts: facts)
    case .amendRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(
        it, refund: refund, case: supportCase(refund.caseID), order: order(of: refund), facts: facts
      )
    case .approveRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(
        it, refund: refund, case: supportCase(refund.caseID), order: order(of: refund),
        others: order(of: refund).refundIDs.filter { $0 != it.refundID }.compactMap { refunds[$0] },
        return: refund.returnID.flatMap { returns[$0] }, facts: facts)
    case .denyRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(
        it, refund: refund, order: order(of: refund),
        return: refund.returnID.flatMap { returns[$0] }, facts: facts)
    case .cancelRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(
        it, refund: refund, order: order(of: refund),
        return: refund.returnID.flatMap { returns[$0] }, facts: facts)
    case .executeRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(
        it, refund: refund, order: order(of: refund),
        return: refund.returnID.flatMap { returns[$0] }, facts: facts)
    case .recordRefundExecuted(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(it, refund: refund, order: order(of: refund), facts: facts)
    case .recordRefundFailed(let it):
      return try Refund.decide(it, refund: refund(it.refundID), facts: facts)
    case .recordRefundOutcomeUnknown(let it):
      return try Refund.decide(it, refund: refund(it.refundID), facts: facts)
    case .reconcileRefund(let it):
      let refund = refund(it.refundID)
      return try Refund.decide(it, refund: refund, order: order(of: refund), facts: facts)
    default: return try decideReturn(command, facts)
    }
  }
}

func given(
  _ histories: [Event]..., at location: SourceLocation = #_sourceLocation
) -> Story {
  var story = Story()
  for event in histories.joined() {
    do {
      try story.fold(event)
    } catch {
      Issue.record("\(event.stream): \(error)", sourceLocation: location)
    }
  }
  return story
}

extension Story {
  /// By an admin, but for what the provider answers.
  func when(_ command: Command, by actor: Actor? = nil, at now: Timestamp = noon) -> Answer {
    let facts = facts(
      actor ?? (command.right == .answerForProvider ? provider : admin), now)
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      try checkPersons(in: command, privacy: privacy)
      let decision = try decide(command, facts)
      let again = try decide(command, facts)
      return Answer(story: self, outcome: .success(decision), again: again)
    } catch let rejection as any Rejection {
      return Answer(story: self, outcome: .failure(rejection), again: nil)
    } catch {
      preconditionFailure("an error that is no rejection: \(error)")
    }
  }
}

struct Answer {
  enum Outcome {
    case success(Decision)
    case failure(any Rejection)
  }

  var story: Story
  var outcome: Outcome
  var again: Decision?

  /// The story with what was decided; the events are accepted by their aggregates, or it fails.
  @discardableResult
  func then(_ events: [Event], at location: SourceLocation = #_sourceLocation) -> Story {
    guard case .success(let decision) = outcome else {
      Issue.record("rejected: \(outcome)", sourceLocation: location)
      return story
    }
    #expect(decision == .events(events), sourceLocation: location)
    Seen.current?.compared()
    return happens(at: location)
  }

  /// The story with what was decided, whatever it was.
  @discardableResult
  func happens(at location: SourceLocation = #_sourceLocation) -> Story {
    guard case .success(let decision) = outcome, case .events(let events) = decision else {
      Issue.record("no events: \(outcome)", sourceLocation: location)
      return story
    }
    Seen.current?.accepted()
    #expect(decision == again, "the same facts give the same answer", sourceLocation: location)
    var story = story
    for event in events {
      do {
        try story.fold(event)
      } catch {
        Issue.record("decided, but not accepted: \(error)", sourceLocation: location)
      }
    }
    return story
  }

  func thenUnchanged(at location: SourceLocation = #_sourceLocation) {
    guard case .success(.unchanged(let reason)) = outcome else {
      Issue.record("not unchanged: \(outcome)", sourceLocation: location)
      return
    }
    Seen.current?.accepted()
    #expect((1...500).contains(reason.utf8.count), sourceLocation: location)
  }

  func thenRejected(_ it: RefundRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected(_ it: CaseRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected<R: Rejection>(_ it: R, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected(_ it: OrderRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected(_ it: TenantRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected(_ it: CustomerRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  func thenRejected(_ it: PermissionRejection, at location: SourceLocation = #_sourceLocation) {
    expect(it, location)
  }

  private func expect<R: Rejection>(_ expected: R, _ location: SourceLocation) {
    guard case .failure(let actual) = outcome else {
      Issue.record("not rejected: \(outcome)", sourceLocation: location)
      return
    }
    Seen.current?.refused(by: actual)
    #expect(actual as? R == expected, "\(actual.detail)", sourceLocation: location)
    // Whatever is refused can be recorded: short codes, and words.
    #expect((1...64).contains(actual.rule.utf8.count), sourceLocation: location)
    #expect((1...64).contains(actual.reason.utf8.count), sourceLocation: location)
    #expect((1...16_384).contains(actual.detail.utf8.count), sourceLocation: location)
    for fact in actual.facts {
      #expect((1...64).contains(fact.name.utf8.count), sourceLocation: location)
      #expect((1...500).contains(fact.value.unicodeScalars.count), sourceLocation: location)
    }
  }
}
