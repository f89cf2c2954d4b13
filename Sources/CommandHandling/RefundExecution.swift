// The process manager that pays approved refunds. It keeps no state of its own: what there is to do
// is read from a read model, and what it does are ordinary commands whose ids follow from the event
// that caused them, so doing it twice changes nothing. What must hold (R7, R9): the
// provider is asked only by the run in which the execution started, and whatever a crash or a
// time-out left open is settled by the provider's books, never by asking for the money again.

internal import Domain
public import EventLog
internal import EventSourcing
public import Events
public import Gateways
import Glibc
import Synchronization

/// Takes approved refunds through the payment provider.
public final class RefundExecution: Sendable {
  private struct State {
    /// Taken up by this run and not yet seen gone from the list.
    var taken: Set<RefundToExecute> = []
    /// How many attempts' starts this run has submitted and not yet heard of.
    var starting: [Execution: Int] = [:]
    /// Attempts that this run started, by the event that says so: this run may ask the provider.
    var started: Set<Start> = []
    /// Attempts started by hand that this run has asked for, or is about to.
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
  }

  /// What the provider's books say of several attempts.
  private enum Books {
    case unpaid
    case paid(attempt: Int, settlementReference: String)
    case unavailable
  }

  package typealias Submit = @Sendable (Submission) async -> Answer

  private let submit: Submit
  /// What carries out work that waits for others.
  private let carryOut: @Sendable (@escaping @Sendable () async -> Void) -> Void
  /// Lets time pass before a refund is tried again, the more the more often it was tried.
  private let pause: @Sendable (_ attempt: Int) async -> Void
  private let gateway: any PaymentGateway
  /// By tenant, the end of what earlier runs recorded.
  private let begin: [TenantID: Position]
  private let list: @Sendable (_ limit: Int) throws -> [RefundToExecute]
  private let onFailure: @Sendable (any Error) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - log: with nothing in it yet of what this run records.
  ///   - list: what there is to do, up to so many, from a read model that may lag behind.
  ///   - onFailure: told when the list cannot be read; the next ``wake()`` tries again.
  public convenience init(
    sequencer: Sequencer, gateway: any PaymentGateway, log: EventLog,
    list: @escaping @Sendable (_ limit: Int) throws -> [RefundToExecute],
    onFailure: @escaping @Sendable (any Error) -> Void
  ) {
    self.init(
      submit: { await sequencer.submit($0) }, gateway: gateway, log: log, list: list,
      onFailure: onFailure,
      carryOut: { work in Task { await work() } },
      pause: { try? await Task.sleep(for: .seconds(1 << min($0, 6))) })
  }

  package init(
    submit: @escaping Submit, gateway: any PaymentGateway, log: EventLog? = nil,
    list: @escaping @Sendable (_ limit: Int) throws -> [RefundToExecute],
    onFailure: @escaping @Sendable (any Error) -> Void,
    carryOut: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void,
    pause: @escaping @Sendable (_ attempt: Int) async -> Void = { _ in }
  ) {
    self.submit = submit
    self.pause = pause
    self.carryOut = carryOut
    var begin: [TenantID: Position] = [:]
    if let log { for tenant in log.tenants { begin[tenant] = log.durableEnd(of: tenant) } }
    self.begin = begin
    self.gateway = gateway
    self.list = list
    self.onFailure = onFailure
  }

  /// After so many attempts that never reached the provider, somebody has to look: the refund stays
  /// failed, for all to see, until it is executed or cancelled by hand.
  package static let attemptCountMax = 5

  /// How much is taken up in one go.
  private static let batchLength = 1_000

  /// Takes up whatever is new on the list; called whenever the read model has moved on.
  public func wake() {
    let new: [RefundToExecute]
    do {
      // Reading inside the lock: an older list must never follow a newer one.
      new = try state.withLock { state in
        // What was refused stays on the list and must not keep others from it.
        let todo = try list(Self.batchLength + state.taken.count)
        let known = state.taken
        state.taken = Set(todo)
        return todo.filter { !known.contains($0) }
      }
    } catch { return onFailure(error) }
    for refund in new {
      carryOut { await self.takeOn(refund) }
    }
  }

