// Opening for writing: every checksum is looked at that is not in a sealed segment, nor in a full
// one that the index has summed up; an unfinished last write is cut off, and what remains is made
// durable before a commit may follow it. What must hold: nothing is cut off that the index or a
// signed checkpoint knows (``TornTail``), and what is cut off is kept beside the log's folder.

internal import Cryptography
internal import EventSourcing
internal import LogIndex

/// What is known of a log that may be written to.
struct Recovery {
  var report = RecoveryReport()
  var end = SegmentWriter.End()
  var nextPositions: [TenantID: Position] = [:]
  let directory: FrameDirectory
  /// Full segments that were read because the index does not know them.
  private(set) var newSegments: [FullSegmentRow] = []
  private var summary: SegmentSummary?

  /// Scans the folder and repairs its end.
  ///
  /// - Parameters:
  ///   - witnesses: what must not be cut off.
  ///   - known: what the index says of a full segment.
  init(
    folder: String, fileSystem: any FileSystem, witnesses: RecoveryWitnesses = .init(),
    known: (Ordinal) -> FullSegment? = { _ in nil }
  ) throws(LogError) {
    directory = FrameDirectory(folder: folder, fileSystem: fileSystem)
    try SealedFile.removeUnfinished(in: folder, of: fileSystem)
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    let last = try scan(with: cursor, known)
    report.cut = cursor.tornTail
    nextPositions = cursor.state.nextPositions
    end.ordinal = cursor.state.ordinal
    end.chain = cursor.state.chain ?? .zero
    guard let segment = cursor.segment else { return }
    report.segments = try SegmentName.list(in: folder, of: fileSystem).count
    // A sealed segment is never written to; a new one follows.
    if cursor.isInSealedSegment { return }
    end.segment = segment.firstOrdinal
    end.offset = cursor.offset
    if summary?.firstOrdinal == segment.firstOrdinal { end.summary = summary }
    if cursor.offset == 0 { end.lineByteCount = 0 }
    // A later segment without records follows the last record's segment.
    end.isMarked = last.map { $0.header.isMark && $0.segment === segment } ?? false
    if let cut = report.cut {
      try witnesses.require(cut, end: end.ordinal, nextPositions: nextPositions)
      report.keptCut = try cut.keep(bytesOf: segment, of: folder, in: fileSystem)
    }
    try makeDurable(last, in: segment, folder: folder, fileSystem: fileSystem)
  }

  /// - Returns: the last record.
  private mutating func scan(
    with cursor: FrameCursor, _ known: (Ordinal) -> FullSegment?
  ) throws(LogError) -> FoundFrame? {
    var last: FoundFrame?
    while true {
      if let segment = try cursor.passSealedSegment() {
        count(segment)
        report.sealedSegments += 1
        directory.add(segment)
        continue
      }
      if let segment = try cursor.passFullSegment(known) {
        count(segment.total)
        directory.add(segment.total, offsets: segment.offsets)
        continue
      }
      guard let found = try cursor.next(checkingFrame: true) else { return last }
      if found.offset == 0 { end.lineByteCount = 0 }
      end.lineByteCount += found.header.isMark ? 0 : found.header.lineByteCount
      count(found)
      sumUp(found)
      last = found
    }
  }

  private mutating func count(_ segment: SealedSegment) {
    report.commits += Int(segment.endOrdinal.value - segment.firstOrdinal.value)
    report.events += segment.eventCount
    report.lineByteCount += segment.lineByteCount
  }

  private mutating func sumUp(_ found: FoundFrame) {
    if summary?.firstOrdinal != found.segment.firstOrdinal {
      if let row = summary?.row { newSegments.append(row) }
      summary =
        found.header.isSealed ? nil : SegmentSummary(firstOrdinal: found.segment.firstOrdinal)
    }
    summary?.follow(found.header, at: found.offset, endOffset: found.endOffset)
  }

  private mutating func count(_ found: FoundFrame) {
    guard !found.header.isMark else { return }
    report.commits += found.header.commits.count
    report.events += found.header.eventCount
    report.lineByteCount += found.header.lineByteCount
    directory.add(found.header, segment: found.segment.firstOrdinal, offset: found.offset)
  }

  /// Cuts off what is unfinished, and makes certain that the last record is on the disk.
  private mutating func makeDurable(
    _ last: FoundFrame?, in segment: SegmentFile, folder: String, fileSystem: any FileSystem
  ) throws(LogError) {
    let file = try fileSystem.open(folder + "/" + segment.name, for: .writing)
    end.file = file
    if report.cut != nil { try file.truncate(to: end.offset) }
    if let last, last.segment === segment {
      // An earlier process may have failed to sync it, or died before, be it a mark or not; and
      // after a failed sync the kernel shows the bytes all the same without ever writing them.
      // Written again, they are certain after this sync.
      let bytes = try segment.bytes(at: last.offset, count: last.endOffset - last.offset)
      try file.write(bytes, at: last.offset)
    }
    try file.sync()
    try fileSystem.sync(folder: folder)
  }
}
