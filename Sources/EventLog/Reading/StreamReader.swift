// Streams of a log that is not open in this process: a stopped folder, or one that a running
// service writes. The index finds the events up to its own end, the segments give those after it,
// and without a usable index the whole log is read.
//
// What must hold: nothing is written, and the answer is the same with and without the index. So the
// index is used only where its chain value is the log's, and each line must name the stream.

public import EventSourcing
internal import LogIndex

/// Reads all events of some streams, or of one commit, from a folder.
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
    let (found, route) = try events(of: [stream], in: tenant)
    return (found[stream] ?? [], route)
  }

  /// The events of several streams, as ``events(of:in:)`` finds those of one.
  public func events(
    of streams: Set<StreamName>, in tenant: TenantID? = nil
  ) throws(LogError) -> (events: [StreamName: [Event]], route: Route) {
    do {
      return (try indexedEvents(of: streams, in: tenant), .index)
    } catch {
      // If the log itself is damaged, the scan says where.
      let events = try scan(from: .first, for: streams, of: tenant)
      return (events, .scan(reason: "\(error)"))
    }
  }

  /// The events of the commit that holds a position, in order; empty past the end of the history.
  ///
  /// - Parameter tenant: `nil` for the commits there of all tenants.
  /// - Throws: ``LogError``.
  public func commit(
    at position: Position, in tenant: TenantID? = nil
  ) throws(LogError) -> [Event] {
    let lookup: FrameLookup
    do {
      lookup = try indexed(withFilters: false).lookup
    } catch {
      // Without the index the headers of all frames are read.
      let directory = FrameDirectory(folder: folder, fileSystem: RealFileSystem())
      try directory.scan()
      lookup = FrameLookup(directory, folder: folder)
    }
    var events: [Event] = []
    for tenant in tenant.map({ [$0] }) ?? lookup.directory.tenants
    where position < lookup.directory.end(of: tenant) {
      let frame = try lookup.frame(of: position, in: tenant)
      for place in frame.commit(of: position, in: tenant) ?? [] {
        do {
          try frame.withLine(at: place, of: tenant) {
            events.append(Event(tenant: tenant, position: place, line: Array($0)))
          }
        } catch { throw error as! LogError }
      }
    }
    return events
  }

  /// A log with the index that describes it.
  private struct Indexed {
    var index: StoredIndex
    var lookup: FrameLookup
    /// Where the log ends.
    var end: Ordinal
  }

  private func indexed(withFilters: Bool) throws -> Indexed {
    let index = try StoredIndex(path: indexPath, withFilters: withFilters)
    let directory = FrameDirectory(folder: folder, fileSystem: RealFileSystem())
    let end = try directory.scan { first in
      (try? index.segment(first)).flatMap { $0 }.flatMap { FullSegment($0) }
    }
    let mismatch = try directory.mismatch(ofIndexAt: index.end, chain: index.chain, logEnd: end)
    if let mismatch { throw IndexMisfit(description: mismatch) }
    return Indexed(index: index, lookup: FrameLookup(directory, folder: folder), end: end)
  }

  private func indexedEvents(
    of streams: Set<StreamName>, in tenant: TenantID?
  ) throws -> [StreamName: [Event]] {
    // Without a tenant's name every tenant is looked up.
    let log = try indexed(withFilters: tenant == nil)
    var events: [StreamName: [Event]] = [:]
    for stream in streams {
      for tenant in tenant.map({ [$0] }) ?? log.lookup.directory.tenants {
        let runs = try log.index.events(of: stream, in: tenant)
        let stored = StoredStream(stream, in: tenant, runs: runs)
        _ = try log.lookup.readEvents(of: stored, from: .first) { _, position, line in
          guard try describe(line).0 == stream else {
            throw IndexMisfit(description: "it says that position \(position) is of \(stream)")
          }
          events[stream, default: []].append(
            Event(tenant: tenant, position: position, line: Array(line)))
        }
      }
    }
    if log.index.end != log.end {
      events.merge(try scan(from: log.index.end, for: streams, of: tenant), uniquingKeysWith: +)
    }
    return events
  }

  /// Reads the log from a commit on.
  private func scan(
    from start: Ordinal, for streams: Set<StreamName>, of tenant: TenantID?
  ) throws(LogError) -> [StreamName: [Event]] {
    let search = StreamSearch(streams: streams, tenant: tenant, start: start, describe: describe)
    do {
      let reader = try LogReader(folder: folder)
      if start > .first { try reader.seek(to: start) }
      // The first frame may hold earlier commits too.
      guard let first = try reader.nextFrame() else { return [:] }
      var events = try search.events(in: first)
      try reader.forEachFrame(search.events) { events.merge($1, uniquingKeysWith: +) }
      return events
    } catch { throw error as! LogError }
  }
}

/// The index contradicts the log.
private struct IndexMisfit: Error, CustomStringConvertible {
  var description: String
}

/// Finds the lines of some streams in frames.
private struct StreamSearch: Sendable {
  private let streams: Set<StreamName>
  private let tenant: TenantID?
  /// Earlier commits are left out.
  private let start: Ordinal
  private let describe: EventLog.Describe
  private let names: [ByteSearch]

  init(
    streams: Set<StreamName>, tenant: TenantID?, start: Ordinal,
    describe: @escaping EventLog.Describe
  ) {
    (self.streams, self.tenant, self.start) = (streams, tenant, start)
    self.describe = describe
    names = streams.map { ByteSearch($0.rawValue.utf8) }
  }

  /// - Throws: ``LogError``.
  @Sendable func events(in frame: Frame) throws -> [StreamName: [StreamReader.Event]] {
    guard frame.lines.withBytes(isFound) else { return [:] }
    var events: [StreamName: [StreamReader.Event]] = [:]
    try frame.forEachCommit { commit in
      if commit.ordinal >= start, tenant ?? commit.tenant == commit.tenant {
        try add(commit, to: &events)
      }
      return true
    }
    return events
  }

  private func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
    names.contains { $0.isFound(in: bytes) }
  }

  private func add(
    _ commit: CommitView, to events: inout [StreamName: [StreamReader.Event]]
  ) throws(LogError) {
    var position = commit.firstPosition
    do {
      try commit.forEachLine { line in
        if isFound(in: line) {
          let stream = try describe(line).0
          if streams.contains(stream) {
            events[stream, default: []].append(
              .init(tenant: commit.tenant, position: position, line: Array(line)))
          }
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
