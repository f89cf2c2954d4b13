// The process manager that pays approved refunds. It has no state that must survive a restart: it
// reads the due work and submits ordinary commands whose ids are derived from the causing events.
// What must hold (R7, R9): only the process run that started an attempt requests its payment, and
// an attempt that a crash or a time-out left open is settled by looking it up at the provider,
// never by a second payment request.

public import CommandHandling
internal import Domain
public import EventLog
public import EventSourcing
public import Events
public import Gateways
import Glibc
public import Projecting
public import Projections
import Synchronization

/// The source of refunds to pay.
public protocol RefundWork: Sendable {
  /// Refunds that are new or changed since the last call with this cursor; none once all were
  /// returned.
  func changed(after cursor: inout DueWork.Cursor, limit: Int) throws -> [RefundToExecute]

  /// The current entry of one refund.
  func current(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute?
}

/// Pays approved refunds through the payment provider.
public final class RefundExecution: ProcessManager {
  private struct State {
    var cursor = DueWork.Cursor()
    /// Refunds that cannot proceed now, in order; a run at their time reads them again.
    var putOff: [Execution] = []
    var waits: [Execution: Wait] = [:]
    /// The earliest end of a wait.
    var nextDue: Timestamp?
    /// By refund, the number of submitted starts of attempts that are not answered yet.
    var starting: [Execution: Int] = [:]
    /// Attempts that this process started, by their starting event; it may request their payment.
    var started: Set<Start> = []
    /// Attempts started by hand whose payment this process has requested or will request.
    var takenOver: Set<Start> = []
    /// Attempts that await the provider's answer or its recording.
    var asking: [Execution: Start] = [:]

    mutating func putOff(
      _ refund: RefundToExecute, for time: (since: Timestamp, until: Timestamp)?
    ) {
      let wait = Wait(sequence: refund.sequence, time: time)
      if waits.updateValue(wait, forKey: Execution(refund)) == nil {
        putOff.append(Execution(refund))
      }
    }
  }

  /// A refund has at most one attempt at a time.
  private struct Execution: Hashable {
    var tenant: TenantID
    var refundID: RefundID

    init(_ refund: RefundToExecute) { (tenant, refundID) = (refund.tenant, refund.refundID) }
  }

  private struct Start: Hashable {
    var tenant: TenantID
    var position: Position

    init(_ refund: RefundToExecute) { (tenant, position) = (refund.tenant, refund.position) }
  }

  private struct Wait {
    /// The entry that waits.
    var sequence: Int
    /// `nil` until the step in progress of the same refund ends, which requests a run.
    var time: (since: Timestamp, until: Timestamp)?

    /// A clock that was set back ends it, too.
    func isOver(at now: Timestamp) -> Bool {
      time.map { now >= $0.until || now < $0.since } ?? true
    }
  }

  /// The trace of an event; `nil` where it has none.
  public typealias Trace = @Sendable (TenantID, Position) -> TraceParent?

  public typealias Submit = @Sendable (Submission) async -> Answer

  /// The time, in microseconds, from a failed attempt to the next one.
  public typealias RetryDelay = @Sendable (_ attempt: Int) -> Int64

  public let name = DueWork.Manager.refundExecution.rawValue
  public let readModel: (any ReadModel.Type)? = DueWork.self
  private let submit: Submit
  private let work: any RefundWork
  private let books: ProviderBooks
  private let trace: Trace
  private let gateway: any PaymentGateway
  private let clock: @Sendable () -> Timestamp
  /// Runs asynchronous work on threads that may block.
  private let carryOut: @Sendable (@escaping @Sendable () async -> Void) -> Void
  private let retryDelay: RetryDelay
  /// Requests a ``run()``.
  private let runAgain = Mutex<(@Sendable () -> Void)?>(nil)
  /// By tenant, the end of the history that earlier processes recorded.
  private let begin: [TenantID: Position]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - log: holds no event of this process yet.
  ///   - carryOut: starts asynchronous work after it has returned; never on one of Swift's
  ///     cooperative threads.
  public init(
    submit: @escaping Submit, gateway: any PaymentGateway, log: EventLog? = nil,
    work: any RefundWork, trace: @escaping Trace = { _, _ in nil },
    clock: @escaping @Sendable () -> Timestamp,
    carryOut: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void,
    retryDelay: @escaping RetryDelay
  ) {
    self.submit = submit
    self.gateway = gateway
    self.work = work
    self.trace = trace
    self.clock = clock
    self.carryOut = carryOut
    self.retryDelay = retryDelay
    books = ProviderBooks(gateway: gateway)
    var begin: [TenantID: Position] = [:]
    if let log { for tenant in log.tenants { begin[tenant] = log.durableEnd(of: tenant) } }
    self.begin = begin
  }

