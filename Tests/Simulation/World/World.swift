// The whole story of one seed: clients, the service on a disk that fails, a provider that loses
// answers, crashes and restarts; and after all of it, the reckoning. Single-threaded: the only
// other thread, the index's, never calls back.

internal import Audit
internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events
internal import Foundation
internal import PersonalData
internal import SeededRandom

package final class World: @unchecked Sendable {
  package struct Summary: Sendable {
    package var stepCount = 0
    package var restartCount = 0
    package var powerFailureCount = 0
    package var failedStartCount = 0
    package var damageCount = 0
    package var sealedCount = 0
    package var commandCount = 0
    package var answerCount = 0
    package var replayCount = 0
    package var eventCount = 0
    /// Aggregates that were compared with their snapshots at the end.
    package var snapshotCount = 0
    package var executedCount = 0
    /// Personal texts at the end, and of them those of persons who were erased.
    package var personalCount = 0
    package var erasedCount = 0
    package var acceptedTypes: [String: Int] = [:]
    /// Equal for equal runs: the chain value after the last commit.
    package var digest = ""
  }

  struct Unanswered {
    var command: SubmittedCommand
    /// The process that has it now; `nil` while none has.
    var life: Int?
  }

  let seed: UInt64
  let plot: Plot
  let trace: ((String) -> Void)?
  var random: SplitMix64
  /// On a disk of their own, which never fails.
  let keys = KeysInMemory()
  let disk: SimulatedDisk
  let provider: SimulatedProvider
  var readModels: ReadModels
  var process: ServiceProcess?
  var life = 0
  var ledger = Ledger()
  var certain = History()
  var knowledge = Knowledge()
  /// How much of the log the clients know.
  var knownEnd = Ordinal.first
  var unanswered: [Unanswered] = []
  var settled: [SubmittedCommand] = []
  var violation: (any Error)?
  var summary = Summary()
  let index: IndexFile
  /// Decides when segments are sealed and what happens meanwhile; `nil` where nothing is sealed.
  var sealing: SplitMix64?
  /// Whether this process still seals; after a failure it does not.
  var isSealing = false
  /// How often sealing asked so far whether it is to stop.
  var sealerCallCount = 0
  var workload: Workload
  /// How many pieces of work have been done, of all lives.
  var workNumber = 0
  private(set) var time = Timestamp("2026-01-16T10:00:00Z")!

  /// - Parameter isSealing: whether full segments are sealed, while everything else goes on.
  package init(
    seed: UInt64, plot: Plot = .everything, isSealing: Bool = true,
    trace: ((String) -> Void)? = nil
  ) throws {
    self.seed = seed
    self.plot = plot
    self.trace = trace
    random = SplitMix64(seed: seed)
    disk = SimulatedDisk(seed: random.next())
    provider = SimulatedProvider(random: random.split())
    workload = Workload(random: random.split())
    readModels = try ReadModels()
    index = try IndexFile()
    if isSealing, plot == .everything { sealing = SplitMix64(seed: ~seed) }
  }

  /// Tells the whole story.
  ///
  /// - Throws: ``Violation``, or an error that the service must not throw.
  package func run(stepCount: Int = 600) throws -> Summary {
    defer { index.remove() }
    if plot != .everything { try setTheStage() }
    for number in 0..<stepCount {
      summary.stepCount = number
      try step(isFriendly: false)
    }
    try settleEverything()
    try reckon()
    summary.answerCount = ledger.answerCount
    summary.replayCount = ledger.replayCount
    summary.acceptedTypes = ledger.acceptedTypes
    return summary
  }

  func say(_ text: @autoclosure () -> String) {
    if let trace { trace("\(summary.stepCount): \(text())") }
  }

  func step(isFriendly: Bool) throws {
    time.microseconds += Int64.random(in: 0..<2_000_000, using: &random)
    guard let process else { return try start(isFriendly: isFriendly) }
    if isFriendly {
      try settle(process)
    } else if plot == .everything {
      try live(process)
    } else {
      try livePayments(process)
    }
    if sealing?.oneIn(8) == true { try seal(process) }
    if let violation { throw violation }
    if let fatal = process.fatal {
      say("stopped: \(fatal)")
      try end(isPowerLost: !isFriendly && random.oneIn(3))
    }
  }

  private func live(_ process: ServiceProcess) throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<35: try sendSomething(process)
    case 35..<60: process.write()
    case 60..<70: try follow(process, limit: Int.random(in: 1...10, using: &random))
    case 70..<85: work(process)
    case 85..<97: provider.step()
    case 97: process.wake()
    default:
      if random.oneIn(4) {
        say("killed")
        try end(isPowerLost: Bool.random(using: &random))
      }
    }
  }

  private func settle(_ process: ServiceProcess) throws {
    try resend(process)
    try reinstate(process)
    process.write()
    try follow(process, limit: .max)
    process.wake()
    work(process)
    provider.step()
  }

  func work(_ process: ServiceProcess) {
    guard process.workCount > 0 else { return }
    workNumber += 1
    process.work(at: Int.random(in: 0..<process.workCount, using: &random))
  }

  func clock() -> Timestamp { time }

  /// The clock of the machine was set.
  func setClock() {
    if random.oneIn(3) {
      time.microseconds += Int64.random(in: -3_600_000_000...3_600_000_000, using: &random)
    }
  }
}

