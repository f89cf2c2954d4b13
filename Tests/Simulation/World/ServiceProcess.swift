// One life of the service: from opening the log until it is stopped, fails or is killed. The log
// has no writer thread; the simulation says when it writes. What must hold: a dead process answers
// nobody.

internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events
internal import Gateways
internal import PersonalData
internal import Synchronization

final class ServiceProcess: @unchecked Sendable {
  static let logFolder = SimulatedDisk.root + "/log"

  let log: EventLog
  let report: RecoveryReport
  private let core: DecisionCore
  private let erasing: Erasing
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
    erasing = Erasing(log: log, vault: vault)
    self.provider = provider
    nonisolated(unsafe) let readModels = readModels
    let executor = executor
    execution = RefundExecution(
      submit: { [unowned self] in await self.submit($0) }, gateway: gateway, log: log,
      list: { [unowned self] in isDead ? [] : try readModels.openExecutions(limit: $0) },
      onFailure: { fatalError("\($0)") }, carryOut: { executor.carryOut($0) })
    // Before anybody is served: what an earlier process recorded and did not carry out.
    _ = try erasing.complete()
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
          _ = try erasing.complete()
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

  func wake() { execution.wake() }

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
