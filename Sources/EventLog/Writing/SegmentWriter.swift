// Appends records to the last segment. At most one record is ever unsynced, so that after a power
// failure only the last one can be unfinished; a new segment's name is durable before its first
// commit is acknowledged; and nothing is acknowledged that was written into a file which the folder
// does not name any more.

internal import Cryptography
internal import EventSourcing
internal import LogIndex
internal import Threading

/// The end of the log; one thread at a time. After a failure it must not be used again.
final class SegmentWriter {
  private let folder: String
  private let fileSystem: any FileSystem
  private let configuration: EventLog.Configuration
  private let builder: FrameBuilder
  private var file: (any File)?
  private(set) var segment: Ordinal
  private var offset: Int
  private var lineByteCount: Int
  /// Whether the last record says that everything is durable, or there is none.
  private(set) var isMarked: Bool
  /// How long the disk took to make each record durable.
  let syncDurations = DurationHistogram()
  /// How long it took for the last one, in nanoseconds.
  private(set) var lastSyncDuration: UInt64 = 0
  private var summary: SegmentSummary?
  /// The segment that became full when the last commits were written.
  private(set) var fullSegment: FullSegmentRow?

  /// Where a writer continues.
  struct End {
    var file: (any File)?
    var segment = Ordinal.first
    var offset = 0
    var lineByteCount = 0
    var ordinal = Ordinal.first
    var chain = Digest.zero
    var isMarked = true
    /// Of the segment, unless it is sealed.
    var summary: SegmentSummary?
  }

  init(
    folder: String, fileSystem: any FileSystem, configuration: EventLog.Configuration, end: End
  ) {
    self.folder = folder
    self.fileSystem = fileSystem
    self.configuration = configuration
    builder = FrameBuilder(
      effort: configuration.effort, ordinal: end.ordinal, chain: end.chain)
    file = end.file
    segment = end.segment
    offset = end.offset
    lineByteCount = end.lineByteCount
    isMarked = end.isMarked
    summary = end.summary
  }

  /// Writes the commits as one durable frame.
  ///
  /// - Returns: the frame's header, and where in the last segment it begins.
  func append(_ commits: [Commit]) throws(LogError) -> (header: FrameHeader, offset: Int) {
    let isFull = lineByteCount >= configuration.segmentLineByteCount
    let isNew = file == nil || isFull
    fullSegment = nil
    if isNew { try beginSegment() }
    let start = offset
    for commit in commits {
      commit.lines.withBytes { lines in
        builder.add(
          tenant: commit.tenant, firstPosition: commit.firstPosition,
          eventCount: commit.eventCount, lines: lines)
      }
    }
    let record = builder.record(offset: start)
    try write(record.bytes)
    if isNew { try fileSystem.sync(folder: folder) }
    lineByteCount += record.header.lineByteCount
    isMarked = false
    summary?.follow(record.header, at: start, endOffset: offset)
    return (record.header, start)
  }

  /// Writes a mark unless the last record is one.
  ///
  /// It is synced like any record: were the next one written while this one is not on the disk, a
  /// power failure could leave two unfinished records, and recovery cuts only one.
  func mark() throws(LogError) {
    guard !isMarked else { return }
    let start = offset
    try write(builder.mark(offset: start))
    isMarked = true
    summary?.follow(
      FrameHeader(
        firstOrdinal: builder.ordinal, durableUpTo: builder.ordinal, chain: builder.chain),
      at: start, endOffset: offset)
  }

  private func write(_ bytes: [UInt8]) throws(LogError) {
    let file = file!
    try bytes.withBytes { (bytes) throws(LogError) in try file.write(bytes, at: offset) }
    let begin = Moment.now
    try file.sync()
    lastSyncDuration = begin.elapsed
    syncDurations.record(lastSyncDuration)
    guard try fileSystem.identity(of: file.path) == file.identity() else {
      throw .vanished(path: file.path)
    }
    offset += bytes.count
  }

  private func beginSegment() throws(LogError) {
    let name = SegmentName.name(firstOrdinal: builder.ordinal)
    file = try fileSystem.open(folder + "/" + name, for: .creating)
    segment = builder.ordinal
    fullSegment = summary?.row
    summary = SegmentSummary(firstOrdinal: segment)
    offset = 0
    lineByteCount = 0
  }
}
