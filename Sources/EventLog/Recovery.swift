// Opening for writing: every checksum is looked at that is not in a sealed segment, an unfinished last
// write is cut off, and what remains is made durable before anybody may build on it.

internal import Cryptography
internal import EventSourcing

/// What is known of a log that may be written to.
struct Recovery {
  var report = RecoveryReport()
  var end = SegmentWriter.End()
  var nextPositions: [TenantID: Position] = [:]
  let directory: FrameDirectory

  /// Scans the folder and repairs its end.
  init(folder: String, fileSystem: any FileSystem) throws(LogError) {
    directory = FrameDirectory(folder: folder, fileSystem: fileSystem)
    try SealedFile.removeUnfinished(in: folder, of: fileSystem)
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    let last = try scan(with: cursor)
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
    if cursor.offset == 0 { end.lineByteCount = 0 }
    // A later segment without records follows the last record's segment.
    end.isMarked = last.map { $0.header.isMark && $0.segment === segment } ?? false
    try makeDurable(last, in: segment, folder: folder, fileSystem: fileSystem)
  }

  /// - Returns: the last record.
  private mutating func scan(with cursor: FrameCursor) throws(LogError) -> FoundFrame? {
    var last: FoundFrame?
    while true {
      if let segment = try cursor.passSealedSegment() {
        count(segment)
        continue
      }
      guard let found = try cursor.next(checkingFrame: true) else { return last }
      if found.offset == 0 { end.lineByteCount = 0 }
      end.lineByteCount += found.header.isMark ? 0 : found.header.lineByteCount
      count(found)
      last = found
    }
  }

  private mutating func count(_ segment: SealedSegment) {
    report.sealedSegments += 1
    report.commits += Int(segment.endOrdinal.value - segment.firstOrdinal.value)
    report.events += segment.eventCount
    report.lineByteCount += segment.lineByteCount
    directory.add(segment)
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
      // An earlier process may have failed to sync it, or died before, be it a mark or not; and after
      // a failed sync the kernel shows the bytes all the same without ever writing them. Written
      // again, they are certain after this sync.
      let bytes = try segment.bytes(at: last.offset, count: last.endOffset - last.offset)
      try file.write(bytes, at: last.offset)
    }
    try file.sync()
    try fileSystem.sync(folder: folder)
  }
}