  /// The number of attempts that never reached the provider after which the refund stays failed,
  /// until a person executes or cancels it.
  package static let attemptCountMax = 5

  /// The number of refunds that are read together.
  private static let batchLength = 1_000

  /// The time, in microseconds, from a lookup that the provider did not answer to the next one.
  private static let lookupDelay = Int64(1_000_000)

  /// - Parameter call: requests a ``run()``; without it the run happens at once.
  public func onWork(_ call: @escaping @Sendable () -> Void) { runAgain.withLock { $0 = call } }

  /// Processes new and changed refunds, and those whose wait is over.
  public func run() throws -> Timestamp? {
    let now = clock()
    // The lock is held while reading and taking on, so that an older entry never follows a newer
    // one.
    return try state.withLock { state in
      var todo: [(refund: RefundToExecute, wait: Wait?)] = []
      var latest: [Execution: Int] = [:]
      func take(_ refund: RefundToExecute, after wait: Wait?) {
        if let index = latest[Execution(refund)] {
          todo[index] = (refund, wait)
        } else {
          latest[Execution(refund)] = todo.count
          todo.append((refund, wait))
        }
      }
      var waits = state.waits
      for execution in state.putOff {
        guard let wait = waits[execution], wait.isOver(at: now) else { continue }
        waits[execution] = nil
        if let refund = try work.current(execution.refundID, of: execution.tenant) {
          take(refund, after: wait)
        }
      }
      var cursor = state.cursor
      while case let page = try work.changed(after: &cursor, limit: Self.batchLength),
        !page.isEmpty
      {
        for refund in page {
          waits[Execution(refund)] = nil
          take(refund, after: nil)
        }
      }
      state.cursor = cursor
      state.waits = waits
      state.putOff.removeAll { waits[$0] == nil }
      state.nextDue = waits.values.compactMap { $0.time?.until }.min()
      for (refund, wait) in todo { carryOut { await self.takeOn(refund, after: wait) } }
      return state.nextDue
    }
  }

  private func wake() {
    if let call = runAgain.withLock({ $0 }) { return call() }
    // The next run reads the rest.
    _ = try? run()
  }

  private func takeOn(_ refund: RefundToExecute, after wait: Wait?) async {
    switch refund.stage {
    case .approved: await start(refund)
    case .failedUnreceived:
      if refund.attempt >= Self.attemptCountMax {
        _ = await isUnpaid(refund)
      } else if wait?.sequence == refund.sequence {
        await start(refund)
      } else {
        putOff(refund, for: retryDelay(refund.attempt))
      }
    case .processing: await askOrGiveUp(refund)
    case .outcomeUnknown: await reconcile(refund)
    }
  }

  private func start(_ refund: RefundToExecute) async {
    guard await isUnpaid(refund) else { return }
    let execution = Execution(refund)
    state.withLock { $0.starting[execution, default: 0] += 1 }
    let command = Command.executeRefund(ExecuteRefund(refundID: refund.refundID))
    let answer = await submit(command, "execute", refund)
    state.withLock { state in
      let others = (state.starting[execution] ?? 1) - 1
      state.starting[execution] = others > 0 ? others : nil
      // The payment of a repeated start may have been requested before; only a lookup can tell.
      if case .accepted(let events) = answer.outcome, !answer.isReplay {
        var started = Start(refund)
        started.position = events[0].position
        state.started.insert(started)
      }
    }
    wake()
  }

  /// Whether the provider has no payment for a refund that is recorded as unpaid; a payment that it
  /// has is recorded.
  private func isUnpaid(_ refund: RefundToExecute) async -> Bool {
    switch await books.entry(of: refund, throughAttempt: refund.attempt) {
    case .unpaid: return true
    case .paid(let attempt, let reference):
      let command = ReconcileRefund(
        refundID: refund.refundID, attempt: attempt, outcome: .executed,
        settlementReference: reference, code: nil, reason: nil)
      _ = await submit(.reconcileRefund(command), "found", refund)
    case .unavailable: putOff(refund, for: Self.lookupDelay)
    }
    return false
  }

  /// - Parameter delay: in microseconds.
  private func putOff(_ refund: RefundToExecute, for delay: Int64) {
    let now = clock()
    let until = Timestamp(microseconds: now.microseconds + delay)
    let isNext = state.withLock { state in
      state.putOff(refund, for: (since: now, until: until))
      if let due = state.nextDue, due <= until { return false }
      state.nextDue = until
      return true
    }
    // A run returns the new due time.
    if isNext { wake() }
  }

