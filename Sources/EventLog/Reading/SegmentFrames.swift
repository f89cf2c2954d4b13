// The frames of one segment. Where each begins is little and stays in memory once it was read;
// which tenants' events are in each is much, and is dropped again for a full segment.

internal import Cryptography
internal import EventSourcing

/// Where the frames of a segment begin.
struct FrameOffsets: Sendable {
  struct Frame: Sendable {
    var firstOrdinal: Ordinal
    var offset: Int
  }

  private(set) var frames: [Frame] = []

  mutating func add(_ firstOrdinal: Ordinal, at offset: Int) {
    frames.append(Frame(firstOrdinal: firstOrdinal, offset: offset))
  }

  /// The frame that holds a commit, which must be in this segment.
  func frame(of ordinal: Ordinal) -> Frame? {
    let index = firstIndex(in: frames.count) { frames[$0].firstOrdinal > ordinal } - 1
    return index < 0 ? nil : frames[index]
  }
}

/// For each tenant the frames of a segment that hold some of its events.
struct SegmentRuns: Sendable {
  private struct Run {
    var firstPosition: Position
    /// The frame's number in the segment.
    var frame: UInt32
  }

  private var runs: [TenantID: [Run]] = [:]
  private(set) var count = 0
  private var frameCount: UInt32 = 0

  mutating func add(_ tenants: [FrameHeader.Tenant]) {
    for tenant in tenants {
      runs[tenant.name, default: []].append(
        Run(firstPosition: tenant.firstPosition, frame: frameCount))
    }
    count += tenants.count + 1
    frameCount += 1
  }

  /// The number of the frame that holds a tenant's event, which must be in this segment.
  func frame(of position: Position, in tenant: TenantID) -> Int? {
    guard let runs = runs[tenant] else { return nil }
    let index = firstIndex(in: runs.count) { runs[$0].firstPosition > position } - 1
    return index < 0 ? nil : Int(runs[index].frame)
  }
}

extension SegmentFile {
  /// Looks from header to header for where the frames begin.
  ///
  /// - Returns: `nil` when the segment is not sealed as expected, because it was sealed since.
  func frameOffsets(isSealed: Bool) throws(LogError) -> FrameOffsets? {
    var offsets = FrameOffsets()
    var offset = 0
    while offset < size {
      guard let fixed = FixedHeader(try bytes(at: offset, count: FrameHeader.fixedByteCount)) else {
        throw .damaged(
          segment: name, offset: offset, ordinal: firstOrdinal,
          reason: "the headers changed after the segment was opened")
      }
      guard try fits(fixed, isSealed, at: offset) else { return nil }
      if fixed.frameByteCount > 0 { offsets.add(fixed.firstOrdinal, at: offset) }
      offset += fixed.recordByteCount
    }
    return offsets
  }

  private func fits(
    _ header: FixedHeader, _ isSealed: Bool, at offset: Int
  ) throws(LogError) -> Bool {
    guard header.isSealed != isSealed else { return true }
    // It is sealed in one step, and never the other way.
    guard offset == 0 && !isSealed else {
      throw .damaged(
        segment: name, offset: offset, ordinal: header.firstOrdinal,
        reason: "the segment was sealed, and is not any more")
    }
    return false
  }
}

extension SegmentRuns {
  /// Reads the headers of a full segment.
  ///
  /// - Returns: `nil` when the segment is not sealed as expected, because it was sealed since.
  init?(
    of segment: Ordinal, isSealed: Bool, chain: Digest, in folder: String,
    _ fileSystem: any FileSystem
  ) throws(LogError) {
    let file = try SegmentFile(segment, in: folder, of: fileSystem, windowByteCount: 1 << 16)
    guard try file.isSealed(at: 0) == isSealed || isSealed else { return nil }
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    cursor.begin(in: file, chain: chain)
    while cursor.offset < file.size, let found = try cursor.next(checkingFrame: false) {
      guard found.header.isSealed == isSealed else {
        throw .damaged(
          segment: file.name, offset: found.offset, ordinal: found.header.firstOrdinal,
          reason: "the segment was sealed, and is not any more")
      }
      if !found.header.isMark { add(found.header.tenants) }
    }
  }
}
