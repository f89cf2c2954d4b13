// One life of the service: from opening the log until it is stopped, fails or is killed. The log
// has no writer thread; the simulation says when it writes. What must hold: a dead process answers
// nobody.

internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events
internal import Gateways
internal import PersonalData
internal import ProcessManagers
internal import Projections
internal import Synchronization

final class ServiceProcess: @unchecked Sendable {
  static let logFolder = SimulatedDisk.root + "/log"

  let log: EventLog
  let report: RecoveryReport
  private let core: DecisionCore
  private let eraser: Eraser
  private let executor = StepExecutor()
  private let provider: SimulatedProvider
  private var execution: RefundExecution!
  private var callers: [Int: CheckedContinuation<Answer, Never>] = [:]
  private var nextCaller = 0
  private let stoppedBy: Failure
  private(set) var isDead = false

  /// What stopped the log, told by the log itself.
  private final class Failure: Sendable {
    let error = Mutex<LogError?>(nil)
  }

  init(
    disk: SimulatedDisk, indexPath: String, configuration: EventLog.Configuration,
    provider: SimulatedProvider, gateway: any PaymentGateway, readModels: ReadModels,
    keys: KeysInMemory,
    aggregatesInMemory: Int,
    clock: @escaping @Sendable () -> Timestamp
  ) throws {
    let failure = Failure()
    stoppedBy = failure
    let vault = PersonalVault(inMemory: keys)
    (log, report) = try EventLog.open(
      folder: Self.logFolder, configuration: configuration, fileSystem: disk,
      indexPath: indexPath, isInline: true,
      describe: { line in
        let header = try EventHeader(line: line)
        return (header.stream, header.commandID)
      }, beforeWriting: { try vault.makeDurable() },
      onFailure: { error in failure.error.withLock { $0 = error } })
    core = DecisionCore(
      log: log, vault: vault, clock: clock,
      aggregatesInMemory: aggregatesInMemory)
    eraser = Eraser(log: log, vault: vault)
    self.provider = provider
    let executor = executor
    execution = RefundExecution(
      submit: { [unowned self] in await self.submit($0) }, gateway: gateway, log: log,
      work: SimulatedWork(process: self, readModels: readModels), clock: clock,
      carryOut: { executor.carryOut($0) })
    // Before anybody is served: what an earlier process recorded and did not carry out.
    _ = try eraser.complete()
  }

  /// Why the process must end.
  private(set) var fatal: (any Error)?

  func handle(_ submission: Submission, _ completion: @escaping Sequencer.Completion) {
    guard !isDead, fatal == nil else { return }
    let answered = carryingOut(submission, completion)
    do { try core.handle(submission, answered) } catch { fatal = error }
  }

  /// An erasure is carried out some time after it is durable, and answered then.
  private func carryingOut(
    _ submission: Submission, _ completion: @escaping Sequencer.Completion
  ) -> Sequencer.Completion {
    guard case .privacy(.eraseSubject) = submission.command.command else { return completion }
    return { [unowned self] answer in
      executor.carryOut { [unowned self] in
        guard !isDead, fatal == nil else { return }
        do {
          _ = try eraser.complete()
          completion(answer)
        } catch { fatal = error }
      }
    }
  }

  private func submit(_ submission: Submission) async -> Answer {
    await withCheckedContinuation { caller in
      guard !isDead, fatal == nil else { return caller.resume(returning: Answer(.stopping)) }
      let number = nextCaller
      nextCaller += 1
      callers[number] = caller
      handle(submission) { [self] in callers.removeValue(forKey: number)?.resume(returning: $0) }
    }
  }

  /// The writer does one thing.
  func write() {
    log.stepInline()
    if let error = stoppedBy.error.withLock({ $0 }) { fatal = fatal ?? error }
  }

  var workCount: Int { executor.count }

  func work(at index: Int) { executor.runOne(at: index) }

  func wake() {
    do { _ = try execution.run() } catch { fatalError("\(error)") }
  }

  /// Ends everything at once; the disk must be down if nothing more is to be written.
  func die() {
    isDead = true
    for (_, caller) in callers.sorted(by: { $0.key < $1.key }) {
      caller.resume(returning: Answer(.stopping))
    }
    callers = [:]
    provider.hangUp()
    executor.runAll()
    log.close()
  }
}

/// What the process finds to do in its read models while it lives.
private struct SimulatedWork: RefundWork, @unchecked Sendable {
  // Safe: the simulation has one thread.
  unowned let process: ServiceProcess
  let readModels: ReadModels

  func changed(after cursor: inout DueWork.Cursor, limit: Int) throws -> [RefundToExecute] {
    process.isDead ? [] : try readModels.refundsToExecute(after: &cursor, limit: limit)
  }

  func current(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute? {
    process.isDead ? nil : try readModels.refundToExecute(id, of: tenant)
  }
}