  private func askOrGiveUp(_ refund: RefundToExecute) async {
    let execution = Execution(refund)
    let start = Start(refund)
    let (isBusy, isStarted) = state.withLock { state in
      if state.asking[execution] == start { return (true, false) }
      if state.starting[execution] != nil || state.asking[execution] != nil {
        // The entry was read before an answer arrived, which requests another run.
        state.putOff(refund, for: nil)
        return (true, false)
      }
      let isOurs =
        state.started.remove(start) != nil
        || isNewByHand(refund) && state.takenOver.insert(start).inserted
      guard isOurs else { return (false, false) }
      state.asking[execution] = start
      return (false, true)
    }
    if isBusy { return }
    guard isStarted else {
      return await recordUnknown(
        refund, "The answer could not be recorded, or the service stopped before.")
    }
    let isSettled = await settle(refund)
    state.withLock { state in
      state.asking[execution] = nil
      if !isSettled { state.takenOver.remove(start) }
    }
    // The outcome may have been read and put off.
    if isSettled { wake() } else { putOff(refund, for: Self.lookupDelay) }
  }

  /// Requests the payment and records the answer. Before an attempt that was started by hand, the
  /// earlier attempts are looked up, because its start did not do so.
  ///
  /// - Returns: `false` when the lookup failed; then no payment was requested.
  private func settle(_ refund: RefundToExecute) async -> Bool {
    if refund.isStartedByHand {
      switch await books.entry(of: refund, throughAttempt: refund.attempt - 1) {
      case .unpaid: break
      case .paid(let attempt, _):
        // After this failure the next lookup finds the earlier payment and records it.
        let command = RecordRefundFailed(
          refundID: refund.refundID, attempt: refund.attempt, code: .notReceived,
          reason: "It was not asked for: attempt \(attempt) was paid.")
        _ = await submit(.recordRefundFailed(command), "settle", refund)
        return true
      case .unavailable: return false
      }
    }
    var instruction = PaymentInstruction(refund)
    instruction.trace = trace(refund.tenant, refund.position)
    switch await gateway.pay(instruction) {
    case .paid(let reference):
      let command = RecordRefundExecuted(
        refundID: refund.refundID, attempt: refund.attempt, settlementReference: reference)
      _ = await submit(.recordRefundExecuted(command), "settle", refund)
    case .declined(let reason):
      let command = RecordRefundFailed(
        refundID: refund.refundID, attempt: refund.attempt, code: .declined, reason: reason)
      _ = await submit(.recordRefundFailed(command), "settle", refund)
    case .unknown(let reason):
      await recordUnknown(refund, reason)
    }
    return true
  }

  /// Whether an attempt was started by hand since this process began, so that no earlier process
  /// can have requested its payment.
  private func isNewByHand(_ refund: RefundToExecute) -> Bool {
    refund.isStartedByHand && refund.position >= begin[refund.tenant] ?? Position(0)
  }

  private func recordUnknown(_ refund: RefundToExecute, _ reason: String) async {
    let command = RecordRefundOutcomeUnknown(
      refundID: refund.refundID, attempt: refund.attempt, reason: reason)
    _ = await submit(.recordRefundOutcomeUnknown(command), "unknown", refund)
  }

  private func reconcile(_ refund: RefundToExecute) async {
    let isBusy = state.withLock { state in
      // While the payment request is running, a lookup proves nothing.
      guard state.asking[Execution(refund)] != nil else { return false }
      state.putOff(refund, for: nil)
      return true
    }
    if isBusy { return }
    // After a failed lookup the refund stays outcome_unknown, and is looked up again later.
    guard let command = await books.reconciliation(of: refund) else {
      return putOff(refund, for: Self.lookupDelay)
    }
    _ = await submit(.reconcileRefund(command), "reconcile", refund)
  }

  /// Submits a command that the event at the refund's position caused.
  private func submit(
    _ command: Command, _ step: String, _ refund: RefundToExecute
  ) async -> Answer {
    let resumption = refund.resumption.map { "-\($0)" } ?? ""
    let submitted = SubmittedCommand(
      id: CommandID(unchecked: "_\(step)-\(refund.position)\(resumption)"), tenant: refund.tenant,
      command: command, actor: Actor(.system, name))
    let answer = await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: refund.position))
    // Not recorded; a later run reads the refund again.
    if answer.outcome.passes { putOff(refund, for: Self.lookupDelay) }
    return answer
  }
}
