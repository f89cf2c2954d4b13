// Frames for random access: read, checked, decompressed and taken apart once, then kept for a while.

internal import EventSourcing
internal import Zstandard

/// A frame whose lines can be found by tenant and position.
final class DecodedFrame: Sendable {
  private let frame: Frame
  /// Where each line begins, and where the last ends.
  private let starts: [Int]
  /// For each tenant the line numbers of its events.
  private let lineNumbers: [TenantID: (first: Position, numbers: [Int])]

  init(_ frame: Frame) throws(LogError) {
    self.frame = frame
    var starts = [0]
    starts.reserveCapacity(frame.eventCount + 1)
    frame.lines.withBytes { eachLine(in: $0) { starts.append(starts.last! + $0.count + 1) } }
    guard starts.count == frame.eventCount + 1 else {
      throw frame.damaged("there are not as many lines as events")
    }
    self.starts = starts
    var numbers = [[Int]](repeating: [], count: frame.header.tenants.count)
    var next = 0
    for commit in frame.header.commits {
      numbers[commit.tenant].append(contentsOf: next..<next + commit.eventCount)
      next += commit.eventCount
    }
    lineNumbers = Dictionary(
      uniqueKeysWithValues: zip(frame.header.tenants, numbers).map {
        ($0.name, (first: $0.firstPosition, numbers: $1))
      })
  }

  var byteCount: Int { frame.lines.count + starts.count * 16 }

  /// The event's line without its newline, only for the duration of `body`.
  func withLine<R>(
    at position: Position, of tenant: TenantID, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    guard let (first, numbers) = lineNumbers[tenant], position >= first,
      position.value - first.value < numbers.count
    else { throw LogError.noSuchPosition(tenant: tenant, position: position) }
    let number = numbers[Int(position.value - first.value)]
    return try frame.lines.withBytes { bytes in
      try body(UnsafeRawBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1] - 1]))
    }
  }
}

/// Loads frames by place.
final class FrameStore: Sendable {
  private struct State {
    let decompressor = Decompressor()
    var segments: [Ordinal: SegmentFile] = [:]
    var frames: [FramePlace: DecodedFrame] = [:]
    /// Oldest first.
    var order: [FramePlace] = []
    var byteCount = 0
  }

  private let folder: String
  private let fileSystem: any FileSystem
  private let state = Monitor(State())

  private static let cachedByteCount = 32 << 20
  private static let openSegmentCount = 64

  init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  func frame(at place: FramePlace) throws(LogError) -> DecodedFrame {
    try state.withLock { (state) throws(LogError) in
      if let frame = state.frames[place] { return frame }
      let frame = try load(place, &state)
      state.frames[place] = frame
      state.order.append(place)
      state.byteCount += frame.byteCount
      while state.byteCount > FrameStore.cachedByteCount && state.order.count > 1 {
        let oldest = state.order.removeFirst()
        state.byteCount -= state.frames.removeValue(forKey: oldest)?.byteCount ?? 0
      }
      return frame
    }
  }

  private func load(_ place: FramePlace, _ state: inout State) throws(LogError) -> DecodedFrame {
    if state.segments[place.segment] == nil {
      if state.segments.count >= FrameStore.openSegmentCount { state.segments = [:] }
      state.segments[place.segment] = try SegmentFile(
        place.segment, in: folder, of: fileSystem, windowByteCount: 1 << 14)
    }
    let segment = state.segments[place.segment]!
    if place.offset >= segment.size { try segment.refresh() }
    guard
      case .whole(let header, let headerByteCount) = try segment.record(
        at: place.offset, checkingFrame: true)
    else {
      throw .damaged(
        segment: segment.name, offset: place.offset, ordinal: place.firstOrdinal,
        reason: "the frame changed after it was opened")
    }
    let found = FoundFrame(
      header: header, segment: segment, offset: place.offset, headerByteCount: headerByteCount)
    return try DecodedFrame(found.load(with: state.decompressor, checkingFrame: false))
  }
}
