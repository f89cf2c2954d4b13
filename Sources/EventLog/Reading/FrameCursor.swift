// Walks over the records of all segments in order. It is the only judge of what is damaged, what is
// merely unfinished, and what fits together; opening, reading and verifying all use it.

internal import Cryptography
internal import EventSourcing

/// One frame and where it was found.
struct FoundFrame {
  var header: FrameHeader
  var segment: SegmentFile
  /// Where the header begins.
  var offset: Int
  var headerByteCount: Int
  /// The chain value before this frame, unless it is not known.
  var previousChain: Digest?

  var frameOffset: Int { offset + headerByteCount }
  var endOffset: Int { frameOffset + header.frameByteCount }
}

/// A place in the history; one thread at a time.
final class FrameCursor {
  let folder: String
  let fileSystem: any FileSystem
  private(set) var state = HistoryState()
  /// The segment that `offset` lies in; `nil` before the first.
  private(set) var segment: SegmentFile?
  private(set) var offset = 0
  /// What the current segment said so far, if it is sealed.
  private var total: SegmentTotal?
  /// What follows the last whole record, when the end was reached and more was there.
  private(set) var tornTail: TornTail?

  init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  /// Begins at a segment instead of at the first.
  ///
  /// - Parameter chain: the value before the segment, if it is known.
  func begin(atSegment firstOrdinal: Ordinal, chain: Digest? = nil) throws(LogError) {
    begin(in: try SegmentFile(firstOrdinal, in: folder, of: fileSystem), chain: chain)
  }

  /// Begins in a segment's file, which may have any name.
  func begin(in file: SegmentFile, chain: Digest?) {
    enter(file)
    tornTail = nil
    state = HistoryState()
    if file.firstOrdinal > .first {
      state = HistoryState(ordinal: file.firstOrdinal, chain: chain, beginsInTheMiddle: true)
    }
  }

  /// Whether the current segment is sealed.
  var isInSealedSegment: Bool { total != nil }

  private func enter(_ file: SegmentFile) {
    segment = file
    offset = 0
    total = nil
  }

  /// The next record, marks included; `nil` at the end, from where a later call may find more.
  ///
  /// - Throws: ``LogError`` for anything that an unfinished last write does not explain.
  func next(checkingFrame: Bool) throws(LogError) -> FoundFrame? {
    tornTail = nil
    while true {
      var following: Ordinal?
      if segment == nil {
        following = try followingSegment()
      } else if let found = try nextInSegment(checkingFrame, following: &following) {
        return found
      }
      guard tornTail == nil, let following else { return nil }
      try move(to: following)
    }
  }

  /// The next record of the current segment; `nil` after the last whole one.
  func nextInSegment(checkingFrame: Bool) throws(LogError) -> FoundFrame? {
    var following: Ordinal?
    return try nextInSegment(checkingFrame, following: &following)
  }

  /// - Parameter following: the segment that continues where this one has ended for good.
  private func nextInSegment(
    _ checkingFrame: Bool, following: inout Ordinal?
  ) throws(LogError) -> FoundFrame? {
    let segment = segment!
    if let found = try follow(in: segment, checkingFrame: checkingFrame) { return found }
    // It may have grown since its length was looked at; and once a later segment is there, it
    // cannot grow any more. So look at the folder first.
    following = try followingSegment()
    try segment.refresh()
    if let found = try follow(in: segment, checkingFrame: checkingFrame) { return found }
    let record = try segment.record(at: offset, checkingFrame: checkingFrame)
    switch record {
    case .whole: return try follow(in: segment, checkingFrame: checkingFrame)
    case .end:
      if let total, !total.isComplete {
        throw damaged(segment, "the sealed segment ends before its last mark")
      }
    case .short, .damaged:
      tornTail = try judge(record, in: segment, isLast: following == nil)
    }
    return nil
  }

  private func follow(
    in segment: SegmentFile, checkingFrame: Bool
  ) throws(LogError) -> FoundFrame? {
    guard
      case .whole(let header, let headerByteCount) = try segment.record(
        at: offset, checkingFrame: checkingFrame)
    else { return nil }
    let found = FoundFrame(
      header: header, segment: segment, offset: offset, headerByteCount: headerByteCount,
      previousChain: state.chain)
    if let reason = state.follow(header) { throw damaged(segment, reason) }
    if let reason = followTotal(header) { throw damaged(segment, reason) }
    offset = found.endOffset
    return found
  }

