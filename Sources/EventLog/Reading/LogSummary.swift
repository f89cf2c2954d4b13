// What a folder holds, told from its headers, for those who only want to know.

public import EventSourcing

/// A log's segments, tenants and size.
public struct LogSummary: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    public var name: String
    public var byteCount: Int
  }

  public struct Tenant: Equatable, Sendable {
    public var name: TenantID
    public var eventCount: UInt64
  }

  public var segments: [Segment] = []
  /// Sorted by name.
  public var tenants: [Tenant] = []
  public var commitCount: UInt64 = 0
  public var eventCount: UInt64 = 0
  public var tornTail: TornTail?

  /// - Throws: ``LogError`` at the first damage; sealed segments are believed what they say of
  /// themselves, in all others every header and checksum is looked at.
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
