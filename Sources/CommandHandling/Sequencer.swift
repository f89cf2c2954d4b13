// Decides all commands, one after another, each against the state that the previous one left, while
// the log still writes earlier commits. What must hold: no command is answered before the log has
// made its events durable, and answers have the order of positions. A log has one sequencer, so
// every tenant has exactly one writer, without locks or retries.

public import EventLog
public import EventSourcing
public import Events
public import Gateways
public import PersonalData
import Synchronization
public import Threading

/// Decides commands and appends the resulting events.
public final class Sequencer: Sendable {
  public typealias Completion = @Sendable (Answer) -> Void

  private struct Inbox {
    /// In the order in which they came.
    var arrived: [FairQueue.Run] = []
    var isDraining = false
    var isStopping = false
    /// Whether decisions must be taken back, as their keys could not be made durable.
    var hasHeld = false
    /// Batches that were decided.
    var batchCount: UInt64 = 0
    /// Why commands are refused while the service keeps running.
    var readOnlyReason: String?

    /// The answer to every command while commands are refused.
    var refusal: Outcome? {
      isStopping ? .stopping : readOnlyReason.map { .readOnly(reason: $0) }
    }
  }

  private let queue: SerialQueue
  private let inbox = Mutex(Inbox())
  /// Used by one drain at a time; apart from the inbox, so that a submission does not wait for it.
  private let waiting = Mutex(FairQueue())
  private let core: Mutex<DecisionCore>
  private let handOvers: HandOver
  private let traces: RecentTraces
  /// Counts the refusals that are recorded.
  public let refusals = RefusalQuota()
  private let eraser: Eraser
  /// Gives the recorded times.
  public let clock: GuardedClock
  private let onFatal: @Sendable (any Error) -> Void

  /// - Parameters:
  ///   - vault: seals personal texts; its keys become durable before the lines of the log.
  ///   - eraser: carries out erasures before they are answered.
  ///   - clock: gives the recorded times, which never go back.
  ///   - rulesVersion: of the rules that decide; a tenant's history says from where on.
  ///   - queue: runs the decisions.
  ///   - keys: makes keys durable; if `queue` runs its work at once, this one must, too.
  ///   - onFatal: called when the history contradicts itself; after that no command is decided.
  public init(
    log: EventLog, vault: PersonalVault, eraser: Eraser, evidence: SealedEvidence?,
    clock: GuardedClock, rulesVersion: Int, aggregatesInMemory: Int,
    queue: SerialQueue, keys: SerialQueue,
    onFatal: @escaping @Sendable (any Error) -> Void
  ) {
    self.queue = queue
    let traces = RecentTraces()
    self.traces = traces
    let undurable = UndurableCommits()
    handOvers = HandOver(log: log, vault: vault, undurable: undurable, queue: keys)
    self.core = Mutex(
      DecisionCore(
        log: log, vault: vault, evidence: evidence, clock: clock, rulesVersion: rulesVersion,
        aggregatesInMemory: aggregatesInMemory, handOvers: handOvers, undurable: undurable,
        traces: traces, refusals: refusals))
    self.eraser = eraser
    self.clock = clock
    self.onFatal = onFatal
    handOvers.whenHeld { [weak self] in
      self?.start { inbox in
        inbox.hasHeld = true
        return nil
      }
    }
  }

  /// Queues commands to be decided, those of one tenant in this order; each is answered once its
  /// events are durable. Tenants, and those who submit, take turns.
  public func submit(_ submissions: [(Submission, Completion)]) {
    let submissions = submissions.map(carryingOut)
    let runs = FairQueue.runs(of: submissions)
    let refusal = start { inbox in
      if let refusal = inbox.refusal { return refusal }
      inbox.arrived += runs
      return nil
    }
    if let refusal { for (_, completion) in submissions { completion(Answer(refusal)) } }
  }

