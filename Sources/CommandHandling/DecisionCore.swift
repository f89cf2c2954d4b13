// One command from submission to commit: detect repeats, validate, decide with the aggregates,
// encode the events. A refusal by a rule is recorded, too, as the event CommandRejected, so that it
// is as final, auditable and explainable as an acceptance.

import Calendars
import Domain
import ErrorClasses
import EventLog
import EventSourcing
import Events
import Gateways
import PersonalData

/// Decides commands one after another; one thread at a time.
final class DecisionCore {
  private let log: EventLog
  private let vault: PersonalVault
  private let evidence: SealedEvidence?
  private let clock: GuardedClock
  /// Of the rules that decide.
  private let rulesVersion: Int
  private let budget: MemoryBudget
  private let calendars = TenantCalendars()
  private let undurable: UndurableCommits
  private let handOvers: HandOver
  private let traces: RecentTraces
  private let refusals: RefusalQuota
  private var repositories: [TenantID: Repository] = [:]
  private var lastRecordedTime = Timestamp(microseconds: 0)
  /// Of this process; `nil` before the first.
  private var lastCommitTime: Timestamp?
  /// Decided commands that were not handed over yet.
  private var decided = DecidedCommands()

  /// A recorded line is at most 1 MiB (FORMAT.md).
  static let lineByteCountMax = 1 << 20

  /// The number of commits that the log takes together; it writes them while more are decided.
  private static let handOverCount = 256

  init(
    log: EventLog, vault: PersonalVault, evidence: SealedEvidence?,
    clock: GuardedClock, rulesVersion: Int, aggregatesInMemory: Int,
    handOvers: HandOver, undurable: UndurableCommits, traces: RecentTraces, refusals: RefusalQuota
  ) {
    self.handOvers = handOvers
    self.undurable = undurable
    self.traces = traces
    self.refusals = refusals
    self.evidence = evidence
    self.rulesVersion = rulesVersion
    self.log = log
    self.vault = vault
    self.clock = clock
    budget = MemoryBudget(capacity: aggregatesInMemory)
  }

  /// Decides commands in this order and queues their commits; each completion runs once its commit
  /// is durable.
  ///
  /// - Throws: when the history cannot be read or contradicts itself, which is fatal.
  func handle(_ batch: [(Submission, Sequencer.Completion)]) throws {
    var times = BatchClock(clock)
    for (submission, completion) in batch {
      if submission.isAcceptingClock {
        // On its own, so that what is decided by the clock is never taken back.
        try settle()
        try decideAcceptance(submission, completion)
        try settle()
        continue
      }
      let time: Timestamp
      do throws(ClockJump) { time = try times.now() } catch {
        completion(Answer(.clockJumped(error)))
        continue
      }
      try decideOrRefuse(submission, at: time, completion)
      if decided.commands.count >= Self.handOverCount { try handOver() }
    }
    try handOver()
    if let lastCommitTime { clock.note(recorded: lastCommitTime) }
  }

  /// Decides the command that accepts the clock. Once it is recorded, by that clock, the commands
  /// after it are decided, too.
  private func decideAcceptance(
    _ submission: Submission, _ completion: @escaping Sequencer.Completion
  ) throws {
    let reading = clock.read()
    let count = decided.commands.count
    try decideOrRefuse(submission, at: reading.time, completion)
    if decided.commands.count > count { clock.accept(reading) }
  }

  /// Refuses the command for an error that passes, such as keys that cannot be read; nothing was
  /// changed then.
  private func decideOrRefuse(
    _ submission: Submission, at time: Timestamp, _ completion: @escaping Sequencer.Completion
  ) throws {
    do { try decide(submission, at: time, completion) } catch {
      guard ErrorClass(of: error) == .passing else { throw error }
      completion(Answer(.storageFailing(reason: "\(error)")))
    }
  }

