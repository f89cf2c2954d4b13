// The log as its one writer sees it. What must hold: a commit is acknowledged only once it is
// durable, and stays so; every reader sees whole commits in one order.
//
// One process may have a log open for writing; the caller sees to that, with a lock on the folder.

public import EventSourcing
internal import LogIndex
public import Threading

/// An append-only history of commits in a folder.
///
/// ```swift
/// let (log, report) = try EventLog.open(folder: "data/log", describe: describe, onFailure: exit)
/// try log.append(commit) { appended in answer(appended) }
/// ```
public final class EventLog: Sendable {
  /// Reads the stream and the command that a line names, to build the index.
  public typealias Describe =
    @Sendable (_ line: UnsafeRawBufferPointer) throws -> (StreamName, CommandID)

  /// The folder of the segments.
  public let folder: String
  /// How long the disk took to make each written group durable.
  public let syncDurations: DurationHistogram
  private let configuration: Configuration
  private let queue: CommitQueue
  private let writer: WriterThread
  private let followers: Followers
  private let sealer: Sealer?
  let directory: FrameDirectory
  let index: LogIndex
  let frames: FrameStore
  let describe: Describe

  /// Opens the log in a folder, creating the folder when it is missing.
  ///
  /// - Parameters:
  ///   - folder: of the segments and the index; one process at a time may write in it.
  ///   - configuration: sizes and delays, which change no byte of the lines.
  ///   - describe: reads what a line names; called on the opening thread, and for lookups.
  ///   - onFailure: called at most once, on the writer's thread, when a write or sync has failed;
  ///     the log is then stopped for good and no commit in doubt was acknowledged.
  ///   - onSealing: called on the sealer's thread for each sealed segment, and at most once with a
  ///     failure, after which full segments stay as they are until the next opening.
  ///   - onIndex: called on the index's thread with each error of the derived index, and whether
  ///     lookups throw meanwhile; and with `nil` once it has passed.
  /// - Throws: ``LogError`` for anything that an unfinished last write does not explain; then
  ///   nothing was changed.
  public static func open(
    folder: String, configuration: Configuration = Configuration(),
    describe: @escaping Describe,
    onFailure: @escaping @Sendable (LogError) -> Void,
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void = { _ in },
    onIndex: @escaping @Sendable (LogError?, _ isRefusing: Bool) -> Void = { _, _ in }
  ) throws(LogError) -> (log: EventLog, report: RecoveryReport) {
    try open(
      folder: folder, configuration: configuration, fileSystem: RealFileSystem(),
      describe: describe, onFailure: onFailure, onSealing: onSealing, onIndex: onIndex)
  }

  package static func open(
    folder: String, configuration: Configuration = Configuration(),
    fileSystem: any FileSystem, indexPath: String? = nil, isInline: Bool = false,
    signedSizes: @escaping @Sendable () -> [TenantID: UInt64] = { [:] },
    describe: @escaping Describe,
    onFailure: @escaping @Sendable (LogError) -> Void,
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void = { _ in },
    onIndex: @escaping @Sendable (LogError?, _ isRefusing: Bool) -> Void = { _, _ in }
  ) throws(LogError) -> (log: EventLog, report: RecoveryReport) {
    let indexPath = indexPath ?? folder + "/index.sqlite"
    try fileSystem.createFolder(folder)
    var opening = try IndexCatchUp(path: indexPath, fileSystem: fileSystem)
    var witnesses = RecoveryWitnesses()
    (witnesses.indexEnd, witnesses.signedSizes) = (opening.database.end, signedSizes)
    let recovery = try Recovery(
      folder: folder, fileSystem: fileSystem, witnesses: witnesses,
      known: { opening.segment($0) })
    var report = recovery.report
    report.index = try opening.catchUp(with: recovery, folder: folder, describe: describe)
    let writer = SegmentWriter(
      folder: folder, fileSystem: fileSystem, configuration: configuration, end: recovery.end)
    try writer.mark()
    let index: LogIndex
    do {
      index = try LogIndex(
        database: opening.database, path: indexPath, runWeight: configuration.indexRunEntryCount,
        rebuild: { end, chain, isCancelled in
          let database = try IndexCatchUp.emptied(indexPath, fileSystem)
          try database.add(
            from: LogReader(folder: folder, fileSystem: fileSystem), upTo: (end, chain),
            describe: describe, isCancelled: isCancelled)
          return database
        }, onResult: { error, isRefusing in onIndex(error.map { LogError($0) }, isRefusing) })
    } catch { throw LogError(error) }
    // Without threads of its own there is none that could seal.
    var configuration = configuration
    configuration.isSealing = configuration.isSealing && !isInline
    let log = EventLog(
      folder: folder, configuration: configuration, recovery: recovery, index: index,
      frames: FrameStore(folder: folder, fileSystem: fileSystem),
      syncDurations: writer.syncDurations, describe: describe, onFailure: onFailure,
      onSealing: onSealing)
    if isInline {
      log.writer.adopt(writer)
    } else {
      log.writer.start(writer)
      log.sealer?.start()
    }
    return (log, report)
  }

  private init(
    folder: String, configuration: Configuration, recovery: Recovery, index: LogIndex,
    frames: FrameStore, syncDurations: DurationHistogram, describe: @escaping Describe,
    onFailure: @escaping @Sendable (LogError) -> Void,
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void
  ) {
    self.folder = folder
    self.syncDurations = syncDurations
    self.describe = describe
    self.configuration = configuration
    self.index = index
    self.frames = frames
    directory = recovery.directory
    followers = Followers(end: recovery.end.ordinal)
    queue = CommitQueue(
      nextOrdinal: recovery.end.ordinal, nextPositions: recovery.nextPositions,
      limit: configuration.queueByteCount)
    sealer =
      configuration.isSealing
      ? Sealer(
        directory: directory, frames: frames, configuration: configuration, onSealing: onSealing)
      : nil
    writer = WriterThread(
      queue: queue, directory: directory, index: index, followers: followers, sealer: sealer,
      configuration: configuration, onFailure: onFailure)
  }

