// The process manager that pays approved refunds. It has no state that must survive a restart: it
// reads the due work and submits ordinary commands whose ids are derived from the causing events.
// What must hold (R7, R9): only the process run that started an attempt requests its legs' payment,
// one after another, and a leg that a crash or a time-out left open is settled by looking it up at
// the provider, never by a second payment request.

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
    /// By refund, the event that recorded the last answer of a leg, and when: entries before it are
    /// out of date.
    var answered: [Execution: (position: Position, at: Timestamp)] = [:]

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

    init(_ refund: RefundToExecute) {
      (tenant, position) = (refund.tenant, refund.attemptPosition)
    }
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

  /// How long, in microseconds, entries may be out of date.
  private static let answeredAge = Int64(60_000_000)

  /// The longest time, in microseconds, from a lookup of what the provider accepted to the next.
  private static let pendingDelayMax = Int64(3_600_000_000)

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
      state.answered = state.answered.filter {
        (0...Self.answeredAge).contains(now.microseconds - $0.value.at.microseconds)
      }
      todo.removeAll { refund, _ in
        state.answered[Execution(refund)].map { refund.position < $0.position } ?? false
      }
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
    case .unreceived:
      if refund.attempt >= Self.attemptCountMax {
        _ = await isUnpaid(refund)
      } else if wait?.sequence == refund.sequence {
        await start(refund)
      } else {
        putOff(refund, for: retryDelay(refund.attempt))
      }
    case .processing:
      if refund.legs(.requested).isEmpty {
        await lookUpAccepted(refund, after: wait)
      } else {
        await askOrGiveUp(refund)
      }
    case .outcomeUnknown: await reconcile(refund)
    }
  }

  private func start(_ refund: RefundToExecute) async {
    guard await isUnpaid(refund) else { return }
    let execution = Execution(refund)
    state.withLock { $0.starting[execution, default: 0] += 1 }
    let command = RefundCommand.executeRefund(ExecuteRefund(refundID: refund.refundID))
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

  /// Whether the provider has no payment for what is recorded as failed; a payment that it has is
  /// recorded.
  private func isUnpaid(_ refund: RefundToExecute) async -> Bool {
    switch await books.entry(of: refund, among: refund.failedLegs) {
    case .unpaid: return true
    case .paid(let leg, let reference):
      let command = ReconcileRefund(
        refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
        outcome: .executed, settlementReference: reference, code: nil, reason: nil)
      _ = await submit(.reconcileRefund(command), "found", refund, leg)
    case .open: putOff(refund, for: Self.lookupDelay)
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
      return await recordUnasked(refund)
    }
    let isSettled = await settle(refund)
    state.withLock { state in
      state.asking[execution] = nil
      if !isSettled { state.takenOver.remove(start) }
    }
    // The outcome may have been read and put off.
    if isSettled { wake() } else { putOff(refund, for: Self.lookupDelay) }
  }

  /// Requests the payment of each leg and records the answers. Before an attempt that was started
  /// by hand, what failed earlier is looked up, because its start did not do so.
  ///
  /// - Returns: `false` when the lookup failed; then no payment was requested.
  private func settle(_ refund: RefundToExecute) async -> Bool {
    let asked = refund.legs(.requested)
    if refund.isStartedByHand {
      switch await books.entry(of: refund, among: refund.failedLegs) {
      case .unpaid: break
      case .paid(let earlier, _):
        // After this failure the next lookup finds the earlier payment and records it.
        for leg in asked {
          let command = RecordRefundFailed(
            refundID: refund.refundID, attempt: refund.attempt, paymentID: leg.paymentID,
            code: .notReceived,
            reason: "It was not asked for: attempt \(earlier.attempt) was paid.")
          _ = await submit(.recordRefundFailed(command), "settle", refund, leg)
        }
        return true
      case .open: return false
      }
    }
    // Where an answer cannot be recorded, the other legs wait.
    for leg in asked where !(await pay(leg, of: refund)) { break }
    return true
  }

  /// - Returns: whether the answer was recorded.
  private func pay(_ leg: RefundToExecute.Leg, of refund: RefundToExecute) async -> Bool {
    var instruction = PaymentInstruction(refund, leg)
    instruction.trace = trace(refund.tenant, refund.position)
    let command: RefundCommand
    switch await gateway.pay(instruction) {
    case .accepted(let reason):
      command = .recordRefundAccepted(
        RecordRefundAccepted(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          reason: reason))
    case .paid(let reference):
      command = .recordRefundExecuted(
        RecordRefundExecuted(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          settlementReference: reference))
    case .declined(let reason):
      command = .recordRefundFailed(
        RecordRefundFailed(
          refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID,
          code: .declined, reason: reason))
    case .unknown(let reason): return await recordUnknown(leg, of: refund, reason)
    }
    return await recorded(submit(command, "settle", refund, leg), of: refund)
  }

  /// Whether an answer was recorded; entries before it are out of date from then on.
  private func recorded(_ answer: Answer, of refund: RefundToExecute) -> Bool {
    guard case .accepted(let events) = answer.outcome else { return false }
    let now = clock()
    if let first = events.first {
      state.withLock { $0.answered[Execution(refund)] = (first.position, now) }
    }
    return true
  }

  /// Looks up what the provider accepted, less and less often.
  private func lookUpAccepted(_ refund: RefundToExecute, after wait: Wait?) async {
    if isAsking(refund) { return }
    guard let time = wait?.time, wait?.sequence == refund.sequence else {
      return putOff(refund, for: Self.lookupDelay)
    }
    var isPending = false
    for leg in refund.legs(.accepted) {
      if let command = await books.settlement(of: refund, leg) {
        _ = await submit(command, "accepted", refund, leg)
      } else {
        isPending = true
      }
    }
    if isPending {
      let waited = time.until.microseconds - time.since.microseconds
      putOff(refund, for: min(2 * waited, Self.pendingDelayMax))
    }
  }

  /// Whether an attempt was started by hand since this process began, so that no earlier process
  /// can have requested its payment.
  private func isNewByHand(_ refund: RefundToExecute) -> Bool {
    refund.isStartedByHand && refund.attemptPosition >= begin[refund.tenant] ?? Position(0)
  }

  @discardableResult
  private func recordUnknown(
    _ leg: RefundToExecute.Leg, of refund: RefundToExecute, _ reason: String
  ) async -> Bool {
    let command = RecordRefundOutcomeUnknown(
      refundID: refund.refundID, attempt: leg.attempt, paymentID: leg.paymentID, reason: reason)
    return await recorded(
      submit(.recordRefundOutcomeUnknown(command), "unknown", refund, leg), of: refund)
  }

  /// Records that it is unknown whether an earlier process asked for what is requested.
  private func recordUnasked(_ refund: RefundToExecute) async {
    for leg in refund.legs(.requested) {
      await recordUnknown(
        leg, of: refund, "The answer could not be recorded, or the service stopped before.")
    }
  }

  /// Whether the payment request is running, during which a lookup proves nothing; the refund is
  /// read again after it.
  private func isAsking(_ refund: RefundToExecute) -> Bool {
    state.withLock { state in
      guard state.asking[Execution(refund)] != nil else { return false }
      state.putOff(refund, for: nil)
      return true
    }
  }

  private func reconcile(_ refund: RefundToExecute) async {
    if isAsking(refund) { return }
    await recordUnasked(refund)
    // After a failed lookup a leg stays unknown, and is looked up again later.
    for leg in refund.legs(.unknown) {
      if let command = await books.reconciliation(of: refund, leg) {
        _ = await submit(command, "reconcile", refund, leg)
      } else {
        putOff(refund, for: Self.lookupDelay)
      }
    }
    for leg in refund.legs(.accepted) {
      if let command = await books.settlement(of: refund, leg) {
        _ = await submit(command, "accepted", refund, leg)
      }
    }
  }

  /// Submits a command that the event at the refund's position caused.
  ///
  /// - Parameter leg: what it is about; `nil` where it is the whole refund.
  private func submit(
    _ command: RefundCommand, _ step: String, _ refund: RefundToExecute,
    _ leg: RefundToExecute.Leg? = nil
  ) async -> Answer {
    let resumption = refund.resumption.map { "-\($0)" } ?? ""
    let number = leg.flatMap { refund.legs.firstIndex(of: $0) }.map { "\($0)" } ?? ""
    let submitted = SubmittedCommand(
      id: CommandID(unchecked: "_\(step)\(number)-\(refund.position)\(resumption)"),
      tenant: refund.tenant, command: .refund(command), actor: Actor(.system, name))
    let answer = await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: refund.position))
    // Not recorded; a later run reads the refund again.
    if answer.outcome.passes { putOff(refund, for: Self.lookupDelay) }
    return answer
  }
}
