// The process manager that pays approved refunds. It keeps no state that a restart needs: what
// there is to do is read from the due work, and what it does are ordinary commands whose ids follow
// from the event that caused them. What must hold (R7, R9): the provider is asked only by the run
// in which the attempt started, and what a crash or a time-out left open is settled by the
// provider's books, never by asking for the money again.

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

/// Where the process manager that pays finds what there is to do.
public protocol RefundWork: Sendable {
  /// Refunds that are new or changed since the last call with this cursor; none once all were
  /// returned.
  func changed(after cursor: inout DueWork.Cursor, limit: Int) throws -> [RefundToExecute]

  /// What there is to do about one refund now.
  func current(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute?
}

/// Takes approved refunds through the payment provider.
public final class RefundExecution: ProcessManager {
  private struct State {
    var cursor = DueWork.Cursor()
    /// Refunds that could not be gone on with, in order; the next run reads them again.
    var putOff: [Execution] = []
    var isPutOff: Set<Execution> = []
    /// How many refunds are being worked on.
    var busyCount = 0
    /// How many attempts' starts this run has submitted and not yet heard of.
    var starting: [Execution: Int] = [:]
    /// Attempts that this process started, by the event that says so: it may ask the provider.
    var started: Set<Start> = []
    /// Attempts started by hand that this process has asked for, or is about to.
    var takenOver: Set<Start> = []
    /// Attempts whose answer from the provider is still awaited or being recorded.
    var asking: [Execution: Start] = [:]
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

  public typealias Submit = @Sendable (Submission) async -> Answer

  public let name = DueWork.Manager.refundExecution.rawValue
  public let readModel: (any ReadModel.Type)? = DueWork.self
  private let submit: Submit
  private let work: any RefundWork
  private let books: ProviderBooks
  private let gateway: any PaymentGateway
  private let clock: @Sendable () -> Timestamp
  /// Carries out work that waits for others, on threads that may block.
  private let carryOut: @Sendable (@escaping @Sendable () async -> Void) -> Void
  /// Lets time pass before a refund is tried again, the more the more often it was tried.
  private let pause: @Sendable (_ attempt: Int) async -> Void
  /// Makes ``run()`` happen soon.
  private let runAgain = Mutex<(@Sendable () -> Void)?>(nil)
  /// By tenant, the end of what earlier processes recorded.
  private let begin: [TenantID: Position]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - log: holds nothing yet of what this process records.
  ///   - carryOut: runs work that waits for others; never on one of Swift's cooperative threads.
  ///   - pause: lets time pass before another attempt.
  public init(
    submit: @escaping Submit, gateway: any PaymentGateway, log: EventLog? = nil,
    work: any RefundWork, clock: @escaping @Sendable () -> Timestamp,
    carryOut: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void,
    pause: @escaping @Sendable (_ attempt: Int) async -> Void = { _ in }
  ) {
    self.submit = submit
    self.gateway = gateway
    self.work = work
    self.clock = clock
    self.carryOut = carryOut
    self.pause = pause
    books = ProviderBooks(gateway: gateway)
    var begin: [TenantID: Position] = [:]
    if let log { for tenant in log.tenants { begin[tenant] = log.durableEnd(of: tenant) } }
    self.begin = begin
  }

  /// After so many attempts that never reached the provider, the refund stays failed, visibly, until
  /// a person executes or cancels it.
  package static let attemptCountMax = 5

  /// How many refunds are read together.
  private static let batchLength = 1_000

  /// How long what was put off waits at the most.
  private static let retryMicroseconds = Int64(1_000_000)

  /// - Parameter call: makes ``run()`` happen soon; without one it happens at once.
  public func onWork(_ call: @escaping @Sendable () -> Void) { runAgain.withLock { $0 = call } }

  /// Takes up what is new or changed, and again what was put off.
  public func run() throws -> Timestamp? {
    // Reading with the lock held: what is older must never follow what is newer.
    let (todo, isBusy) = try state.withLock { state in
      var todo: [RefundToExecute] = []
      var latest: [Execution: Int] = [:]
      func take(_ refund: RefundToExecute) {
        if let index = latest[Execution(refund)] {
          todo[index] = refund
        } else {
          latest[Execution(refund)] = todo.count
          todo.append(refund)
        }
      }
      for execution in state.putOff {
        if let refund = try work.current(execution.refundID, of: execution.tenant) { take(refund) }
      }
      var cursor = state.cursor
      while case let page = try work.changed(after: &cursor, limit: Self.batchLength),
        !page.isEmpty
      {
        for refund in page { take(refund) }
      }
      state.cursor = cursor
      (state.putOff, state.isPutOff) = ([], [])
      state.busyCount += todo.count
      return (todo, state.busyCount > 0)
    }
    for refund in todo {
      carryOut {
        await self.takeOn(refund)
        self.state.withLock { $0.busyCount -= 1 }
      }
    }
    return isBusy ? Timestamp(microseconds: clock().microseconds + Self.retryMicroseconds) : nil
  }

