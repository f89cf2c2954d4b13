// What a folder holds, read from its headers without opening the log.

public import EventSourcing

/// A log's segments, tenants and size.
public struct LogSummary: Equatable, Sendable {
  /// One segment's file.
  public struct Segment: Equatable, Sendable {
    /// The file name.
    public var name: String
    /// The file's length.
    public var byteCount: Int
  }

  /// One tenant's share of the log.
  public struct Tenant: Equatable, Sendable {
    /// The name in the headers.
    public var name: TenantID
    /// The number of its events.
    public var eventCount: UInt64
  }

  /// In the order of the history.
  public var segments: [Segment] = []
  /// Sorted by name.
  public var tenants: [Tenant] = []
  /// The commits of all tenants.
  public var commitCount: UInt64 = 0
  /// The events of all tenants.
  public var eventCount: UInt64 = 0
  /// Bytes of a write that did not finish, if there are any.
  public var tornTail: TornTail?

  /// Reads the folder: of sealed segments the summary, of all others every header and checksum.
  ///
  /// - Throws: ``LogError`` at the first damage.
  public init(folder: String) throws(LogError) {
    let fileSystem = RealFileSystem()
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    while true {
      if let segment = try cursor.passSealedSegment() {
        eventCount += UInt64(segment.eventCount)
      } else if let found = try cursor.next(checkingFrame: true) {
        eventCount += found.header.isMark ? 0 : UInt64(found.header.eventCount)
      } else {
        break
      }
    }
    for first in try SegmentName.list(in: folder, of: fileSystem) {
      let file = try SegmentFile(first, in: folder, of: fileSystem)
      segments.append(Segment(name: file.name, byteCount: file.size))
    }
    commitCount = cursor.state.ordinal.value
    tenants = cursor.state.nextPositions
      .map { Tenant(name: $0.key, eventCount: $0.value.value) }
      .sorted { $0.name < $1.name }
    tornTail = cursor.tornTail
  }
}