// Clients.
extension World {
  func sendSomething(_ process: ServiceProcess) throws {
    if let known = settled.randomElement(using: &random), random.oneIn(8) {
      var command = known
      let isTampered = ledger.recorded[LedgerKey(known)] != nil && random.oneIn(3)
      if isTampered { command.actor = Actor(.service, "somebody-else") }
      return send(command, to: process, isTampered: isTampered && command != known)
    }
    if !unanswered.isEmpty && random.oneIn(4) { return try resend(process) }
    let command = try workload.next(knowledge, now: time, plot)
    summary.commandCount += 1
    unanswered.append(Unanswered(command: command, life: life))
    send(command, to: process)
  }

  /// Nothing is paid for a suspended tenant (T2) or of money that a chargeback claims (B1), so both
  /// end before the reckoning.
  private func reinstate(_ process: ServiceProcess) throws {
    guard unanswered.isEmpty, readModels.checkpoint == process.log.durableEnd else { return }
    for tenant in knowledge.suspended {
      let command = try workload.reinstate(tenant)
      unanswered.append(Unanswered(command: command, life: life))
      send(command, to: process)
    }
    for chargeback in knowledge.chargebacks {
      let command = try workload.end(chargeback)
      unanswered.append(Unanswered(command: command, life: life))
      send(command, to: process)
    }
  }

  /// Clients send again what an earlier process did not answer, and now and then what this one has.
  private func resend(_ process: ServiceProcess) throws {
    // Some are answered at once and leave the list.
    for waiting in unanswered where waiting.life != life || random.oneIn(20) {
      if let index = unanswered.firstIndex(where: { $0.command == waiting.command }) {
        unanswered[index].life = life
      }
      send(waiting.command, to: process)
      if process.fatal != nil { return }
    }
  }

  func send(
    _ command: SubmittedCommand, to process: ServiceProcess, isTampered: Bool = false
  ) {
    let submission = Submission(
      command: command, contentHash: command.contentHash, peerUID: 1000)
    process.handle(submission) { [self] answer in
      do {
        guard try ledger.note(answer, to: command, isTampered: isTampered), !isTampered else {
          return
        }
        try Secrets.requireErased(by: answer, to: command, keys)
        if let index = unanswered.firstIndex(where: { $0.command == command }) {
          settled.append(unanswered.remove(at: index).command)
        }
      } catch { violation = violation ?? error }
    }
  }

  /// Read models, clients and the process manager learn what is durable.
  func follow(_ process: ServiceProcess, limit: Int) throws {
    // One reader for all of its life also sees segments being sealed while it is in them.
    if sealing == nil { readModels.leave() }
    let end = process.log.durableEnd
    let target = min(
      end.value, readModels.checkpoint.value.addingReportingOverflow(UInt64(limit)).partialValue)
    do {
      try readModels.follow(
        disk, ServiceProcess.logFolder, upTo: limit == .max ? end : Ordinal(target)
      ) { knowledge.follow($0) }
    } catch let error as LogError {
      // A reader that the disk fails tries again later; any other error would be damage.
      guard case .io = error else { throw error }
      return say("reading failed: \(error)")
    }
    process.wake()
  }
}
