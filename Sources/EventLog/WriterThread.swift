// The one thread that writes: it takes what is queued, makes it durable as one frame, makes it
// visible, and only then answers. After a failure it never writes, syncs or answers again.

internal import EventSourcing
internal import Foundation

/// What the writer thread works with.
final class WriterThread: Sendable {
  private let queue: CommitQueue
  private let directory: FrameDirectory
  private let index: LogIndex
  private let followers: Followers
  private let sealer: Sealer?
  private let configuration: EventLog.Configuration
  private let onFailure: @Sendable (LogError) -> Void
  private let identity = Monitor<Thread?>(nil)

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

  /// Whether the caller runs inside one of the writer's callbacks.
  var isCurrent: Bool { identity.withLock { $0 === Thread.current } }

  func start(_ writer: SegmentWriter) {
    nonisolated(unsafe) let writer = writer
    let thread = Thread { [self] in
      do throws(LogError) { try run(writer) } catch {
        queue.fail()
        onFailure(WriterThread.fatal(error))
      }
      followers.stop()
      queue.markStopped()
    }
    thread.name = "log writer"
    identity.update { $0 = thread }
    thread.start()
  }

  private func run(_ writer: SegmentWriter) throws(LogError) {
    while true {
      let idleDelay = writer.isMarked ? nil : configuration.idleDelay
      switch queue.next(limit: configuration.frameLineByteCount, idleDelay: idleDelay) {
      case .write(let entries): try write(entries, with: writer)
      case .mark: try writer.mark()
      case .stop: return try writer.mark()
      }
    }
  }

  private func write(
    _ entries: [CommitQueue.Entry], with writer: SegmentWriter
  ) throws(LogError) {
    let commits = entries.flatMap(\.commits)
    let (header, offset) = try writer.append(commits)
    directory.add(header, segment: writer.segment, offset: offset)
    if offset == 0 { sealer?.wake() }
    index.add(limit: configuration.unindexedEventCount) { index in
      for commit in commits {
        index.add(
          tenant: commit.tenant, command: commit.commandID, firstPosition: commit.firstPosition,
          streams: commit.streams)
      }
      index.reach(header.endOrdinal, chain: header.chain)
    }
    followers.advance(to: header.endOrdinal)
    for entry in entries { entry.whenDurable?() }
    followers.notify()
  }

  /// The same failure, saying that it was fatal.
  private static func fatal(_ error: LogError) -> LogError {
    if case .io(let operation, let path, let errno) = error {
      return .notDurable(operation: operation, path: path, errno: errno)
    }
    return error
  }
}