  private func decide(
    _ submission: Submission, at time: Timestamp, _ completion: @escaping Sequencer.Completion
  ) throws {
    let command = submission.command
    let newKeyUseCount = vault.newKeyUseCount
    if try answerAgain(submission, completion) { return }

    let repository = try repository(of: command.tenant)
    let adopted = repository.loadedTenant.state.rulesVersion
    guard adopted <= rulesVersion else {
      let reason =
        "The tenant \(command.tenant) has adopted version \(adopted) of the rules, and this "
        + "program decides by version \(rulesVersion): run the newer one."
      return completion(Answer(.newerRules(reason: reason)))
    }
    // The clock may have been set back, also while the service was stopped.
    let now = max(time, lastRecordedTime, repository.lastRecordedTime)
    lastRecordedTime = now
    do {
      var events = try decide(submission, repository: repository, now: now)
      state(adopted, in: &events, of: command.tenant)
      let submission = try hashingPersonalPart(of: submission, in: repository)
      let trace = submission.trace ?? submission.causation.flatMap { traces[command.tenant, $0] }
      let commit = try EncodedCommit(
        of: events, by: submission, traced: trace, in: repository, at: now)
      if trace != nil { traces.add(commit.events) }
      for (event, subject) in zip(commit.events, commit.subjects) {
        try repository.record(event.event, in: subject, at: event.position, time: event.time)
      }
      repository.nextPosition = repository.nextPosition.advanced(by: events.count)
      repositories[command.tenant] = repository
      keep(commit, of: submission, completion)
      if vault.newKeyUseCount != newKeyUseCount { decided.needNewKeys = true }
      lastCommitTime = now
      if budget.isExceeded {
        for repository in repositories.values {
          repository.dropUnused(durableEnd: log.durableEnd(of: repository.id))
        }
      }
    } catch let invalid as InvalidCommand {
      completion(Answer(.invalid(invalid)))
    } catch is UnknownTenant {
      completion(Answer(.unknownTenant))
    } catch let refused as UnrecordedRefusal {
      completion(Answer(.refusedUnrecorded(refused.rejected, refused.excess)))
    }
  }

  /// Says in a tenant's history by which rules it is decided, where that is not said yet. What the
  /// service records of itself follows no rules.
  private func state(_ adopted: Int, in events: inout [Event], of tenant: TenantID) {
    if tenant == .system { return }
    if case .tenant(.tenantRegistered(var registered)) = events[0] {
      registered.rulesVersion = rulesVersion
      events[0] = .tenant(.tenantRegistered(registered))
    } else if adopted < rulesVersion {
      events.insert(.rulesAdopted(RulesAdopted(version: rulesVersion)), at: 0)
    }
  }

  /// Stores the states of all changed aggregates in the log's index.
  func keepStates() {
    for repository in repositories.values {
      repository.keepStates(durableEnd: log.durableEnd(of: repository.id))
    }
  }

  /// Answers a command whose id was used before.
  private func answerAgain(
    _ submission: Submission, _ completion: @escaping Sequencer.Completion
  ) throws -> Bool {
    let command = submission.command
    func isSame(_ recorded: CommandHash) throws -> Bool {
      // Older histories hash customer text without its key; accept that form too.
      if recorded == submission.contentHash || recorded == command.contentHashWithWords {
        return true
      }
      let words = try command.customerWords { try repository(of: command.tenant) }
      let whole = try vault.contentHash(of: command, rest: submission.contentHash, words: words)
      // Without the person's key, which an erasure destroys, only the rest can be compared.
      return whole.map { $0 == recorded } ?? recorded.hasSameRest(as: submission.contentHash)
    }
    if try undurable.answer(CommandKey(command), isSame: isSame, completion) { return true }
    guard let known = try log.outcome(of: command.id, in: command.tenant) else { return false }
    var events: [RecordedEvent] = []
    let end = known.firstPosition.advanced(by: known.eventCount)
    try log.readEvents(of: command.tenant, in: known.firstPosition..<end) { _, line in
      try events.append(RecordedEvent(line: line))
    }
    completion(
      try isSame(events[0].commandHash)
        ? Answer(Outcome(recorded: events), isReplay: true) : Answer(.conflict))
    return true
  }

  /// The submission with the hash that is recorded.
  private func hashingPersonalPart(
    of submission: Submission, in repository: Repository
  ) throws -> Submission {
    let erased = try repository.privacy.erased
    let hash = try vault.contentHash(
      of: submission.command, rest: submission.contentHash,
      words: submission.command.customerWords { repository }, makingAt: repository.nextPosition,
      mayMake: { !erased.contains(SubjectID(unchecked: $0)) })
    guard let hash else { return submission }
    return Submission(
      command: submission.command, contentHash: hash, peerUID: submission.peerUID,
      principal: submission.principal, causation: submission.causation, trace: submission.trace)
  }

  private func repository(of tenant: TenantID) throws -> Repository {
    if let repository = repositories[tenant] { return repository }
    // Kept once the tenant has a commit, so that an unregistered name takes up no memory.
    return try Repository(id: tenant, log: log, vault: vault, budget: budget)
  }