  /// Puts work into the inbox and has it done.
  ///
  /// - Parameter work: returns why nothing was put there.
  @discardableResult
  private func start(_ work: (inout Inbox) -> Outcome?) -> Outcome? {
    let (isFirst, refusal): (Bool, Outcome?) = inbox.withLock { inbox in
      if let refusal = work(&inbox) { return (false, refusal) }
      defer { inbox.isDraining = true }
      return (!inbox.isDraining, nil)
    }
    if isFirst { queue.run { self.drain() } }
    return refusal
  }

  public func submit(_ submission: Submission, _ completion: @escaping Completion) {
    submit([(submission, completion)])
  }

  public func submit(_ submission: Submission) async -> Answer {
    await withCheckedContinuation { continuation in
      submit(submission) { continuation.resume(returning: $0) }
    }
  }

  /// Commands that wait to be decided or for keys, without those that are being decided.
  public var waitingCount: Int {
    inbox.withLock { $0.arrived.reduce(0) { $0 + $1.elements.count } }
      + waiting.withLock { $0.count } + handOvers.waitingCount
  }

  /// Whether it decides now, and how many batches it has decided.
  public var progress: (isBusy: Bool, batchCount: UInt64) {
    inbox.withLock { ($0.isDraining, $0.batchCount) }
  }

  /// Whether it makes keys of decided commands durable now, and how many steps of that have begun.
  public var keyProgress: (isBusy: Bool, stepCount: UInt64) { handOvers.progress }

  /// The trace of the request that an event goes back to; `nil` where there is none, or the event
  /// is old or of an earlier process.
  public func trace(of event: Position, of tenant: TenantID) -> TraceParent? {
    traces[tenant, event]
  }

  /// An erasure is answered once it is complete.
  private func carryingOut(
    _ submission: Submission, _ completion: @escaping Completion
  ) -> (Submission, Completion) {
    guard case .privacy(.eraseSubject) = submission.command.command else {
      return (submission, completion)
    }
    return (
      submission,
      { [eraser, onFatal] answer in
        eraser.carryOut(answer, to: submission.command, onFailure: onFatal) {
          completion(answer)
        }
      }
    )
  }

  /// Refuses every command from here on: the history must not grow while it contradicts itself.
  public func refuseCommands(because reason: String) {
    inbox.withLock { $0.readOnlyReason = reason }
  }

  /// Stores the states of the aggregates in memory in the log's index, between two commands.
  ///
  /// Useful after a segment was sealed, because reading its events takes longer from then on.
  public func keepStates() { queue.run { self.core.withLock { $0.keepStates() } } }

  /// Decides the queued commands, refuses later ones, and returns when the queue is empty.
  public func stop() {
    inbox.withLock { $0.isStopping = true }
    queue.finish()
    handOvers.finish()
    // What was held meanwhile.
    queue.finish()
    core.withLock { $0.keepStates() }
    eraser.finish()
  }

  private func drain() {
    while true {
      let (batch, hasHeld) = waiting.withLock { waiting in
        let (arrived, hasHeld) = inbox.withLock { inbox in
          defer { (inbox.arrived, inbox.hasHeld) = ([], false) }
          return (inbox.arrived, inbox.hasHeld)
        }
        return (waiting.takeBatch(after: arrived), hasHeld)
      }
      if batch.isEmpty, !hasHeld {
        let isDone = inbox.withLock { inbox in
          if inbox.arrived.isEmpty, !inbox.hasHeld { inbox.isDraining = false }
          return !inbox.isDraining
        }
        if isDone { return } else { continue }
      }
      do {
        try core.withLock { core in
          if hasHeld { try core.takeBackHeld() }
          try core.handle(batch)
        }
        inbox.withLock { $0.batchCount += 1 }
      } catch {
        // Another decision could pay a refund twice, so the sequencer stays stopped and answers no
        // more.
        inbox.withLock { $0.isStopping = true }
        onFatal(error)
        return
      }
    }
  }
}
