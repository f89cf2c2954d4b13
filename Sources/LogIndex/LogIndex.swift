// The index of a log that is being written: a commit can be looked up from the moment it is
// durable. Until the index's own thread has stored it in the database, it is found in memory. What
// must hold: a lookup is answered from the whole index or not at all, so while a damaged file is
// made anew, and while more waits in memory than it may, lookups throw an error that passes.

public import Cryptography
public import EventSourcing
internal import SQLite
internal import Threading

/// Lookups by stream and by command, beside the writer of a log.
public final class LogIndex: Sendable {
  struct Recent {
    /// Not yet handed to the database.
    var pending = IndexEntries()
    /// Being stored at the moment, or to be stored once the disk takes it.
    var storing: IndexEntries?
    var isClosing = false
    /// Every commit of the log below was added; the log's chain value there.
    var end: Ordinal
    var chain: Digest
    /// Why the file has to be made anew.
    var damage: String?
    /// What the system refused at the last attempt.
    var failure: IndexError?
    /// More waits than may, because of the failure.
    var isOverdue = false

    /// Why nothing can be looked up.
    var refusal: IndexError? {
      if let damage { return .failed(message: "it is made anew (\(damage))") }
      return isOverdue ? failure : nil
    }
  }

  struct Lookups {
    var keys = IndexKeys()
    /// `nil` while the file is made anew, and after ``close()``.
    var reader: IndexReader?
    var isClosed = false
  }

  /// Makes the file anew from the log.
  ///
  /// - Parameters:
  ///   - end: of the commits that belong in it; chain: the log's chain value there.
  ///   - isCancelled: whether a beginning is enough, because the log is being closed.
  public typealias Rebuild =
    @Sendable (_ end: Ordinal, _ chain: Digest, _ isCancelled: () -> Bool) throws -> IndexDatabase

  /// Called on the index's thread with each error, and with `nil` once it has passed.
  ///
  /// - Parameter isRefusing: whether lookups throw meanwhile.
  public typealias OnResult = @Sendable (_ error: IndexError?, _ isRefusing: Bool) -> Void

  let recent: Monitor<Recent>
  let lookups: Monitor<Lookups>
  let path: String
  let rebuild: Rebuild
  let onResult: OnResult
  /// The log's writer has its own, so that lookups do not hold it up.
  private let writerKeys = Monitor(IndexKeys())
  /// The weight of entries that become a run of their own.
  let runWeight: Int
  private let thread = Monitor<WorkerThread?>(nil)

  private static let waitingSnapshotCount = 60_000

  /// Starts the index's thread.
  ///
  /// - Parameters:
  ///   - database: describes the log up to its end; only the index's thread uses it from here on.
  ///   - path: the database's file, for the connection of the lookups.
  ///   - runWeight: how much is collected in memory before it is stored (``IndexEntries/weight``).
  ///   - rebuild: called on the index's thread when the file turns out to be damaged.
  ///   - onResult: hears of failures.
  /// - Throws: ``IndexError``.
  public init(
    database: sending IndexDatabase, path: String, runWeight: Int,
    rebuild: @escaping Rebuild, onResult: @escaping OnResult = { _, _ in }
  ) throws(IndexError) {
    self.runWeight = runWeight
    self.path = path
    self.rebuild = rebuild
    self.onResult = onResult
    recent = Monitor(
      Recent(
        pending: IndexEntries(reservingWeight: runWeight), end: database.end,
        chain: database.chain))
    do {
      lookups = Monitor(Lookups(reader: try IndexReader(path: path, runs: database.runs)))
    } catch { throw IndexError(error) }
    let worker = WorkerThread(name: "log index") { [self] in work(on: database) }
    thread.withLock { $0 = worker }
  }

  /// Adds durable commits, which lookups find from now on; blocks while too many events wait to be
  /// stored.
  ///
  /// - Parameters:
  ///   - commits: the commits after those added before.
  ///   - end: every commit of the log below has been added.
  ///   - chain: the log's chain value there.
  ///   - limit: how many events may wait.
  public func add(_ commits: [IndexedCommit], end: Ordinal, chain: Digest, limit: Int) {
    let keyed = writerKeys.withLock { keys in
      commits.map { KeyedCommit($0, using: keys) }
    }
    recent.wait(
      until: {
        $0.pending.eventCount < limit || $0.failure != nil || $0.damage != nil || $0.isClosing
      },
      then: { recent in
        for commit in keyed { recent.pending.add(commit) }
        recent.pending.reach(end, chain: chain)
        (recent.end, recent.chain) = (end, chain)
        if recent.failure != nil, recent.pending.eventCount >= limit { recent.isOverdue = true }
      })
  }

