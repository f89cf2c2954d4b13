// Keeps the read models up with the log. One thread follows the log, decodes each event once and
// hands it to every read model that has a handler for it; rows and checkpoint change in one
// transaction for each batch of commits. A read model that cannot apply an event stops, visibly,
// and the others go on; a passing error, such as a full disk, is tried again.

import Dispatch
public import EventLog
public import EventSourcing
import Events
import Foundation
public import PersonalData
public import SQLite
import Synchronization
import Threading

/// Runs read models over a log folder.
public final class ProjectionRuntime: ReadModelReader {
  private struct Waiter: Sendable {
    var model: String
    var tenant: TenantID
    var position: Position
    var resume: @Sendable (Bool) -> Void
  }

  private struct State {
    /// The end of the log, while it is followed.
    var logEnd = Ordinal.first
    var isStopping = false
    /// A caller waits for a read model: commits are not left to gather.
    var isUrgent = false
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    var statuses: [ProjectionStatus] = []
    var nextPositions: [String: [TenantID: Position]] = [:]
    var onChange: [String: [@Sendable () -> Void]] = [:]

    func hasStopped(_ model: String) -> Bool {
      statuses.contains { $0.name == model && $0.failure != nil }
    }
    var isRebuilding = false
    /// The files that are open, by read model.
    var files: [String: FileIdentity] = [:]
  }

  private struct Following: Sendable {
    var thread: WorkerThread
    var observation: AppendObservation
  }

  let folder: String
  let logFolder: String
  let readModels: [any ReadModel.Type]
  let vault: PersonalVault?
  let key: ReadModelKey?
  let core: Mutex<Core>
  private let state = Monitor(State())
  private let pools: ConnectionPools
  private let following = Mutex<Following?>(nil)
  private let onFailure: @Sendable (ProjectionStatus) -> Void

  /// How many commits share a transaction while there are more.
  private static let commitCountMax = 2_000

  /// How long to let commits gather for the next transaction while no caller waits for them.
  private static let gatheringTime = Duration.milliseconds(50)

  /// How long while they come so fast that applying them at once would hold up deciding them.
  private static let busyGatheringTime = Duration.milliseconds(500)

  /// So many commits within ``gatheringTime`` are fast.
  private static let busyCommitCount: UInt64 = 100

  /// Opens all read models. A file of another version, a damaged one, one that is further than the
  /// log, and one whose seal does not fit it, the log and the key begin anew.
  ///
  /// - Parameters:
  ///   - vault: what opens personal texts for the handlers; without one they see them sealed.
  ///   - key: seals the files; without one they have no seal, and any file is believed.
  ///   - checkingRows: reads every row of the files, which a program that serves none of them need
  ///     not do: a file whose rows do not fit its seal keeps a seal that does not fit.
  ///   - onRebuild: called for each read model that has to be rebuilt, before it is.
  ///   - onFailure: called once when a read model stops, and once when a passing error begins.
  public init(
    folder: String, logFolder: String, readModels: [any ReadModel.Type], vault: PersonalVault?,
    key: ReadModelKey? = nil, checkingRows: Bool = true,
    onRebuild: @Sendable (RebuildNeeded) -> Void = { _ in },
    onFailure: @escaping @Sendable (ProjectionStatus) -> Void = { _ in }
  ) throws {
    self.folder = folder
    self.logFolder = logFolder
    self.readModels = readModels
    self.vault = vault
    self.key = key
    self.onFailure = onFailure
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
    for readModel in readModels {
      // What a rebuild that was cut short left behind; an erasure would never scrub it.
      LiveReadModel.remove(path: "\(folder)/\(readModel.name).rebuilding")
    }
    let reader = try LogReader(folder: logFolder)
    let models = try readModels.map { readModel in
      try LiveReadModel.open(
        readModel, path: Self.path(of: readModel, in: folder), fitting: reader, sealedBy: key,
        checkingRows: checkingRows, onRebuild: onRebuild)
    }
    pools = Dictionary(
      uniqueKeysWithValues: readModels.map {
        ($0.name, ConnectionPool(path: Self.path(of: $0, in: folder)))
      })
    let standing = Standing(of: models)
    core = Mutex(Core(models: models, reader: reader, vault: vault))
    state.withLock {
      $0.statuses = standing.statuses
      $0.nextPositions = standing.nextPositions
      $0.files = standing.files
    }
  }