  private func wake() {
    if let call = runAgain.withLock({ $0 }) { return call() }
    // The next run reads what this one could not.
    _ = try? run()
  }

  private func takeOn(_ refund: RefundToExecute) async {
    switch refund.stage {
    case .approved: await start(refund)
    case .failedUnreceived:
      if refund.attempt < Self.attemptCountMax {
        await pause(refund.attempt)
        // Meanwhile another attempt may have begun, or the entry may have changed and come again.
        let current = try? work.current(refund.refundID, of: refund.tenant)
        guard current?.sequence == refund.sequence else { return }
        await start(refund)
      } else {
        _ = await isUnpaid(refund)
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
      // After a replay the provider may have been asked already: only the books know.
      if case .accepted(let events) = answer.outcome, !answer.isReplay {
        var started = Start(refund)
        started.position = events[0].position
        state.started.insert(started)
      }
    }
    wake()
  }

  /// Whether the books know of no payment for a refund that is believed to be unpaid; what they do
  /// know is recorded.
  private func isUnpaid(_ refund: RefundToExecute) async -> Bool {
    switch await books.entry(of: refund, throughAttempt: refund.attempt) {
    case .unpaid: return true
    case .paid(let attempt, let reference):
      let command = ReconcileRefund(
        refundID: refund.refundID, attempt: attempt, outcome: .executed,
        settlementReference: reference, code: nil, reason: nil)
      _ = await submit(.reconcileRefund(command), "found", refund)
    case .unavailable: putOff(refund)
    }
    return false
  }

  private func putOff(_ refund: RefundToExecute) {
    state.withLock { putOff(refund, in: &$0) }
  }

  private func putOff(_ refund: RefundToExecute, in state: inout State) {
    let execution = Execution(refund)
    if state.isPutOff.insert(execution).inserted { state.putOff.append(execution) }
  }

  private func askOrGiveUp(_ refund: RefundToExecute) async {
    let execution = Execution(refund)
    let start = Start(refund)
    let (isBusy, isStarted) = state.withLock { state in
      if state.asking[execution] == start { return (true, false) }
      if state.starting[execution] != nil || state.asking[execution] != nil {
        // Read before an answer arrived; that arrival makes this run again.
        putOff(refund, in: &state)
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
      return await recordUnknown(refund, "The service stopped before the answer was recorded.")
    }
    let isSettled = await settle(refund)
    state.withLock { state in
      state.asking[execution] = nil
      if !isSettled {
        state.takenOver.remove(start)
        putOff(refund, in: &state)
      }
    }
    // The outcome may have been read meanwhile, and put off; what the books could not answer waits
    // for the next run.
    if isSettled { wake() }
  }

  /// Asks the provider, and records its answer. An attempt that was started by hand was started
  /// without asking the books about the attempts before it.
  ///
  /// - Returns: `false` where the books cannot be asked now; then the provider was not asked
  ///   either.
  private func settle(_ refund: RefundToExecute) async -> Bool {
    if refund.isStartedByHand {
      switch await books.entry(of: refund, throughAttempt: refund.attempt - 1) {
      case .unpaid: break
      case .paid(let attempt, _):
        // Failed, it is looked up once more, and executed by the earlier attempt.
        let command = RecordRefundFailed(
          refundID: refund.refundID, attempt: refund.attempt, code: .notReceived,
          reason: "It was not asked for: attempt \(attempt) was paid.")
        _ = await submit(.recordRefundFailed(command), "settle", refund)
        return true
      case .unavailable: return false
      }
    }
    switch await gateway.pay(PaymentInstruction(refund)) {
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

  /// Whether an attempt was started by hand since this process began: no earlier one can have asked
  /// for it.
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
      // While the provider is still being asked, its books say nothing yet.
      guard state.asking[Execution(refund)] != nil else { return false }
      putOff(refund, in: &state)
      return true
    }
    if isBusy { return }
    // Unavailable, it stays visible as outcome_unknown, and the next run asks the books again.
    guard let command = await books.reconciliation(of: refund) else { return putOff(refund) }
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
    return await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: refund.position))
  }
}