  /// Stores what the next opening needs of a segment that became full.
  public func add(_ segment: FullSegmentRow) { recent.withLock { $0.pending.add(segment) } }

  /// Stores the state of a stream, unless too many wait already.
  ///
  /// - Precondition: the events that it was made of are durable.
  public func keep(_ snapshot: IndexedSnapshot, of stream: StreamName, in tenant: TenantID) {
    let key = lookups.withLock { $0.keys.snapshot(of: stream, in: tenant) }
    let isFull = recent.withLock { recent in
      // Without a snapshot the next load folds more events, and nothing else differs.
      if recent.refusal == nil && recent.pending.snapshots.count < LogIndex.waitingSnapshotCount {
        recent.pending.keep(snapshot, under: key)
      }
      return recent.pending.weight >= runWeight
    }
    if isFull { recent.update { _ in } }
  }

  /// The runs of a stream's events, in order.
  ///
  /// - Throws: ``IndexError``.
  public func events(of stream: StreamName, in tenant: TenantID) throws(IndexError) -> [EventRun] {
    let key = lookups.withLock { $0.keys.stream(stream, in: tenant) }
    // Memory first: what leaves it in between is found in the database.
    let newer = try newest { $0.runs(of: key) }
    var events = try look { try $0.events(of: key) }
    let end = events.last?.end ?? .first
    for runs in newer { events += runs.drop { $0.firstPosition < end } }
    return events
  }

  /// The events that a command led to; `nil` when the index does not have the command.
  ///
  /// - Throws: ``IndexError``.
  public func outcome(of command: CommandID, in tenant: TenantID) throws(IndexError) -> EventRun? {
    let key = lookups.withLock { $0.keys.command(command, in: tenant) }
    let newer = try newest { $0.runs(of: key).first }
    return try look { try $0.outcome(of: key) } ?? newer.lazy.compactMap { $0 }.first
  }

  /// A stream's newest stored state.
  ///
  /// - Throws: ``IndexError``.
  public func snapshot(
    of stream: StreamName, in tenant: TenantID
  ) throws(IndexError) -> IndexedSnapshot? {
    let key = lookups.withLock { $0.keys.snapshot(of: stream, in: tenant) }
    if let newer = try newest({ $0.snapshots[key] }).reversed().lazy.compactMap({ $0 }).first {
      return newer
    }
    return try look { try $0.snapshot(under: key) }
  }

  /// Has the file made anew, because what it says is wrong.
  public func discard(because reason: String) {
    recent.update { $0.damage = $0.damage ?? reason }
  }

  /// Stores what is in memory and closes the database; lookups throw ``IndexError/closed`` from now
  /// on. What a failing disk refuses, the next opening reads from the log.
  public func close() {
    // SQLite cleans up when the last connection closes, and a read-only one cannot.
    lookups.update { ($0.reader, $0.isClosed) = (nil, true) }
    recent.update { $0.isClosing = true }
    thread.withLock { $0 }?.join()
  }

  /// The answers of the parts in memory, the older first.
  private func newest<R>(_ body: (IndexEntries) -> R) throws(IndexError) -> [R] {
    try recent.withLock { (recent) throws(IndexError) in
      if let refusal = recent.refusal { throw refusal }
      return (recent.storing.map { [body($0)] } ?? []) + [body(recent.pending)]
    }
  }

  private func look<R>(_ body: (IndexReader) throws -> R) throws(IndexError) -> R {
    let result: Result<R, IndexError> = lookups.withLock { lookups in
      guard let reader = lookups.reader else {
        return .failure(lookups.isClosed ? .closed : .failed(message: "it is made anew"))
      }
      do { return .success(try body(reader)) } catch { return .failure(IndexError(error)) }
    }
    if case .failure(.damaged(let reason)) = result { discard(because: reason) }
    return try result.get()
  }
}