  /// A segment is sealed from its first to its last record, or not at all.
  private func followTotal(_ header: FrameHeader) -> String? {
    if offset == 0 && header.isSealed { total = SegmentTotal() }
    guard header.isSealed == (total != nil) else { return "it is not sealed as what comes before" }
    return total?.follow(header)
  }

  /// Decides whether what lies at `offset` is only an unfinished write.
  private func judge(
    _ record: RecordAt, in segment: SegmentFile, isLast: Bool
  ) throws(LogError) -> TornTail {
    let end: Int
    let first: Ordinal?
    let reason: String
    switch record {
    case .damaged(let damagedEnd, let ordinal, let why):
      (end, first, reason) = (damagedEnd, ordinal, why)
    case .short(let ordinal):
      (end, first, reason) = (segment.size, ordinal, "the file ends inside a record")
    case .whole, .end: preconditionFailure("nothing to judge")
    }
    if let first, first != state.ordinal {
      throw damaged(segment, "\(reason); it begins with commit \(first)")
    }
    guard isLast else { throw damaged(segment, "\(reason), and a later segment exists") }
    let isSealed = try segment.isSealed(at: offset)
    guard total == nil && !isSealed else {
      throw damaged(segment, "\(reason), and the segment is sealed")
    }
    if let following = try segment.firstHeader(after: offset) {
      throw damaged(segment, "\(reason), and an undamaged header follows at byte \(following)")
    }
    if case .damaged = record {
      guard try segment.hasUnwrittenSector(from: offset, to: end) else {
        throw damaged(segment, "\(reason), and it does not look like an unfinished write")
      }
    }
    return TornTail(
      segment: segment.name, offset: offset, byteCount: segment.size - offset,
      ordinal: state.ordinal, reason: reason)
  }

  private func damaged(_ segment: SegmentFile, _ reason: String) -> LogError {
    .damaged(segment: segment.name, offset: offset, ordinal: state.ordinal, reason: reason)
  }

  /// The first ordinal of the segment after the current one, by name.
  private func followingSegment() throws(LogError) -> Ordinal? {
    let segments = try SegmentName.list(in: folder, of: fileSystem)
    guard let current = segment?.firstOrdinal else { return segments.first }
    return segments.first { $0 > current }
  }

  private func move(to following: Ordinal) throws(LogError) {
    guard following == state.ordinal else {
      throw .missingSegment(
        expected: SegmentName.name(firstOrdinal: state.ordinal),
        found: SegmentName.name(firstOrdinal: following))
    }
    enter(try SegmentFile(following, in: folder, of: fileSystem))
  }
}

extension FrameCursor {
  /// Moves past the next segment without reading its frames.
  ///
  /// - Returns: what the segment holds; `nil`, without having moved, unless it is sealed and fits.
  ///   Then ``next(checkingFrame:)`` continues, and throws if anything is wrong.
  func passSealedSegment() throws(LogError) -> SealedSegment? {
    if let segment, offset < segment.size { return nil }
    guard let following = try followingSegment(), following == state.ordinal else { return nil }
    let file = try SegmentFile(following, in: folder, of: fileSystem, windowByteCount: 1 << 15)
    guard let summary = try file.sealedSegment() else { return nil }
    guard state.follow(summary) == nil else { return nil }
    enter(file)
    offset = file.size
    total = .complete
    return summary
  }

  /// Moves past the next segment, which is full and not sealed, without reading its frames.
  ///
  /// - Parameter find: what is known of a segment.
  /// - Returns: what the segment holds; `nil`, without having moved, unless it fits and another one
  /// follows.
  func passFullSegment(_ find: (Ordinal) -> FullSegment?) throws(LogError) -> FullSegment? {
    if let segment, offset < segment.size { return nil }
    guard let following = try followingSegment(), following == state.ordinal,
      let known = find(following)
    else { return nil }
    let segments = try SegmentName.list(in: folder, of: fileSystem)
    guard segments.last != following else { return nil }
    let file = try SegmentFile(following, in: folder, of: fileSystem, windowByteCount: 1 << 15)
    guard try known.describes(file), state.follow(known.total) == nil else { return nil }
    enter(file)
    offset = file.size
    return known
  }
}
