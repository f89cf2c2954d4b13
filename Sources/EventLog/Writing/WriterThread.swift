// The one thread that writes: it takes the queued commits, makes them durable as one frame, makes
// them visible, and only then calls back. After a failure it never writes, syncs or calls back
// again.

internal import EventSourcing
internal import LogIndex
internal import Threading

/// The thread that writes the log, or its steps in a log without threads.
final class WriterThread: Sendable {
  private let queue: CommitQueue
  private let directory: FrameDirectory
  private let index: LogIndex
  private let followers: Followers
  private let sealer: Sealer?
  private let configuration: EventLog.Configuration
  private let onFailure: @Sendable (LogError) -> Void
  /// `nil` before ``start(_:)``, and in a log without a thread.
  private let thread = Monitor<WorkerThread?>(nil)
  /// The writer of a log without a thread, until it has stopped.
  private let inline = Monitor<SegmentWriter?>(nil)

  init(
    queue: CommitQueue, directory: FrameDirectory, index: LogIndex, followers: Followers,
    sealer: Sealer?, configuration: EventLog.Configuration,
    onFailure: @escaping @Sendable (LogError) -> Void
  ) {
    self.queue = queue
    self.directory = directory
    self.index = index
    self.followers = followers
    self.sealer = sealer
    self.configuration = configuration
    self.onFailure = onFailure
  }

  /// Whether the caller must not wait for the writer: it runs inside one of its callbacks, or there
  /// is no thread.
  var isCurrent: Bool { thread.withLock { $0 }.map(\.isCurrent) ?? true }

  func start(_ writer: SegmentWriter) {
    nonisolated(unsafe) let writer = writer
    thread.withLock { thread in
      thread = WorkerThread(name: "log writer") { [self] in
        var isStopped = false
        while !isStopped {
          isStopped = step(writer, idleDelay: configuration.idleDelay)
        }
      }
    }
  }

  /// Waits until the thread, if there is one, has ended.
  func join() { thread.withLock { $0 }?.join() }

  /// Makes a log without a thread: it writes only when ``stepInline()`` is called.
  func adopt(_ writer: SegmentWriter) {
    nonisolated(unsafe) let writer = writer
    inline.update { $0 = writer }
  }

  /// Does what the thread would do next, as if nothing more were ever appended.
  ///
  /// - Returns: whether there is nothing left to do, because it has stopped or there is a thread.
  func stepInline() -> Bool {
    nonisolated(unsafe) let writer = inline.withLock { $0 }
    guard let writer else { return true }
    let isStopped = step(writer, idleDelay: .zero)
    if isStopped { inline.update { $0 = nil } }
    return isStopped
  }

  /// Does one thing.
  ///
  /// - Returns: whether it was the last.
  private func step(_ writer: SegmentWriter, idleDelay: Duration) -> Bool {
    do throws(LogError) {
      let delay = writer.isMarked && idleDelay > .zero ? nil : idleDelay
      switch queue.next(limit: configuration.frameLineByteCount, idleDelay: delay) {
      case .write(let entries):
        try write(entries, with: writer)
        return false
      case .mark:
        try writer.mark()
        return false
      case .stop: try writer.mark()
      }
    } catch {
      queue.fail()
      onFailure(WriterThread.fatal(error))
    }
    followers.stop()
    return true
  }

  private func write(
    _ entries: [CommitQueue.Entry], with writer: SegmentWriter
  ) throws(LogError) {
    let commits = entries.flatMap(\.commits)
    let (header, offset) = try writer.append(commits)
    queue.allow(byteCount: configuration.queueByteCount(afterSyncOf: writer.lastSyncDuration))
    directory.add(header, segment: writer.segment, offset: offset)
    if let segment = writer.fullSegment { index.add(segment) }
    if offset == 0 { sealer?.wake() }
    index.add(
      commits.enumerated().map { IndexedCommit($1, at: header.firstOrdinal.advanced(by: $0)) },
      end: header.endOrdinal, chain: header.chain, limit: configuration.unindexedEventCount)
    followers.advance(to: header.endOrdinal)
    for entry in entries { entry.whenDurable?() }
    followers.notify()
  }

  /// The same failure, as a fatal one.
  private static func fatal(_ error: LogError) -> LogError {
    if case .io(let operation, let path, let errno) = error {
      return .notDurable(operation: operation, path: path, errno: errno)
    }
    return error
  }
}

extension IndexedCommit {
  fileprivate init(_ commit: Commit, at ordinal: Ordinal) {
    self.init(
      tenant: commit.tenant, commandID: commit.commandID, ordinal: ordinal,
      firstPosition: commit.firstPosition, streams: commit.streams)
  }
}

extension EventLog.Configuration {
  /// How many bytes may be queued after a sync of so many nanoseconds.
  func queueByteCount(afterSyncOf nanoseconds: UInt64) -> Int {
    // A sync of seconds is one of a disk in trouble.
    let milliseconds = Int(min(nanoseconds / 1_000_000, 500))
    return queueByteCount + milliseconds * queueByteCountPerSyncMillisecond
  }
}