  private func keep(
    _ commit: EncodedCommit, of submission: Submission,
    _ completion: @escaping Sequencer.Completion
  ) {
    let outcome = Outcome(recorded: commit.events)
    undurable.add(
      CommandKey(submission.command), hash: submission.contentHash, outcome: outcome, completion)
    decided.append(
      DecidedCommand(
        submission: submission, commit: commit.commit,
        isCountedRefusal: outcome.isRefusal && submission.isCountedWhenRefused))
  }

  private func handOver() throws {
    let done = decided
    decided = DecidedCommands()
    try handOvers.add(done)
  }

  /// Returns once the log has every commit that was decided, or its command is answered otherwise.
  private func settle() throws {
    try handOver()
    handOvers.finish()
    try takeBackHeld()
  }

  /// Forgets what was decided and the log does not have, because keys of it could not be made
  /// durable. A single command is refused; several are decided again one by one, so that only those
  /// that need new keys are.
  func takeBackHeld() throws {
    guard let held = try handOvers.takeHeld() else { return }
    // Then memory holds nothing that the log could not restore.
    try log.waitUntilDurable()
    repositories = [:]
    budget.forgetAll()
    let completions = undurable.takeBack(held.commands.map { CommandKey($0.submission.command) })
    for command in held.commands where command.isCountedRefusal {
      refusals.giveBack(of: command.submission.command.tenant)
    }
    if held.commands.count == 1 {
      let answer = Answer(.storageFailing(reason: "\(held.refusal)"))
      for completion in completions { completion(answer) }
      return
    }
    for (command, completion) in zip(held.commands, completions) {
      try decideOrRefuse(command.submission, at: lastRecordedTime, completion)
      try settle()
    }
  }
}

struct UnknownTenant: Error {}

/// A refusal that is not recorded, as its tenant has too many.
private struct UnrecordedRefusal: Error {
  var rejected: CommandRejected
  var excess: RefusalQuota.Excess
}

extension Submission {
  /// Whether ``RefusalQuota`` counts a refusal of it.
  fileprivate var isCountedWhenRefused: Bool { causation == nil && command.tenant != .system }
}

extension Outcome {
  fileprivate var isRefusal: Bool { if case .rejected = self { true } else { false } }
}

// Decides by the rules.
extension DecisionCore {
  private func decide(
    _ submission: Submission, repository: Repository, now: Timestamp
  ) throws -> [Event] {
    let submitted = submission.command
    let command = submitted.command.withNames(at: now)
    let occurredAt = submitted.occurredAt ?? now
    try check(submitted, repository: repository, now: now)
    try evidence?.check(submitted, in: repository)
    let calendar = calendars.calendar(
      timeZone: repository.tenant.settings.timeZone)
    let facts = Facts(
      tenantID: submitted.tenant, tenant: repository.tenant, actor: submission.actor,
      now: occurredAt, dateOf: { calendar.date(of: $0) },
      utcOffset: { [calendars] zone, time in
        calendars.calendar(timeZone: zone).utcOffset(at: time)
      })
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let decision = try checkingPersons(in: command, privacy: repository.privacy) {
        try checkRevision(submitted, of: command, repository: repository)
        try checkTime(submitted.occurredAt, of: command, facts: facts, repository: repository)
        return try command.decide(in: repository, facts: facts)
      }
      switch decision {
      case .events(let events): return events
      case .unchanged(let reason):
        return [
          .commandHadNoEffect(
            CommandHadNoEffect(
              commandID: submitted.id, commandType: command.type,
              target: command.target?.rawValue, reason: reason))
        ]
      }
    } catch let rejection as any Rejection {
      // Without a tenant there is no history in which to record a refusal.
      guard repository.tenant.isRegistered else {
        throw InvalidCommand(
          path: "$.data", value: command.type, problem: rejection.detail)
      }
      let rejected = CommandRejected(
        commandID: submitted.id, commandType: command.type, target: command.target?.rawValue,
        rule: rejection.rule, reason: rejection.reason, detail: rejection.detail,
        facts: rejection.facts)
      if submission.isCountedWhenRefused,
        let excess = refusals.take(of: submitted.tenant, at: now)
      {
        throw UnrecordedRefusal(rejected: rejected, excess: excess)
      }
      return [.commandRejected(rejected)]
    }
  }
}
