// Keeps the read models up with the log. One thread follows the log, decodes each event once and
// hands it to every readModel that looks at it; rows and checkpoint change in one transaction for
// each handful of commits. A readModel that cannot apply an event stops, visibly, and the others go
// on.

import Dispatch
public import EventLog
public import EventSourcing
import Events
import Foundation
public import PersonalData
public import SQLite
import Synchronization

/// Runs readModels over a log folder.
public final class ProjectionRuntime: ReadModelReader {
  struct Core {
    var models: [LiveReadModel]
    var reader: LogReader
    var vault: PersonalVault?
  }

  private struct Waiter: Sendable {
    var model: String
    var tenant: TenantID
    var position: Position
    var resume: @Sendable (Bool) -> Void
  }

  private struct Followers {
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    var statuses: [ProjectionStatus] = []
    var nextPositions: [String: [TenantID: Position]] = [:]
    var onChange: [String: [@Sendable () -> Void]] = [:]
    var isStopping = false
  }

  let folder: String
  let logFolder: String
  let readModels: [any ReadModel.Type]
  let vault: PersonalVault?
  let core: Mutex<Core>
  private let followers = Mutex(Followers())
  private let pools: [String: ConnectionPool]
  private let stopped = DispatchSemaphore(value: 0)
  private let isRunning = Mutex(false)
  /// Signalled when somebody waits for a read model.
  private let haste = DispatchSemaphore(value: 0)

  /// How many commits share a transaction while there are more.
  private static let commitCountMax = 2_000

  /// How long to let commits gather for the next transaction while nobody waits for them.
  private static let gatheringTime = DispatchTimeInterval.milliseconds(50)

  /// How long while they come so fast that applying them at once would hold up deciding them.
  private static let busyGatheringTime = Duration.milliseconds(500)

  /// So many commits within ``gatheringTime`` are fast.
  private static let busyCommitCount = 500

  /// Opens all read models. A file of another version, a damaged one, and one that is further than
  /// the log begin anew.
  ///
  /// - Parameters:
  ///   - vault: what opens personal texts for the readModels; without one they see them sealed.
  ///   - onRebuild: told of each read model that has to be rebuilt, before it is.
  public init(
    folder: String, logFolder: String, readModels: [any ReadModel.Type], vault: PersonalVault?,
    onRebuild: @Sendable (RebuildNeeded) -> Void = { _ in }
  ) throws {
    self.folder = folder
    self.logFolder = logFolder
    self.readModels = readModels
    self.vault = vault
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    for readModel in readModels {
      // What a rebuild that was cut short left behind; nobody would ever scrub it.
      LiveReadModel.remove(path: "\(folder)/\(readModel.name).rebuilding")
    }
    let reader = try LogReader(folder: logFolder)
    var models: [LiveReadModel] = []
    for readModel in readModels {
      models.append(
        try LiveReadModel.open(
          readModel, path: Self.path(of: readModel, in: folder), fitting: reader,
          onRebuild: onRebuild))
    }
    pools = Dictionary(
      uniqueKeysWithValues: readModels.map {
        ($0.name, ConnectionPool(path: Self.path(of: $0, in: folder)))
      })
    let statuses = models.map(\.status)
    let nextPositions = Dictionary(
      uniqueKeysWithValues: models.map { ($0.readModel.name, $0.nextPositions) })
    core = Mutex(Core(models: models, reader: reader, vault: vault))
    followers.withLock {
      $0.statuses = statuses
      $0.nextPositions = nextPositions
    }
  }

  public static func path(of readModel: any ReadModel.Type, in folder: String) -> String {
    "\(folder)/\(readModel.name).sqlite"
  }

  // MARK: Following

  /// Follows a log on a thread of its own until ``stop()``.
  public func start(following log: EventLog) {
    isRunning.withLock { $0 = true }
    let thread = Thread { [self] in
      // On Linux this is the thread's own: whoever decides commands goes first.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      var end = Ordinal.first
      while !isStopping {
        end = log.waitForCommits(after: end, timeout: .milliseconds(250))
        _ = catchUp(to: end)
        gather(log)
      }
      stopped.signal()
    }
    thread.name = "redress.projections"
    thread.start()
  }

  private var isStopping: Bool { followers.withLock { $0.isStopping } }