  /// Does what the writer's thread would do next, in a log that was opened without one: writes and
  /// answers what is queued, or marks the end as durable.
  package func stepInline() { _ = writer.stepInline() }

  /// Does what the sealer's thread would do next, in a log that was opened without one: seals the
  /// first full segment.
  ///
  /// - Parameter shouldStop: called between blocks; its effects happen while the segment is sealed.
  /// - Returns: `nil` when there is none, or it is too large.
  package func sealInline(
    unless shouldStop: @escaping @Sendable () -> Bool
  ) throws(LogError) -> SealingReport? {
    guard let segment = directory.fullSegment(from: .first) else { return nil }
    return try directory.seal(
      segment, frames: frames, configuration: configuration, shouldStop: shouldStop)
  }

  /// Writes what is queued, marks the end as durable and stops; afterwards nothing can be appended.
  ///
  /// A segment that is being sealed stays as it was.
  public func close() {
    sealer?.stop()
    queue.close()
    while !writer.stepInline() {}
    writer.join()
    sealer?.join()
    index.close()
  }
}

extension EventLog {
  /// Queues a commit; blocks while too many bytes are queued, except in a callback.
  ///
  /// - Parameters:
  ///   - commit: continues its tenant's history after everything queued.
  ///   - whenDurable: called in the order of appending, on the writer's thread; it must be quick.
  ///     It is never called when the commit's durability is in doubt.
  /// - Throws: ``LogError/malformedCommit(tenant:reason:)``,
  ///   ``LogError/positionGap(tenant:expected:given:)`` or ``LogError/stopped``.
  public func append(
    _ commit: Commit, whenDurable: @escaping @Sendable (AppendedCommit) -> Void
  ) throws(LogError) {
    try append([commit]) { whenDurable($0[0]) }
  }

  /// Queues commits that need not become durable together, with one callback for all.
  ///
  /// - Throws: as ``append(_:whenDurable:)-(Commit,_)``; then none of them was queued.
  public func append(
    _ commits: [Commit], whenDurable: @escaping @Sendable ([AppendedCommit]) -> Void
  ) throws(LogError) {
    guard !commits.isEmpty else { return whenDurable([]) }
    for commit in commits { try commit.check() }
    let places = commits.map { ($0.tenant, $0.firstPosition, $0.eventCount) }
    try queue.append(batches(of: commits), mayBlock: !writer.isCurrent) { first in
      whenDurable(
        places.enumerated().map { index, place in
          AppendedCommit(
            ordinal: first.advanced(by: index), tenant: place.0, firstPosition: place.1,
            eventCount: place.2)
        })
    }
  }

  /// Queues commits that need not become durable together, with one callback once all of them are.
  ///
  /// - Throws: as ``append(_:whenDurable:)-(Commit,_)``; then none of them was queued.
  package func append(
    _ commits: [Commit], whenAllDurable: @escaping @Sendable () -> Void
  ) throws(LogError) {
    for commit in commits { try commit.check() }
    try queue.append(batches(of: commits), mayBlock: !writer.isCurrent) { _ in whenAllDurable() }
  }

  /// Parts that each fit into a frame.
  private func batches(of commits: [Commit]) -> [[Commit]] {
    var batches: [[Commit]] = [[]]
    var byteCount = 0
    for commit in commits {
      if byteCount >= configuration.frameLineByteCount {
        batches.append([])
        byteCount = 0
      }
      batches[batches.count - 1].append(commit)
      byteCount += commit.lines.count
    }
    return batches
  }

  /// The position that the tenant's next commit must begin with, after everything queued.
  public func nextPosition(of tenant: TenantID) -> Position { queue.nextPosition(of: tenant) }

  /// Waits until everything that was appended is durable.
  ///
  /// - Throws: ``LogError/stopped`` when it never will be.
  package func waitUntilDurable() throws(LogError) {
    let end = queue.nextOrdinal
    var reached = durableEnd
    while reached < end {
      if writer.isCurrent {
        // A log without a thread writes when its caller says so.
        stepInline()
        reached = durableEnd
      } else {
        // After what was seen: once it is at the end, nothing may ever come after it.
        reached = waitForCommits(after: reached)
      }
      if queue.isFailed { throw .stopped }
    }
  }

  /// The bytes of lines that are queued.
  public var pendingByteCount: Int { queue.byteCount }

  /// The commits that are queued or being written.
  public var pendingCommitCount: UInt64 {
    // The end first: it does not pass what is queued later.
    let end = durableEnd.value
    return queue.nextOrdinal.value - end
  }
}

extension EventLog {
  /// Every commit below is durable.
  public var durableEnd: Ordinal { followers.end }

  /// The position after the tenant's last durable event.
  public func durableEnd(of tenant: TenantID) -> Position { directory.end(of: tenant) }

  /// The tenants that have durable events, sorted.
  public var tenants: [TenantID] { directory.tenants }

  /// Waits until the durable end lies after `end`, the log is stopped, or the time is up.
  ///
  /// - Returns: the durable end.
  @discardableResult
  public func waitForCommits(after end: Ordinal, timeout: Duration? = nil) -> Ordinal {
    followers.wait(after: end, timeout: timeout)
  }

  /// Calls `observer` with the durable end after each group of commits, on the writer's thread; it
  /// must be quick.
  public func onAppend(_ observer: @escaping @Sendable (Ordinal) -> Void) -> AppendObservation {
    followers.add(observer)
  }
}