  public static func path(of readModel: any ReadModel.Type, in folder: String) -> String {
    "\(folder)/\(readModel.name).sqlite"
  }

  // MARK: Following

  /// Follows a log on a thread of its own until ``stop()``.
  public func start(following log: EventLog) {
    let observation = log.onAppend { [state] end in state.update { $0.logEnd = end } }
    state.update { [end = log.durableEnd] in $0.logEnd = max($0.logEnd, end) }
    // Deciding commands goes first.
    let thread = WorkerThread(name: "projections", priority: .nice(5)) { [self] in
      while let end = waitForCommits() {
        apply(to: end)
        gather()
      }
    }
    following.withLock { $0 = Following(thread: thread, observation: observation) }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  /// - Returns: the end of the log once it is past the end of the read models; `nil` on stop.
  private func waitForCommits() -> Ordinal? {
    state.wait(
      until: { state in
        state.isStopping
          || state.statuses.contains { $0.failure == nil && $0.checkpoint < state.logEnd }
      }, then: { $0.isStopping ? nil : $0.logEnd })
  }

  private func apply(to end: Ordinal) {
    var retries = BackOff()
    while !isStopping {
      switch step(to: end) {
      case .done: return
      case .more: retries.reset()
      case .delayed:
        state.wait(upTo: retries.next(), until: \.isStopping)
        core.withLock { core in for model in core.models { model.endDelay() } }
      }
    }
  }

  /// Lets commits gather, and longer while there are many; not while a caller waits for them.
  private func gather() {
    let clock = ContinuousClock()
    let start = clock.now
    var before = state.withLock { $0.logEnd }
    while true {
      let (isUrgent, end) = state.wait(
        upTo: Self.gatheringTime, until: { $0.isUrgent || $0.isStopping },
        then: { state in
          defer { state.isUrgent = false }
          return (state.isUrgent || state.isStopping, state.logEnd)
        })
      let isBusy = end.value - before.value >= Self.busyCommitCount
      if isUrgent || !isBusy || start.duration(to: clock.now) >= Self.busyGatheringTime { return }
      before = end
    }
  }

  /// Stops following, with everything that was applied committed.
  public func stop() {
    let waiters = state.update { state in
      state.isStopping = true
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    let following = following.withLock { following in
      defer { following = nil }
      return following
    }
    following?.observation.cancel()
    following?.thread.join()
    for waiter in waiters { waiter.resume(false) }
  }

  /// Brings all read models up to a commit, on the calling thread.
  ///
  /// - Parameter end: the first commit to leave out; `nil` goes to the end of the log.
  /// - Returns: where they stand; a read model with a passing error is not tried again.
  public func catchUp(to end: Ordinal?) -> [ProjectionStatus] {
    while !isStopping {
      guard case .more = step(to: end) else { break }
    }
    return statuses
  }

  private func step(to end: Ordinal?) -> Core.Progress {
    let (standing, progress) = core.withLock { core in
      let progress = core.advance(to: end, commitCountMax: Self.commitCountMax)
      return (Standing(of: core.models), progress)
    }
    publish(standing)
    return progress
  }

  /// Where the read models stand after a step, and which of them it changed.
  struct Standing: Sendable {
    var statuses: [ProjectionStatus]
    var nextPositions: [String: [TenantID: Position]]
    var changed: [String]
    var files: [String: FileIdentity]

    init(of models: [LiveReadModel]) {
      statuses = models.map(\.status)
      nextPositions = Dictionary(
        uniqueKeysWithValues: models.map { ($0.readModel.name, $0.nextPositions) })
      changed = models.filter { $0.takeChange() }.map { $0.readModel.name }
      files = Dictionary(
        uniqueKeysWithValues: models.compactMap { model in
          model.file.map { (model.readModel.name, $0) }
        })
    }
  }

  func publish(_ standing: Standing) {
    let (answered, onChange, before) = state.update { state in
      let before = state.statuses
      state.statuses = standing.statuses
      state.nextPositions = standing.nextPositions
      state.files = standing.files
      var answered: [(waiter: Waiter, answer: Bool)] = []
      for (id, waiter) in state.waiters {
        guard let answer = answer(to: waiter, state) else { continue }
        answered.append((waiter, answer))
        state.waiters[id] = nil
      }
      return (answered, standing.changed.flatMap { state.onChange[$0] ?? [] }, before)
    }
    for (status, before) in zip(standing.statuses, before) {
      let isNew =
        (status.failure != nil && before.failure == nil)
        || (status.delay != nil && before.delay == nil)
      if isNew { onFailure(status) }
    }
    for (waiter, answer) in answered { waiter.resume(answer) }
    for call in onChange { call() }
  }

  // MARK: Asking

  public var statuses: [ProjectionStatus] { state.withLock { $0.statuses } }

  /// Whether a read model has stopped at an event.
  public func hasStopped(_ model: String) -> Bool { state.withLock { $0.hasStopped(model) } }

  /// Where the read models stand, with a failure for each whose file is gone or is another one.
  ///
  /// It looks at each file's name in the folder.
  public func inspect() -> [ProjectionStatus] {
    let (statuses, files, isRebuilding) = state.withLock { state in
      (state.statuses, state.files, state.isRebuilding)
    }
    // A rebuild exchanges files, and then publishes which they are.
    if isRebuilding { return statuses }
    return statuses.map { status in
      let path = "\(folder)/\(status.name).sqlite"
      if status.failure != nil || FileIdentity(path: path) == files[status.name] { return status }
      var status = status
      status.failure = "its file \(path) is gone or was replaced: rebuild it"
      return status
    }
  }

  /// Whether a rebuild is running: its files may hold texts of persons who were erased meanwhile.
  public var isRebuilding: Bool { state.withLock { $0.isRebuilding } }

  /// - Throws: ``RebuildRunning`` while another rebuild is running.
  func beginRebuild() throws {
    try state.withLock { state in
      if state.isRebuilding { throw RebuildRunning() }
      state.isRebuilding = true
    }
  }

  func endRebuild() { state.withLock { $0.isRebuilding = false } }

  /// Calls back whenever events have been applied to this read model or it was rebuilt, on the
  /// thread that did so.
  public func onChange(of model: any ReadModel.Type, _ call: @escaping @Sendable () -> Void) {
    state.withLock { $0.onChange[model.name, default: []].append(call) }
  }

  /// Waits until a read model has an event, so that a caller can read what it wrote.
  ///
  /// - Returns: whether it has; `false` after the time limit, and at once from a read model that
  ///   has stopped.
  public func wait(
    for position: Position, of tenant: TenantID, in model: String, seconds: Double = 5
  ) async -> Bool {
    await withCheckedContinuation { continuation in
      whenApplied(position, of: tenant, in: model, seconds: seconds) {
        continuation.resume(returning: $0)
      }
    }
  }

  /// Calls back once a read model has an event: with `true`, or with `false` after the time limit,
  /// and at once from a read model that has stopped.
  public func whenApplied(
    _ position: Position, of tenant: TenantID, in model: String, seconds: Double,
    _ call: @escaping @Sendable (Bool) -> Void
  ) {
    let waiter = Waiter(model: model, tenant: tenant, position: position, resume: call)
    let (known, id) = state.update { state -> (Bool?, UInt64) in
      if let known = answer(to: waiter, state) { return (known, 0) }
      state.nextWaiter += 1
      state.waiters[state.nextWaiter] = waiter
      state.isUrgent = true
      return (nil, state.nextWaiter)
    }
    if let known { return waiter.resume(known) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
      let late = self.state.withLock { $0.waiters.removeValue(forKey: id) }
      late?.resume(false)
    }
  }

  /// Reads from a read model; many may read at once, beside the one thread that writes.
  public func read<R>(_ model: any ReadModel.Type, _ body: (Database) throws -> R) throws -> R {
    try pools.pool(of: model.name).read(body)
  }

  /// Keeps all readers out while a file is exchanged.
  func exchanging<R>(_ model: String, _ body: () throws -> R) throws -> R {
    try pools.pool(of: model).exchange(body)
  }

  /// - Returns: `nil` while the waiter has to go on waiting.
  private func answer(to waiter: Waiter, _ state: State) -> Bool? {
    if let next = state.nextPositions[waiter.model]?[waiter.tenant], waiter.position < next {
      return true
    }
    return state.hasStopped(waiter.model) || state.isStopping ? false : nil
  }
}
