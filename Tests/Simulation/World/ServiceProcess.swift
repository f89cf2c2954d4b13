// One life of the service: the write side of a node, from opening the log until it is stopped,
// fails or is killed. Nothing has a thread; the simulation says when the log writes and when
// asynchronous work goes on. What must hold: a dead process answers no request.

internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events
internal import Gateways
internal import Node
internal import PersonalData
internal import ProcessManagers
internal import Projections
internal import Stepping
internal import Synchronization
internal import Threading

final class ServiceProcess: @unchecked Sendable {
  static let logFolder = SimulatedDisk.root + "/log"

  let log: EventLog
  let report: RecoveryReport
  private var writeSide: WriteSide!
  private let executor = StepExecutor()
  private let provider: SimulatedProvider
  private var callers: [Int: CheckedContinuation<Answer, Never>] = [:]
  private var nextCaller = 0
  private let stoppedBy: Failure
  private(set) var isDead = false

  /// What stopped the process, told by its parts.
  private final class Failure: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    var error: (any Error)? { first.withLock { $0 } }

    func note(_ error: any Error) { first.withLock { $0 = $0 ?? error } }
  }

  init(
    disk: SimulatedDisk, indexPath: String, configuration: EventLog.Configuration,
    provider: SimulatedProvider, gateway: any PaymentGateway, readModels: ReadModels,
    keys: KeysInMemory, aggregatesInMemory: Int,
    clock: @escaping @Sendable () -> Timestamp
  ) throws {
    let failure = Failure()
    stoppedBy = failure
    self.provider = provider
    let vault = PersonalVault(inMemory: keys)
    (log, report) = try WriteSide.openLog(
      folder: Self.logFolder, configuration: configuration, fileSystem: disk,
      indexPath: indexPath, isInline: true, onFailure: { failure.note($0) })
    var surroundings = WriteSide.Surroundings(
      vault: vault, work: SimulatedWork(process: self, readModels: readModels), gateway: gateway,
      clock: clock, aggregatesInMemory: aggregatesInMemory, onFatal: { failure.note($0) })
    // The simulation stores nothing by order.
    surroundings.orders = { _, _ in [] }
    surroundings.submit = { [unowned self] in await self.submit($0) }
    writeSide = WriteSide(of: log, in: surroundings, on: schedule)
    // Before the first command: the erasures that an earlier process did not complete.
    do { _ = try writeSide.eraser.complete() } catch {
      // The index has a thread, which must not outlive a process that does not start.
      disk.goDown()
      log.close()
      throw error
    }
  }

  /// Commands are decided at once; an erasure is carried out some time after it is durable.
  private var schedule: WriteSide.Schedule {
    let executor = executor
    return WriteSide.Schedule(
      decisions: SerialQueue { $0() }, keys: SerialQueue { $0() },
      erasures: SerialQueue { work in
        executor.carryOut { [unowned self] in if !isDead, fatal == nil { work() } }
      },
      payments: { executor.carryOut($0) })
  }

  /// Why the process must end.
  var fatal: (any Error)? { stoppedBy.error }

  func handle(_ submission: Submission, _ completion: @escaping Sequencer.Completion) {
    guard !isDead, fatal == nil else { return }
    writeSide.sequencer.submit(submission, completion)
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
  func write() { log.stepInline() }

  var workCount: Int { executor.count }

  func work(at index: Int) { executor.runOne(at: index) }

  func wake() {
    do { _ = try writeSide.execution.run() } catch { fatalError("\(error)") }
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
