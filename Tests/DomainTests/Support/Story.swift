// given(what happened).when(a command).then(what happens): exact events, in order.
// A decision is also folded, so that every event a decision emits is one that its
// aggregate accepts, and decided twice, so that the same facts give the same answer.

import Domain
import EventSourcing
import Events
import Testing

/// All the aggregates of one tenant.
struct Story {
  var tenantID: TenantID = "acme"
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
    try fold(event, in: event.subject)
  }

  mutating func fold(_ event: Event, in subject: Subject) throws(InconsistentHistory) {
    if case .return(.returnRequested(let event)) = event { requested[event.returnID] = event }
    if case .return(.returnCompleted(let event)) = event { completed[event.returnID] = event }
    switch subject {
    case .tenant: try tenant.fold(event)
    case .customer(let id): try customers[id, default: Customer()].fold(event)
    case .order(let id): try orders[id, default: Order()].fold(event)
    case .supportCase(let id): try cases[id, default: SupportCase()].fold(event)
    case .refund(let id): try refunds[id, default: Refund()].fold(event)
    case .hold(let id): try holds[id, default: PayoutHold()].fold(event)
    case .return(let id): try returns[id, default: Return()].fold(event)
    case .privacy: try privacy.fold(event)
    case .system: break
    case .command: throw InconsistentHistory("no aggregate has the stream \(event.stream)")
    }
  }

  func facts(_ actor: Actor, _ now: Timestamp) -> Facts {
    Facts(
      tenantID: tenantID, tenant: tenant, actor: actor, now: now, dateOf: dateOf,
      utcOffset: TimeZones.offset)
  }
}

extension Story: Aggregates {
  func customer(_ id: CustomerID) -> Customer { customers[id] ?? Customer() }
  func order(_ id: OrderID) -> Order { orders[id] ?? Order() }
  func supportCase(_ id: CaseID) -> SupportCase { cases[id] ?? SupportCase() }
  func refund(_ id: RefundID) -> Refund { refunds[id] ?? Refund() }
  func `return`(_ id: ReturnID) -> Return { returns[id] ?? Return() }
  func hold(_ id: HoldID) -> PayoutHold { holds[id] ?? PayoutHold() }

  /// Nothing is sealed in a story.
  func details(of id: CustomerID) -> Customer.Details {
    customer(id).details.map { _, recorded in recorded.text }
  }

  func keyFingerprint(of id: SubjectID) -> KeyFingerprint? {
    customer(CustomerID(unchecked: id.rawValue)).details.email.map { _ in PrivacyTests.fingerprint }
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
      actor ?? (command.permission == .answerForProvider ? provider : admin), now)
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let decision = try checkingPersons(in: command, privacy: privacy) {
        try command.decide(in: self, facts: facts)
      }
      let again = try command.decide(in: self, facts: facts)
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

  /// The story with the decision.
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

  /// Refused by a rule, with a stable reason.
  func thenRejected(
    _ rule: String, _ reason: String, at location: SourceLocation = #_sourceLocation
  ) {
    guard case .failure(let rejection) = outcome else {
      Issue.record("not rejected: \(outcome)", sourceLocation: location)
      return
    }
    #expect(
      rejection.rule == rule && rejection.reason == reason, "\(rejection.detail)",
      sourceLocation: location)
    see(rejection, location)
  }

  private func expect<R: Rejection>(_ expected: R, _ location: SourceLocation) {
    guard case .failure(let actual) = outcome else {
      Issue.record("not rejected: \(outcome)", sourceLocation: location)
      return
    }
    #expect(actual as? R == expected, "\(actual.detail)", sourceLocation: location)
    see(actual, location)
  }

  private func see(_ actual: any Rejection, _ location: SourceLocation) {
    Seen.current?.refused(by: actual)
    // A refusal can be recorded: short codes, and words.
    #expect((1...64).contains(actual.rule.utf8.count), sourceLocation: location)
    #expect((1...64).contains(actual.reason.utf8.count), sourceLocation: location)
    #expect((1...16_384).contains(actual.detail.utf8.count), sourceLocation: location)
    for fact in actual.facts {
      #expect((1...64).contains(fact.name.utf8.count), sourceLocation: location)
      #expect((1...500).contains(fact.value.unicodeScalars.count), sourceLocation: location)
    }
  }
}