  private func takeOn(_ refund: RefundToExecute) async {
    switch refund.stage {
    case .approved: await start(refund)
    case .failedUnreceived:
      if refund.attempt < Self.attemptCountMax {
        await pause(refund.attempt)
        // Meanwhile somebody else may have begun another attempt, or it may be on the list anew.
        guard state.withLock({ $0.taken.contains(refund) }) else { return }
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
      // After a replay somebody may have asked the provider already: only the books can tell.
      if case .accepted(let events) = answer.outcome, !answer.isReplay {
        state.started.insert(Start(tenant: refund.tenant, position: events[0].position))
      }
    }
    wake()
  }

  /// Whether the books know of no payment for a refund that is believed to be unpaid; what they do
  /// know is recorded.
  private func isUnpaid(_ refund: RefundToExecute) async -> Bool {
    switch await books(of: refund, through: refund.attempt) {
    case .unpaid: return true
    case .paid(let attempt, let reference):
      let command = ReconcileRefund(
        refundID: refund.refundID, attempt: attempt, outcome: .executed,
        settlementReference: reference, code: nil, reason: nil)
      _ = await submit(.reconcileRefund(command), "found", refund)
    case .unavailable:
      // The next wake asks again.
      state.withLock { _ = $0.taken.remove(refund) }
    }
    return false
  }

  /// Asks the books about every attempt up to one, whatever is recorded of it: a request that came
  /// late, or a failure that was none, must not be paid beside another (R7, R9).
  private func books(of refund: RefundToExecute, through last: Int) async -> Books {
    for attempt in stride(from: 1, through: last, by: 1) {
      var asked = refund
      asked.attempt = attempt
      asked.idempotencyKey = Refund.idempotencyKey(refund.refundID, attempt: attempt)
      switch await gateway.lookUp(instruction(asked)) {
      case .paid(let reference): return .paid(attempt: attempt, settlementReference: reference)
      case .declined, .neverReceived: break
      case .unavailable: return .unavailable
      }
    }
    return .unpaid
  }

  private func askOrGiveUp(_ refund: RefundToExecute) async {
    let execution = Execution(refund)
    let start = Start(tenant: refund.tenant, position: refund.position)
    let (isBusy, isStarted) = state.withLock { state in
      if state.asking[execution] == start { return (true, false) }
      if state.starting[execution] != nil || state.asking[execution] != nil {
        // Seen on the list before an answer arrived; that arrival wakes us again.
        state.taken.remove(refund)
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
        state.taken.remove(refund)
      }
    }
    // What became of it may have been seen on the list meanwhile, and put off; what the books could
    // not say anything about waits for the next wake.
    if isSettled { wake() }
  }

  /// Asks the provider, and records what it says; who starts an attempt by hand has not asked the
  /// books about those before.
  ///
  /// - Returns: `false` where the books cannot be asked now; then the provider was not asked
  ///   either.
  private func settle(_ refund: RefundToExecute) async -> Bool {
    if refund.isStartedByHand {
      switch await books(of: refund, through: refund.attempt - 1) {
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
    switch await gateway.pay(instruction(refund)) {
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

  /// Whether an attempt was started by hand since this run began: no earlier run can have asked for
  /// it.
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
      state.taken.remove(refund)
      return true
    }
    if isBusy { return }
    var command = ReconcileRefund(
      refundID: refund.refundID, attempt: refund.attempt, outcome: .failed,
      settlementReference: nil, code: nil, reason: nil)
    switch await gateway.lookUp(instruction(refund)) {
    case .paid(let reference):
      command.outcome = .executed
      command.settlementReference = reference
    case .declined(let reason):
      command.code = .declined
      command.reason = reason
    case .neverReceived:
      command.code = .notReceived
      command.reason = "The provider has no record of \(refund.idempotencyKey)."
    case .unavailable:
      // It stays visible as outcome_unknown, and the next wake asks the books again.
      state.withLock { _ = $0.taken.remove(refund) }
      return
    }
    _ = await submit(.reconcileRefund(command), "reconcile", refund)
  }

  private func instruction(_ refund: RefundToExecute) -> PaymentInstruction {
    PaymentInstruction(
      tenant: refund.tenant, refundID: refund.refundID.rawValue,
      idempotencyKey: refund.idempotencyKey, amount: refund.amount, currency: refund.currency,
      parts: refund.payments.map {
        .init(paymentID: $0.paymentID.rawValue, provider: $0.provider, amount: $0.amount)
      })
  }

  /// Submits a command that the event at the refund's position caused.
  private func submit(
    _ command: Command, _ step: String, _ refund: RefundToExecute
  ) async -> Answer {
    let resumption = refund.resumption.map { "-\($0)" } ?? ""
    let submitted = SubmittedCommand(
      id: CommandID(unchecked: "_\(step)-\(refund.position)\(resumption)"), tenant: refund.tenant,
      command: command, actor: Actor(.system, "refund-execution"))
    return await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: refund.position))
  }
}
