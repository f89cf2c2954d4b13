// Reads a log from its segments alone: a stopped folder, a folder that another process writes, or
// the folder of this process's own log. It never writes, and it hands out whole commits only.
//
// On a live folder, the last commits it sees may not be durable yet. A reader that must not act on
// those stops at the writer's durable end.

internal import Cryptography
public import EventSourcing
internal import Zstandard

/// A place in a log, moving forward; one thread at a time.
///
/// ```swift
/// let reader = try LogReader(folder: "data/log")
/// try reader.forEachCommit(upTo: nil) { commit in
///   commit.forEachLine { line in … }
///   return true
/// }
/// ```
public final class LogReader {
  private(set) var cursor: FrameCursor
  private let decompressor = Decompressor()
  private let isVerifyingChain: Bool
  /// A frame of which not every commit was handed out.
  private(set) var current: Frame?
  /// The next commit.
  public private(set) var ordinal = Ordinal.first

  /// Begins before the first commit.
  ///
  /// - Parameters:
  ///   - folder: the log's folder.
  ///   - verifyingChain: also hash every line and compare the chain values.
  /// - Throws: ``LogError`` when the folder cannot be read.
  public convenience init(folder: String, verifyingChain: Bool = false) throws(LogError) {
    try self.init(
      folder: folder, verifyingChain: verifyingChain, fileSystem: RealFileSystem())
  }

  package init(
    folder: String, verifyingChain: Bool = false, fileSystem: any FileSystem
  ) throws(LogError) {
    _ = try SegmentName.list(in: folder, of: fileSystem)
    cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    isVerifyingChain = verifyingChain
  }

  /// What lay after the last whole frame when the end was reached; beside a writer it may become
  /// whole later.
  public var tornTail: TornTail? { cursor.tornTail }

  /// Goes to a commit, or to the end; costs reading the headers of one segment.
  ///
  /// - Throws: ``LogError/noSuchOrdinal(ordinal:end:)`` beyond the end.
  public func seek(to target: Ordinal) throws(LogError) {
    let segments = try SegmentName.list(in: cursor.folder, of: cursor.fileSystem)
    let next = FrameCursor(folder: cursor.folder, fileSystem: cursor.fileSystem)
    if let start = segments.last(where: { $0 <= target }) {
      try next.begin(atSegment: start)
    }
    var frame: Frame?
    while next.state.ordinal < target, let found = try next.next(checkingFrame: false) {
      if found.header.endOrdinal > target {
        frame = try found.load(with: decompressor, checkingFrame: true)
      }
    }
    guard frame != nil || next.state.ordinal == target else {
      throw .noSuchOrdinal(ordinal: target, end: next.state.ordinal)
    }
    if isVerifyingChain { try frame?.checkChain() }
    cursor = next
    current = frame
    ordinal = target
  }

  /// Goes to the beginning of a segment.
  ///
  /// - Parameter chain: the value before it.
  func begin(atSegment segment: Ordinal, chain: Digest) throws(LogError) {
    begin(in: try SegmentFile(segment, in: cursor.folder, of: cursor.fileSystem), chain: chain)
  }

  func begin(in file: SegmentFile, chain: Digest) {
    cursor = FrameCursor(folder: cursor.folder, fileSystem: cursor.fileSystem)
    cursor.begin(in: file, chain: chain)
    current = nil
    ordinal = file.firstOrdinal
  }

  /// The next frame, whole; `nil` at the end, from where a later call may find more.
  ///
  /// After ``seek(to:)`` into the middle of a frame it is that frame. Another thread may check the
  /// chain (``Frame/checkChain()``) when this reader does not.
  public func nextFrame() throws(LogError) -> Frame? {
    let frame = try takeFrame()
    if let frame { ordinal = frame.header.endOrdinal }
    return frame
  }

  /// The next frame as it lies on the disk; `nil` at the end, from where a later call may find
  /// more.
  public func nextCompressedFrame() throws(LogError) -> CompressedFrame? {
    precondition(current == nil, "a frame was begun")
    while let found = try cursor.next(checkingFrame: true) {
      if found.header.isMark { continue }
      let frame = try found.compressed()
      ordinal = found.header.endOrdinal
      return frame
    }
    return nil
  }

  /// Calls `body` with each whole commit below `limit`, until it answers `false`; a commit for
  /// which it throws or answers `false` counts as read only in the latter case.
  ///
  /// - Throws: ``LogError`` for damage, and what `body` throws.
  public func forEachCommit(upTo limit: Ordinal?, _ body: (CommitView) throws -> Bool) throws {
    while limit.map({ ordinal < $0 }) ?? true {
      guard let frame = try takeFrame() else { return }
      current = frame
      var goesOn = true
      try frame.forEachCommit { commit in
        if commit.ordinal < ordinal { return true }
        if let limit, commit.ordinal >= limit { return false }
        goesOn = try body(commit)
        ordinal = commit.ordinal.advanced(by: 1)
        return goesOn
      }
      if ordinal >= frame.header.endOrdinal { current = nil }
      if !goesOn { return }
    }
  }

  /// The next frame of the segment that was begun; `nil` after the last whole record there.
  func nextFrameInSegment() throws(LogError) -> Frame? {
    while let found = try cursor.nextInSegment(checkingFrame: true) {
      if found.header.isMark { continue }
      let frame = try found.load(with: decompressor, checkingFrame: false)
      if isVerifyingChain { try frame.checkChain() }
      return frame
    }
    return nil
  }

  /// Where the last record that was read ends in its segment, in bytes.
  var offset: Int { cursor.offset }

  /// Calls `body` with each whole commit below `limit`.
  func forEachCommit(
    below limit: Ordinal, _ body: (CommitView) throws(LogError) -> Void
  ) throws(LogError) {
    do {
      try forEachCommit(upTo: limit) { commit in
        try body(commit)
        return true
      }
    } catch { throw error as! LogError }
  }

  private func takeFrame() throws(LogError) -> Frame? {
    if let frame = current {
      current = nil
      return frame
    }
    while let found = try cursor.next(checkingFrame: true) {
      if !found.header.isMark {
        let frame = try found.load(with: decompressor, checkingFrame: false)
        if isVerifyingChain { try frame.checkChain() }
        return frame
      }
    }
    return nil
  }
}
