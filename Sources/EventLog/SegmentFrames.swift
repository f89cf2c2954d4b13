// The frames of one segment, as its headers tell them.

internal import Cryptography
internal import EventSourcing

/// Which frame of a segment holds a commit or a position.
struct SegmentFrames: Sendable {
  private struct Frame {
    var firstOrdinal: Ordinal
    var offset: Int
  }

  private struct Run {
    var firstPosition: Position
    var frame: UInt32
  }

  private var frames: [Frame] = []
  /// For each tenant the frames that hold some of its events, in order.
  private var runs: [TenantID: [Run]] = [:]
  private(set) var runCount = 0

  init() {}

  mutating func add(_ header: FrameHeader, at offset: Int) {
    for tenant in header.tenants {
      runs[tenant.name, default: []].append(
        Run(firstPosition: tenant.firstPosition, frame: UInt32(frames.count)))
    }
    runCount += header.tenants.count + 1
    frames.append(Frame(firstOrdinal: header.firstOrdinal, offset: offset))
  }

  /// The frame that holds a tenant's event, which must be in this segment.
  func frame(of position: Position, in tenant: TenantID) -> (firstOrdinal: Ordinal, offset: Int)? {
    guard let runs = runs[tenant] else { return nil }
    let index = firstIndex(in: runs.count) { runs[$0].firstPosition > position } - 1
    return index < 0 ? nil : frame(Int(runs[index].frame))
  }

  /// The frame that holds a commit, which must be in this segment.
  func frame(of ordinal: Ordinal) -> (firstOrdinal: Ordinal, offset: Int)? {
    let index = firstIndex(in: frames.count) { frames[$0].firstOrdinal > ordinal } - 1
    return index < 0 ? nil : frame(index)
  }

  private func frame(_ index: Int) -> (firstOrdinal: Ordinal, offset: Int) {
    (frames[index].firstOrdinal, frames[index].offset)
  }
}

extension SegmentFrames {
  /// Reads the headers of a sealed segment.
  init(
    ofSealed segment: Ordinal, chain: Digest, in folder: String, of fileSystem: any FileSystem
  ) throws(LogError) {
    let file = try SegmentFile(segment, in: folder, of: fileSystem, windowByteCount: 1 << 16)
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    cursor.begin(in: file, chain: chain)
    while cursor.offset < file.size, let found = try cursor.next(checkingFrame: false) {
      guard found.header.isSealed else {
        throw .damaged(
          segment: file.name, offset: found.offset, ordinal: found.header.firstOrdinal,
          reason: "the segment was sealed, and is not any more")
      }
      if !found.header.isMark { add(found.header, at: found.offset) }
    }
  }
}
