// One stream of a log that is not open in this process: a stopped folder, or one that a running
// service writes. The index finds the events up to its own end, the segments give those after it,
// and without a usable index the whole log is read.
//
// What must hold: nothing is written, and the answer is the same with and without the index. So the
// index is used only where its chain value is the log's, and each line must name the stream.

public import EventSourcing
internal import LogIndex

/// Reads all events of one stream from a folder.
///
/// ```swift
/// let reader = StreamReader(folder: "data/log", describe: describe)
/// let found = try reader.events(of: StreamName("refund/srf_8Q2"))
/// ```
public struct StreamReader: Sendable {
  /// One event of a stream.
  public struct Event: Equatable, Sendable {
    /// The tenant that the stream belongs to.
    public var tenant: TenantID
    /// The event's place in the tenant's history.
    public var position: Position
    /// Without its newline.
    public var line: [UInt8]
  }

  /// How the events were found.
  public enum Route: Equatable, Sendable {
    /// The index led to them.
    case index
    /// The whole log was read, since the index could not be used.
    case scan(reason: String)
  }

  private let folder: String
  private let indexPath: String
  private let describe: EventLog.Describe

  /// - Parameters:
  ///   - folder: the log's folder.
  ///   - describe: as the log's writer uses it. A line must contain its stream's name literally.
  public init(folder: String, describe: @escaping EventLog.Describe) {
    self.folder = folder
    indexPath = folder + "/index.sqlite"
    self.describe = describe
  }

  /// The events of a stream in the order of their revisions; empty for one that does not exist.
  ///
  /// On a live folder the last of them may not be durable yet.
  ///
  /// - Parameters:
  ///   - stream: the stream's name, without the tenant.
  ///   - tenant: `nil` for the streams of this name of all tenants.
  /// - Throws: ``LogError``.
  public func events(
    of stream: StreamName, in tenant: TenantID? = nil
  ) throws(LogError) -> (events: [Event], route: Route) {
    do {
      return (try indexedEvents(of: stream, in: tenant), .index)
    } catch {
      // If the log itself is damaged, the scan says where.
      let events = try scan(from: .first, for: stream, of: tenant)
      return (events, .scan(reason: "\(error)"))
    }
  }

  private func indexedEvents(of stream: StreamName, in tenant: TenantID?) throws -> [Event] {
    let index = try StoredIndex(path: indexPath)
    let fileSystem = RealFileSystem()
    let directory = FrameDirectory(folder: folder, fileSystem: fileSystem)
    let end = try directory.scan { first in
      (try? index.segment(first)).flatMap { $0 }.flatMap { FullSegment($0) }
    }
    let mismatch = try directory.mismatch(ofIndexAt: index.end, chain: index.chain, logEnd: end)
    if let mismatch { throw IndexMisfit(description: mismatch) }
    let lookup = FrameLookup(
      directory: directory, frames: FrameStore(folder: folder, fileSystem: fileSystem))
    var events: [Event] = []
    for tenant in tenant.map({ [$0] }) ?? directory.tenants {
      let runs = try index.events(of: stream, in: tenant)
      let stored = StoredStream(stream, in: tenant, runs: runs)
      _ = try lookup.readEvents(of: stored, from: .first) { _, position, line in
        guard try describe(line).0 == stream else {
          throw IndexMisfit(description: "it says that position \(position) is of \(stream)")
        }
        events.append(Event(tenant: tenant, position: position, line: Array(line)))
      }
    }
    return index.end == end ? events : events + (try scan(from: index.end, for: stream, of: tenant))
  }

  /// Reads the log from a commit on.
  private func scan(
    from start: Ordinal, for stream: StreamName, of tenant: TenantID?
  ) throws(LogError) -> [Event] {
    let search = StreamSearch(stream: stream, tenant: tenant, start: start, describe: describe)
    do {
      let reader = try LogReader(folder: folder)
      if start > .first { try reader.seek(to: start) }
      // The first frame may hold earlier commits too.
      guard let first = try reader.nextFrame() else { return [] }
      var events = try search.events(in: first)
      try reader.forEachFrame(search.events) { events += $1 }
      return events
    } catch { throw error as! LogError }
  }
}

/// The index contradicts the log.
private struct IndexMisfit: Error, CustomStringConvertible {
  var description: String
}

/// Finds a stream's lines in frames.
private struct StreamSearch: Sendable {
  private let stream: StreamName
  private let tenant: TenantID?
  /// Earlier commits are left out.
  private let start: Ordinal
  private let describe: EventLog.Describe
  private let name: ByteSearch

  init(
    stream: StreamName, tenant: TenantID?, start: Ordinal, describe: @escaping EventLog.Describe
  ) {
    (self.stream, self.tenant, self.start) = (stream, tenant, start)
    self.describe = describe
    name = ByteSearch(stream.rawValue.utf8)
  }

  /// - Throws: ``LogError``.
  @Sendable func events(in frame: Frame) throws -> [StreamReader.Event] {
    guard frame.lines.withBytes(name.isFound) else { return [] }
    var events: [StreamReader.Event] = []
    try frame.forEachCommit { commit in
      if commit.ordinal >= start, tenant ?? commit.tenant == commit.tenant {
        try add(commit, to: &events)
      }
      return true
    }
    return events
  }

  private func add(
    _ commit: CommitView, to events: inout [StreamReader.Event]
  ) throws(LogError) {
    var position = commit.firstPosition
    do {
      try commit.forEachLine { line in
        if name.isFound(in: line), try describe(line).0 == stream {
          events.append(.init(tenant: commit.tenant, position: position, line: Array(line)))
        }
        position = position.advanced(by: 1)
      }
    } catch {
      throw .undescribable(
        segment: commit.segment, offset: commit.offset, ordinal: commit.ordinal,
        reason: "\(error)")
    }
  }
}
