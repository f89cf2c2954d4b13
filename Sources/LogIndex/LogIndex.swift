// The index of a log that is being written: a commit can be looked up from the moment it is
// durable. Until the index's own thread has stored it in the database, it is found in memory.

public import Cryptography
public import EventSourcing
internal import SQLite
internal import Threading

/// Lookups by stream and by command, beside the writer of a log.
public final class LogIndex: Sendable {
  private struct Recent {
    /// Not yet handed to the database.
    var pending = IndexEntries()
    /// Being stored at the moment.
    var storing: IndexEntries?
    var isClosing = false
    var failure: IndexError?
  }

  private struct Lookups {
    var keys = IndexKeys()
    var reader: IndexReader?
  }

  private let recent = Monitor(Recent())
  private let lookups: Monitor<Lookups>
  /// The log's writer has its own, so that lookups do not hold it up.
  private let writerKeys = Monitor(IndexKeys())
  /// The weight of entries that become a run of their own.
  private let runWeight: Int
  private let thread = Monitor<WorkerThread?>(nil)

  private static let waitingSnapshotCount = 60_000

  /// Starts the index's thread.
  ///
  /// - Parameters:
  ///   - database: describes the log up to its end; only the index's thread uses it from here on.
  ///   - path: the database's file, for the connection of the lookups.
  ///   - runWeight: how much is collected in memory before it is stored (``IndexEntries/weight``).
  /// - Throws: ``IndexError/failed(message:)``.
  public init(
    database: sending IndexDatabase, path: String, runWeight: Int
  ) throws(IndexError) {
    self.runWeight = runWeight
    recent.withLock { $0.pending = IndexEntries(reservingWeight: runWeight) }
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
      until: { $0.pending.eventCount < limit || $0.failure != nil },
      then: { recent in
        // After a failure every lookup fails, so that nothing would read it.
        guard recent.failure == nil else { return }
        for commit in keyed { recent.pending.add(commit) }
        recent.pending.reach(end, chain: chain)
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
      if recent.failure == nil && recent.pending.snapshots.count < LogIndex.waitingSnapshotCount {
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

  /// Stores what is in memory and closes the database; lookups throw ``IndexError/closed`` from now
  /// on.
  public func close() {
    // SQLite cleans up when the last connection closes, and a read-only one cannot.
    lookups.update { $0.reader = nil }
    recent.update { $0.isClosing = true }
    thread.withLock { $0 }?.join()
  }

  /// The answers of the parts in memory, the older first.
  private func newest<R>(_ body: (IndexEntries) -> R) throws(IndexError) -> [R] {
    try recent.withLock { (recent) throws(IndexError) in
      if let failure = recent.failure { throw failure }
      return (recent.storing.map { [body($0)] } ?? []) + [body(recent.pending)]
    }
  }

  private func look<R>(_ body: (IndexReader) throws -> R) throws(IndexError) -> R {
    let result: Result<R, IndexError> = lookups.withLock { lookups in
      guard let reader = lookups.reader else { return .failure(.closed) }
      do { return .success(try body(reader)) } catch { return .failure(IndexError(error)) }
    }
    return try result.get()
  }
}

// The index's thread.
extension LogIndex {
  private func work(on database: IndexDatabase) {
    do {
      while let entries = next(isTidy: database.isTidy) {
        if entries.isEmpty {
          try database.tidy()
        } else {
          try database.add(entries)
        }
        // Only now may entries in memory be forgotten and merged blocks be removed.
        lookups.withLock { $0.reader?.runs = database.runs }
        recent.update { $0.storing = nil }
      }
    } catch {
      recent.update { $0.failure = IndexError(error) }
    }
  }

  /// Waits for work.
  ///
  /// - Returns: entries to store; empty ones when there is time to tidy; `nil` at the end.
  private func next(isTidy: Bool) -> IndexEntries? {
    recent.wait(
      until: { !isTidy || $0.pending.weight >= runWeight || $0.isClosing },
      then: { recent in
        if recent.isClosing && recent.pending.isEmpty { return nil }
        guard recent.isClosing || recent.pending.weight >= runWeight else { return IndexEntries() }
        recent.storing = recent.pending
        recent.pending = IndexEntries(reservingWeight: runWeight)
        return recent.storing
      })
  }
}
