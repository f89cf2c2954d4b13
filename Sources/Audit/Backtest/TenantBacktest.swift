// One tenant's part of a back-test: its history, and the decisions in the span made again from the
// states and facts of then under the changed settings. A changed decision changes nothing that came
// after it, but for the later steps of its own matter.

import Calendars
import Domain
import EventSourcing
import Events

final class TenantBacktest {
  private let tenant: TenantID
  private let change: BacktestChange
  private let span: AuditSpan
  private let calendars: TenantCalendars
  private let history = TenantHistory(signed: [])
  private let state: TenantState
  private var examined: AuditedTenant.Span?
  private var last: [RecordedEvent] = []
  /// The changed tenant; `nil` where it is to be made of the tenant's newest state.
  private var changedTenant: Tenant?
  private var others = OtherDecisions()
  /// What each return was estimated at, for its steps without an amount.
  private var estimates: [ReturnID: Int] = [:]
  private(set) var matters = ChangedMatters()
  private(set) var counts: [String: DecisionCounts] = [:]
  private(set) var notReplayed: [NotReplayed: Int] = [:]

  init(
    of tenant: TenantID, _ change: BacktestChange, _ span: AuditSpan, _ calendars: TenantCalendars
  ) {
    (self.tenant, self.change, self.span, self.calendars) = (tenant, change, span, calendars)
    state = TenantState(of: tenant, history.aggregates, OrderAccounts(), vault: nil)
  }

  var summary: AuditedTenant {
    AuditedTenant(
      tenant: tenant, eventCount: Int(history.nextPosition.value), examined: examined)
  }

  func append(_ commit: DecodedCommit) throws {
    let isExamined = span.contains(commit.events)
    let decision = isExamined ? decision(of: commit.events) : nil
    var before = state
    try history.append(commit) { if decision != nil { before.keep($1, of: $0) } }
    if isExamined {
      examined = examined?.extended(by: commit.events) ?? AuditedTenant.Span(commit.events)
    }
    if let decision {
      try replay(
        decision,
        AuditedCommit(
          events: commit.events, personal: commit.personal, before: before, after: state,
          calendars: calendars))
    }
    for recorded in commit.events { note(recorded.event) }
    last = commit.events
  }

  /// Moves what was not used lately out of memory.
  func spill(into file: SpillFile) throws { try history.spill(into: file) }

  /// Checks that the change fits the tenant, also where no decision was replayed.
  func finish() throws {
    guard state.tenant.isRegistered, examined != nil else { return }
    _ = try changedTenant(
      before: AuditedCommit(
        events: last, personal: [], before: state, after: state, calendars: calendars))
  }

  private func note(_ event: Event) {
    if case .tenant = event { changedTenant = nil }
    if case .return(.returnRequested(let event)) = event {
      estimates[event.returnID] = event.estimatedRefund.amount
    }
  }

  /// The decision of a commit that comes next; `nil` where nothing that changes bears on it.
  private func decision(of recorded: [RecordedEvent]) -> ReplayedDecision? {
    guard let first = recorded.first(where: { !$0.event.isAdoption }) else { return nil }
    let commands: [Command]
    var events: [Event]?
    var refusal: CommandRejected?
    switch first.event {
    case .refund, .return, .order(.storeCreditGranted):
      let comparable = recorded.comparable
      commands = DecidedEvents(events: comparable, before: state).commands()
      events = comparable
    case .command(.commandRejected(let rejected)):
      guard Stake.commandTypes.contains(rejected.commandType) else { return nil }
      (commands, refusal) = (BareOutcome(rejected).commands, rejected)
    case .tenant, .customer, .privacy, .order, .supportCase, .hold, .system, .command: return nil
    }
    let stake = commands.first.flatMap { state.stake(of: $0, at: recorded[0].position) }
    guard let stake else {
      if let refusal { pass(refusal.commandType, refusal, NotReplayed.commandMissing) }
      return nil
    }
    return ReplayedDecision(commands: commands, stake: stake, events: events, refusal: refusal)
  }

  private func pass(_ commandType: String, _ refusal: CommandRejected?, _ reason: String) {
    let matter = NotReplayed(
      commandType: commandType, refusal: refusal?.reason, because: reason)
    notReplayed[matter, default: 0] += 1
  }

  private func replay(_ decision: ReplayedDecision, _ commit: AuditedCommit) throws {
    let type = decision.commands[0].type
    let rules = commit.rulesVersion
    guard rules == RuleBook.version else {
      return pass(
        type, decision.refusal,
        "decided by version \(rules) of the rules, and this program has \(RuleBook.version)")
    }
    if matters.isRefused(decision.stake.matter) {
      counts[type, default: DecisionCounts()].followed += 1
      return
    }
    let redecider = Redecider(commit: commit, tenant: try changedTenant(before: commit))
    guard let (replay, events) = try redecider.verdict(of: decision, others) else {
      return pass(
        type, decision.refusal,
        decision.refusal == nil ? NotReplayed.rulesDiffer : NotReplayed.commandMissing)
    }
    let history: Verdict
    if let refusal = decision.refusal {
      counts[type, default: DecisionCounts()].refused += 1
      history = .refused(rule: refusal.rule, reason: refusal.reason)
    } else {
      counts[type, default: DecisionCounts()].allowed += 1
      history = .allowed(decision.events?.stakedAmount)
      others.note(events, insteadOf: decision.events ?? [])
    }
    matters.add(history, replay, of: decision.stake.matter, outcome(of: decision, commit))
  }

  /// A decision as it was.
  private func outcome(of decision: ReplayedDecision, _ commit: AuditedCommit) -> ChangedOutcome {
    let stake = decision.stake
    let estimate: Int? = if case .return(let id) = stake.matter { estimates[id] } else { nil }
    return ChangedOutcome(
      tenant: tenant, position: commit.events[0].position, stream: stake.matter.stream,
      commandType: decision.commands[0].type, effect: .amount(difference: 0),
      amount: decision.events?.stakedAmount ?? estimate ?? 0, currency: stake.currency,
      reason: stake.reason, customerTags: commit.before.customer(stake.customerID).tags)
  }

  private func changedTenant(before commit: AuditedCommit) throws -> Tenant {
    if let changedTenant { return changedTenant }
    let changed = try change.applied(to: commit.facts.tenant, commit.facts)
    changedTenant = changed
    return changed
  }
}
