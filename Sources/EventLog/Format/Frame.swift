// One frame's commits, decompressed; complete in itself, so that another thread can check it.

public import Cryptography
public import EventSourcing
internal import Transparency
internal import Zstandard

/// The commits that were written together.
public struct Frame: Sendable {
  /// The segment's file name.
  public let segment: String
  /// Where the frame's header begins, in bytes.
  public let offset: Int
  /// Every line followed by a newline.
  public let lines: [UInt8]
  /// The chain value before the first commit; `nil` when the frame before was not looked at.
  public let previousChain: Digest?
  let header: FrameHeader

  /// The first commit's place in the log.
  public var firstOrdinal: Ordinal { header.firstOrdinal }
  /// The number of commits inside.
  public var commitCount: Int { header.commits.count }
  /// The number of lines inside.
  public var eventCount: Int { header.eventCount }
  /// The chain value after the last commit, as it was written.
  public var chain: Digest { header.chain }
  /// Every commit below was acknowledged when this frame was written.
  public var durableUpTo: Ordinal { header.durableUpTo }

  /// Calls `body` with each commit until it answers `false`.
  ///
  /// - Throws: ``LogError`` when there are not as many lines as events, and what `body` throws.
  public func forEachCommit(_ body: (CommitView) throws -> Bool) throws {
    let ends = try commitEnds()
    var positions = header.tenants.map(\.firstPosition)
    try lines.withBytes { bytes in
      var start = 0
      for (index, commit) in header.commits.enumerated() {
        let view = CommitView(
          ordinal: firstOrdinal.advanced(by: index), tenant: header.tenants[commit.tenant].name,
          firstPosition: positions[commit.tenant], eventCount: commit.eventCount, segment: segment,
          offset: offset, bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]]))
        guard try body(view) else { return }
        positions[commit.tenant] = view.firstPosition.advanced(by: commit.eventCount)
        start = ends[index]
      }
    }
  }

  /// The chain value after the last commit, computed from the lines.
  ///
  /// - Parameters:
  ///   - previous: the chain value before the first commit.
  ///   - count: how many commits to fold, if not all.
  /// - Throws: ``LogError`` when there are not as many lines as events.
  public func foldChain(from previous: Digest, to count: Int? = nil) throws(LogError) -> Digest {
    let commits = header.commits.prefix(count ?? commitCount)
    let eventCount = commits.reduce(0) { $0 + $1.eventCount }
    var leaves: [Digest] = []
    let byteCount = lines.withBytes { leafHashes(ofLines: eventCount, in: $0, into: &leaves) }
    guard let byteCount else { throw damaged("there are fewer lines than events") }
    guard count != nil || byteCount == lines.count else {
      throw damaged("there are more lines than events")
    }
    let folder = ChainFolder()
    var chain = previous
    var rest = leaves[...]
    for commit in commits {
      folder.fold(&chain, leafHashes: rest.prefix(commit.eventCount))
      rest = rest.dropFirst(commit.eventCount)
    }
    return chain
  }

  /// Where each commit's lines end.
  private func commitEnds() throws(LogError) -> [Int] {
    var ends: [Int] = []
    ends.reserveCapacity(header.commits.count)
    var end = 0
    try lines.withBytes { (bytes) throws(LogError) in
      for commit in header.commits {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[end...])
        guard let count = byteCount(ofLines: commit.eventCount, in: rest) else {
          throw damaged("there are fewer lines than events")
        }
        end += count
        ends.append(end)
      }
      guard end == bytes.count else { throw damaged("there are more lines than events") }
    }
    return ends
  }

  /// Computes the chain value and compares it with the one written.
  ///
  /// - Throws: ``LogError`` when they differ; nothing when the value before is not known.
  public func checkChain() throws(LogError) {
    guard let previousChain else { return }
    guard try foldChain(from: previousChain) == chain else {
      throw damaged("the lines do not give the chain value that was written")
    }
  }

  func damaged(_ reason: String) -> LogError {
    .damaged(segment: segment, offset: offset, ordinal: firstOrdinal, reason: reason)
  }
}

extension Frame {
  /// Calls `body` with all commits.
  func visitCommits(_ body: (CommitView) -> Void) throws(LogError) {
    do {
      try forEachCommit { commit in
        body(commit)
        return true
      }
    } catch { throw error as! LogError }
  }
}

/// One commit, only for the duration of the call it is given to.
public struct CommitView {
  /// The commit's place in the log.
  public let ordinal: Ordinal
  /// The tenant of all its lines.
  public let tenant: TenantID
  /// The position of the first line.
  public let firstPosition: Position
  /// The number of lines.
  public let eventCount: Int
  /// The segment's file name, for messages.
  public let segment: String
  /// Where the frame's header begins in the segment, in bytes, for messages.
  public let offset: Int
  /// The lines, each followed by a newline.
  public let bytes: UnsafeRawBufferPointer

  /// Calls `body` with each line, without its newline.
  public func forEachLine(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try eachLine(in: bytes, body)
  }
}

extension FoundFrame {
  /// Reads and decompresses the frame's lines.
  func load(with decompressor: Decompressor, checkingFrame: Bool) throws(LogError) -> Frame {
    func damaged(_ reason: String) -> LogError {
      .damaged(
        segment: segment.name, offset: offset, ordinal: header.firstOrdinal, reason: reason)
    }
    let compressed = try segment.bytes(at: frameOffset, count: header.frameByteCount)
    guard compressed.count == header.frameByteCount else {
      throw damaged("the file became shorter")
    }
    if checkingFrame {
      guard crc32c(compressed) == header.frameCRC else {
        throw damaged("the frame's checksum is wrong")
      }
    }
    var lines: [UInt8] = []
    do {
      try decompressor.decompress(frame: compressed, into: &lines, limit: header.lineByteCount)
    } catch { throw damaged(error.description) }
    guard lines.count == header.lineByteCount else { throw damaged("the lines are too short") }
    return Frame(
      segment: segment.name, offset: offset, lines: lines, previousChain: previousChain,
      header: header)
  }
}
