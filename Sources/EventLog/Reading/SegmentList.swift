// Overviews of segments and records, read from their headers, for operators.

public import Cryptography
public import EventSourcing

/// One segment as a whole.
public struct SegmentOverview: Equatable, Sendable {
  /// The file name.
  public var name: String
  public var firstOrdinal: Ordinal
  public var commitCount = 0
  public var eventCount = 0
  /// The lines' length with newlines.
  public var lineByteCount = 0
  public var frameCount = 0
  /// The file's length.
  public var byteCount = 0
  public var isSealed = false
}

/// One header with what it says of the frame after it.
public struct RecordOverview: Sendable {
  /// One tenant's part of a frame.
  public struct Tenant: Sendable {
    public var name: TenantID
    public var firstPosition: Position
    public var eventCount: Int
  }

  /// Where the header begins, in bytes.
  public var offset: Int
  public var headerByteCount: Int
  public var isSealed: Bool
  /// A mark has no frame; it says that everything before it is durable.
  public var isMark: Bool
  public var firstOrdinal: Ordinal
  public var commitCount: Int
  public var eventCount: Int
  /// Every commit below was acknowledged.
  public var durableUpTo: Ordinal
  public var lineByteCount: Int
  public var frameByteCount: Int
  /// CRC-32C of the frame.
  public var frameChecksum: UInt32
  /// The chain value after the last commit.
  public var chain: Digest
  public var tenants: [Tenant]
}

extension LogSummary {
  /// Every segment of a folder, in order; only headers are looked at.
  ///
  /// - Throws: ``LogError`` at the first damage.
  public static func segments(of folder: String) throws(LogError) -> [SegmentOverview] {
    let fileSystem = RealFileSystem()
    var overviews: [SegmentOverview] = []
    for segment in try SegmentName.list(in: folder, of: fileSystem) {
      let name = SegmentName.name(firstOrdinal: segment)
      var overview = SegmentOverview(name: name, firstOrdinal: segment)
      overview.byteCount = try forEachRecord(
        of: segment, in: folder, fileSystem, checkingFrame: false
      ) { record in
        overview.isSealed = record.isSealed
        guard !record.isMark else { return }
        overview.frameCount += 1
        overview.commitCount += record.commitCount
        overview.eventCount += record.eventCount
        overview.lineByteCount += record.lineByteCount
      }
      overviews.append(overview)
    }
    return overviews
  }

  /// Calls `body` with each record of one segment, its frame's checksum compared.
  ///
  /// - Parameters:
  ///   - name: the segment's file name.
  ///   - folder: the log's folder.
  ///   - body: called in the order of the file.
  /// - Throws: ``LogError``, among them ``LogError/unexpectedFile(name:)`` for another name.
  public static func forEachRecord(
    of name: String, in folder: String, _ body: (RecordOverview) -> Void
  ) throws(LogError) {
    guard let segment = SegmentName.firstOrdinal(of: name) else {
      throw .unexpectedFile(name: name)
    }
    _ = try forEachRecord(of: segment, in: folder, RealFileSystem(), checkingFrame: true, body)
  }

  /// - Returns: the file's length.
  private static func forEachRecord(
    of segment: Ordinal, in folder: String, _ fileSystem: any FileSystem, checkingFrame: Bool,
    _ body: (RecordOverview) -> Void
  ) throws(LogError) -> Int {
    let file = try SegmentFile(segment, in: folder, of: fileSystem)
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    cursor.begin(in: file, chain: nil)
    while let found = try cursor.nextInSegment(checkingFrame: checkingFrame) {
      body(RecordOverview(found))
    }
    return file.size
  }
}

extension RecordOverview {
  init(_ found: FoundFrame) {
    let header = found.header
    self.init(
      offset: found.offset, headerByteCount: found.headerByteCount, isSealed: header.isSealed,
      isMark: header.isMark, firstOrdinal: header.firstOrdinal, commitCount: header.commits.count,
      eventCount: header.eventCount, durableUpTo: header.durableUpTo,
      lineByteCount: header.lineByteCount, frameByteCount: header.frameByteCount,
      frameChecksum: header.frameCRC, chain: header.chain,
      tenants: header.tenants.map {
        Tenant(name: $0.name, firstPosition: $0.firstPosition, eventCount: $0.eventCount)
      })
  }
}
