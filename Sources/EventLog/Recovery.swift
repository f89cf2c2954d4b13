// Opening for writing: every header and every checksum is looked at, an unfinished last write is cut
// off, and what remains is made durable before anybody may build on it.

internal import Cryptography
internal import EventSourcing

/// What is known of a log that may be written to.
struct Recovery {
  var report = RecoveryReport()
  var end = SegmentWriter.End()
  var nextPositions: [TenantID: Position] = [:]
  let directory = FrameDirectory()

  /// Scans the folder and repairs its end.
  init(folder: String, fileSystem: any FileSystem) throws(LogError) {
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    var last: FoundFrame?
    while let found = try cursor.next(checkingFrame: true) {
      if found.offset == 0 { end.lineByteCount = 0 }
      end.lineByteCount += found.header.lineByteCount
      count(found)
      last = found
    }
    report.cut = cursor.tornTail
    nextPositions = cursor.state.nextPositions
    end.ordinal = cursor.state.ordinal
    end.chain = cursor.state.chain ?? .zero
    guard let segment = cursor.segment else { return }
    report.segments = try SegmentName.list(in: folder, of: fileSystem).count
    end.segment = segment.firstOrdinal
    end.offset = cursor.offset
    if cursor.offset == 0 { end.lineByteCount = 0 }
    // A later segment without records follows the last record's segment.
    end.isMarked = last.map { $0.header.isMark && $0.segment === segment } ?? false
    try makeDurable(last, in: segment, folder: folder, fileSystem: fileSystem)
  }

  private mutating func count(_ found: FoundFrame) {
    guard !found.header.isMark else { return }
    report.frames += 1
    report.commits += found.header.commits.count
    report.events += found.header.eventCount
    report.lineByteCount += found.header.lineByteCount
    directory.add(
      found.header,
      at: FramePlace(
        firstOrdinal: found.header.firstOrdinal, segment: found.segment.firstOrdinal,
        offset: found.offset))
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
