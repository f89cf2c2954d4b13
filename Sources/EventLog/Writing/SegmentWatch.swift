// Looks whether the segments of an open log are still in its folder. What must hold: a segment that
// was sealed may have become another file; the one that is written to may not.

internal import EventSourcing
internal import Synchronization
internal import Threading

/// Notices segments that vanish under a running log; for one that is written to, the writer notices
/// it by itself.
public final class SegmentWatch: Sendable {
  private let directory: FrameDirectory
  /// The last segment as it was seen first.
  private let last = Mutex<(path: String, identity: FileIdentity)?>(nil)

  public init(of log: EventLog) { directory = log.directory }

  /// - Throws: ``LogError/vanished(path:)``, and ``LogError/io(operation:path:errno:)`` where the
  ///   folder cannot be looked at now.
  public func check() throws(LogError) {
    var seen: (path: String, identity: FileIdentity)?
    for segment in directory.state.withLock({ $0.segments.map(\.firstOrdinal) }) {
      let path = directory.folder + "/" + SegmentName.name(firstOrdinal: segment)
      guard let identity = try directory.fileSystem.identity(of: path) else {
        throw .vanished(path: path)
      }
      seen = (path, identity)
    }
    guard let seen else { return }
    let before = last.withLock { last in
      defer { last = seen }
      return last
    }
    if let before, before.path == seen.path, before.identity != seen.identity {
      throw .vanished(path: seen.path)
    }
  }
}
