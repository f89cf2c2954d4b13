// The index as everybody else sees it: a commit can be looked up from the moment it is durable.
// Until its own thread has stored it in the database, it is found in memory.

internal import Cryptography
internal import EventSourcing
internal import Foundation
internal import SQLite

/// Lookups by stream and by command.
final class LogIndex: Sendable {
  private struct Recent {
    /// Not yet given to the database.
    var pending = IndexEntries()
    /// Being stored just now.
    var storing: IndexEntries?
    var isClosing = false
    var hasStopped = false
    var failure: String?
  }

  private struct Lookups {
    var keys = IndexKeys()
    var reader: IndexReader?
  }

  private let recent = Monitor(Recent())
  private let lookups: Monitor<Lookups>
  /// For the writer, whom lookups must not hold up.
  private let writerKeys = Monitor(IndexKeys())
  /// How much is collected before it becomes a run of its own.
  private let runWeight: Int

  private static let waitingSnapshotCount = 60_000

  /// - Parameters:
  ///     - database: describes the log up to its end; from here on only the index's own thread uses
  ///     it.
  ///   - runWeight: see ``EventLog/Configuration/indexRunEntryCount``.
  init(database: sending IndexDatabase, path: String, runWeight: Int) throws(SQLiteError) {
    self.runWeight = runWeight
    lookups = Monitor(Lookups(reader: try IndexReader(path: path, runs: database.runs)))
    let handover = Handover(database)
    let thread = Thread { [self] in
      // The database is closed before anybody hears that this thread has ended.
      do { work(on: handover.take()) }
      recent.update { $0.hasStopped = true }
    }
    thread.name = "log index"
    thread.start()
  }

  /// Makes a frame's durable commits visible, at once; blocks while more than `limit` events are
  /// not stored.
  func add(_ commits: [Commit], of header: FrameHeader, limit: Int) {
    var part = IndexFrame(end: header.endOrdinal, chain: header.chain)
    writerKeys.withLock { keys in
      for (index, commit) in commits.enumerated() {
        part.commits.append(
          .init(
            ordinal: header.firstOrdinal.advanced(by: index), firstPosition: commit.firstPosition,
            command: keys.command(commit.commandID, in: commit.tenant),
            streams: commit.streams.map { keys.stream($0, in: commit.tenant) }))
      }
    }
    recent.wait(
      until: { $0.pending.eventCount < limit || $0.failure != nil },
      then: { recent in
        // Lookups fail from then on, so nobody would ever see it.
        if recent.failure == nil { recent.pending.add(part) }
      })
  }

  /// Keeps a segment that became full from having to be read at the next opening.
  func add(_ segment: FullSegmentRow) { recent.withLock { $0.pending.add(segment) } }

  /// Keeps the state of a stream, all of whose events must be durable.
  func keep(_ snapshot: IndexedSnapshot, of stream: StreamName, in tenant: TenantID) {
    let key = lookups.withLock { $0.keys.snapshot(of: stream, in: tenant) }
    let isFull = recent.withLock { recent in
      // Whoever drops aggregates faster than they can be stored reads some of them again.
      if recent.failure == nil && recent.pending.snapshots.count < LogIndex.waitingSnapshotCount {
        recent.pending.keep(snapshot, under: key)
      }
      return recent.pending.weight >= runWeight
    }
    if isFull { recent.update { _ in } }
  }

  /// The runs of a stream's events, in order.
  func events(of stream: StreamName, in tenant: TenantID) throws(LogError) -> [EventRun] {
    let key = lookups.withLock { $0.keys.stream(stream, in: tenant) }
    // Memory first: what leaves it in between is found in the database.
    let newer = try newest { $0.runs(of: key) }
    var events = try look { try $0.events(of: key) }
    let end = events.last?.end ?? .first
    for runs in newer { events += runs.drop { $0.firstPosition < end } }
    return events
  }

  /// What a command led to.
  func outcome(of command: CommandID, in tenant: TenantID) throws(LogError) -> EventRun? {
    let key = lookups.withLock { $0.keys.command(command, in: tenant) }
    let newer = try newest { $0.runs(of: key).first }
    return try look { try $0.outcome(of: key) } ?? newer.lazy.compactMap { $0 }.first
  }

  /// A stream's newest state that was kept.
  func snapshot(of stream: StreamName, in tenant: TenantID) throws(LogError) -> IndexedSnapshot? {
    let key = lookups.withLock { $0.keys.snapshot(of: stream, in: tenant) }
    if let newer = try newest({ $0.snapshots[key] }).reversed().lazy.compactMap({ $0 }).first {
      return newer
    }
    return try look { try $0.snapshot(under: key) }
  }

  /// Stores what is left and closes the database.
  func close() {
    // The database's last connection tidies up, and a read-only one cannot.
    lookups.update { $0.reader = nil }
    recent.update { $0.isClosing = true }
    recent.wait(until: { $0.hasStopped }, then: { _ in })
  }

  /// What the parts in memory say, the older first.
  private func newest<R>(_ body: (IndexEntries) -> R) throws(LogError) -> [R] {
    try recent.withLock { (recent) throws(LogError) in
      if let failure = recent.failure { throw .index(message: failure) }
      return (recent.storing.map { [body($0)] } ?? []) + [body(recent.pending)]
    }
  }

  private func look<R>(_ body: (IndexReader) throws -> R) throws(LogError) -> R {
    let result: Result<R, LogError> = lookups.withLock { lookups in
      guard let reader = lookups.reader else { return .failure(.stopped) }
      do { return .success(try body(reader)) } catch {
        return .failure(.index(message: LogIndex.text(error)))
      }
    }
    return try result.get()
  }

  private static func text(_ error: any Error) -> String {
    (error as? IndexDamage)?.reason ?? "\(error)"
  }
}

// The thread that stores.
extension LogIndex {
  private func work(on database: IndexDatabase) {
    do {
      while let entries = next(isTidy: database.isTidy) {
        if entries.isEmpty {
          try database.tidy()
        } else {
          try database.add(entries)
        }
        // Only now may what is in memory be forgotten, and blocks that were merged be removed.
        lookups.withLock { $0.reader?.runs = database.runs }
        recent.update { $0.storing = nil }
      }
    } catch {
      recent.update { $0.failure = LogIndex.text(error) }
    }
  }

  /// Waits for something to do.
  ///
  /// - Returns: what to store; nothing when there is time to tidy; `nil` when all is done.
  private func next(isTidy: Bool) -> IndexEntries? {
    recent.wait(
      until: { !isTidy || $0.pending.weight >= runWeight || $0.isClosing },
      then: { recent in
        if recent.isClosing && recent.pending.isEmpty { return nil }
        guard recent.isClosing || recent.pending.weight >= runWeight else { return IndexEntries() }
        recent.storing = recent.pending
        recent.pending = IndexEntries()
        return recent.storing
      })
  }
}

/// Carries something to the one thread that uses it from then on.
private final class Handover<Value>: @unchecked Sendable {
  private var value: Value?

  init(_ value: Value) { self.value = value }

  func take() -> Value {
    defer { value = nil }
    return value!
  }
}