  /// Lets commits gather, and longer while there are many; not while somebody waits for them.
  private func gather(_ log: EventLog) {
    let clock = ContinuousClock()
    let start = clock.now
    var before = log.durableEnd
    while haste.wait(timeout: .now() + Self.gatheringTime) == .timedOut {
      let end = log.durableEnd
      let isBusy = end.value - before.value >= UInt64(Self.busyCommitCount)
      if !isBusy || start.duration(to: clock.now) >= Self.busyGatheringTime { return }
      before = end
    }
  }

  /// Stops following, with everything that was applied committed.
  public func stop() {
    followers.withLock { $0.isStopping = true }
    haste.signal()
    if isRunning.withLock({ $0 }) { stopped.wait() }
    let waiters = followers.withLock { followers in
      defer { followers.waiters = [:] }
      return followers.waiters.values
    }
    for waiter in waiters { waiter.resume(false) }
  }

  /// Brings all read models up to a commit.
  ///
  /// - Parameter end: the first commit to leave out; `nil` goes to the end of the log.
  public func catchUp(to end: Ordinal?) -> [ProjectionStatus] {
    while true {
      let (statuses, positions, changed, isDone) = core.withLock { core in
        let isDone = core.advance(to: end, commitCountMax: Self.commitCountMax)
        return (
          core.models.map(\.status),
          Dictionary(
            uniqueKeysWithValues: core.models.map { ($0.readModel.name, $0.nextPositions) }),
          core.models.filter { $0.takeChange() }.map { $0.readModel.name }, isDone
        )
      }
      publish(statuses, positions, changed: changed)
      if isDone || isStopping { return statuses }
    }
  }

  private func publish(
    _ statuses: [ProjectionStatus], _ positions: [String: [TenantID: Position]],
    changed: [String]
  ) {
    let (ready, onChange) = followers.withLock { followers in
      followers.statuses = statuses
      followers.nextPositions = positions
      let ready = followers.waiters.filter { isApplied($0.value, positions) }
      for id in ready.keys { followers.waiters[id] = nil }
      return (ready.values, changed.flatMap { followers.onChange[$0] ?? [] })
    }
    for waiter in ready { waiter.resume(true) }
    for call in onChange { call() }
  }

  // MARK: Asking

  public var statuses: [ProjectionStatus] { followers.withLock { $0.statuses } }

  /// Calls back, on the following thread, whenever events have been applied to this read model.
  public func onChange(of model: String, _ call: @escaping @Sendable () -> Void) {
    followers.withLock { $0.onChange[model, default: []].append(call) }
  }

  /// Waits until a read model has an event, so that a caller can read what it wrote.
  ///
  /// - Returns: whether it has; `false` after the time limit.
  public func wait(
    for position: Position, of tenant: TenantID, in model: String, seconds: Double = 5
  ) async -> Bool {
    await withCheckedContinuation { continuation in
      whenApplied(position, of: tenant, in: model, seconds: seconds) {
        continuation.resume(returning: $0)
      }
    }
  }

  /// Calls back once a read model has an event: with `true`, or with `false` after the time limit.
  public func whenApplied(
    _ position: Position, of tenant: TenantID, in model: String, seconds: Double,
    _ call: @escaping @Sendable (Bool) -> Void
  ) {
    let waiter = Waiter(model: model, tenant: tenant, position: position, resume: call)
    let (isReady, id) = followers.withLock { followers in
      if isApplied(waiter, followers.nextPositions) { return (true, UInt64(0)) }
      followers.nextWaiter += 1
      followers.waiters[followers.nextWaiter] = waiter
      return (false, followers.nextWaiter)
    }
    if isReady { return waiter.resume(true) }
    haste.signal()
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
      let late = self.followers.withLock { $0.waiters.removeValue(forKey: id) }
      late?.resume(false)
    }
  }

  /// Reads from a read model; many may read at once, beside the one thread that writes.
  public func read<R>(_ model: any ReadModel.Type, _ body: (Database) throws -> R) throws -> R {
    guard let pool = pools[model.name] else {
      preconditionFailure("no read model called \(model.name)")
    }
    return try pool.read(body)
  }

  /// Keeps everybody from reading while a file is exchanged.
  func exchanging<R>(_ model: String, _ body: () throws -> R) throws -> R {
    guard let pool = pools[model] else { preconditionFailure("no read model called \(model)") }
    return try pool.exchange(body)
  }

  private func isApplied(
    _ waiter: Waiter, _ positions: [String: [TenantID: Position]]
  ) -> Bool {
    guard let next = positions[waiter.model]?[waiter.tenant] else { return false }
    return waiter.position < next
  }
}
