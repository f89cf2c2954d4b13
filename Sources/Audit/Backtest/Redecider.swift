// Decides the commands of one commit twice: by the settings of then, which must lead to what is
// recorded, and by the changed ones.

import Domain
import Events

/// One commit's states and facts, as they were and as a change would have had them.
struct Redecider {
  let commit: AuditedCommit
  /// The tenant with the change.
  let tenant: Tenant

  /// What becomes of a decision under the change.
  ///
  /// - Returns: with the events, where it leads to some; `nil` where no command that it can have
  ///   been leads to what is recorded.
  func verdict(
    of decision: ReplayedDecision, _ others: OtherDecisions
  ) throws -> (verdict: Verdict, events: [Event])? {
    if decision.refusal == nil, decision.commands.count == 1 {
      let changed = try changedVerdict(of: decision.commands[0], others)
      // What leads to the same events needs no second look.
      let isAsRecorded = changed.events == decision.events
      return try isAsRecorded || leadsToHistory(decision.commands[0], decision) ? changed : nil
    }
    let possible = try decision.commands.filter { try leadsToHistory($0, decision) }
    guard let first = possible.first else { return nil }
    let changed = try changedVerdict(of: first, others)
    guard case .refused = changed.verdict, decision.refusal == nil else { return changed }
    for command in possible.dropFirst() {
      let other = try changedVerdict(of: command, others)
      if case .allowed = other.verdict { return other }
    }
    return changed
  }

  private func leadsToHistory(_ command: Command, _ decision: ReplayedDecision) throws -> Bool {
    switch try decide(command, in: commit) {
    case .events(let events): events == decision.events
    case .unchanged: false
    case .rejected(let explanation): decision.refusal?.isSame(as: explanation) ?? false
    }
  }

  private func changedVerdict(
    of command: Command, _ others: OtherDecisions
  ) throws -> (verdict: Verdict, events: [Event]) {
    var changed = commit
    let (command, state) = try others.applied(to: command, in: commit.before)
    changed.before = state
    changed.before.set(.tenant, to: .tenant(tenant))
    switch try decide(command, in: changed) {
    case .events(let events): return (.allowed(events.stakedAmount), events)
    case .unchanged: return (.allowed(nil), [])
    case .rejected(let why): return (.refused(rule: why.rule, reason: why.reason), [])
    }
  }

  private func decide(_ command: Command, in commit: AuditedCommit) throws -> Redecision {
    try DecidedEvents(events: commit.events.map(\.event), before: commit.before)
      .decide(command, commit.facts)
  }
}
