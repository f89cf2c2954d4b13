// Frames for random access: read, checked, decompressed and taken apart once, then kept for a
// while.

internal import EventSourcing
internal import Threading
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

  func holds(_ position: Position, of tenant: TenantID) -> Bool {
    guard let (first, numbers) = lineNumbers[tenant] else { return false }
    return position >= first && position.value - first.value < numbers.count
  }

  /// The positions of the commit that holds an event, in order.
  func commit(of position: Position, in tenant: TenantID) -> [Position]? {
    guard let index = frame.header.tenants.firstIndex(where: { $0.name == tenant }) else {
      return nil
    }
    var first = frame.header.tenants[index].firstPosition
    for commit in frame.header.commits where commit.tenant == index {
      if position >= first, position < first.advanced(by: commit.eventCount) {
        return (0..<commit.eventCount).map { first.advanced(by: $0) }
      }
      first = first.advanced(by: commit.eventCount)
    }
    return nil
  }

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
    var segments: [SegmentForm: SegmentFile] = [:]
    var frames: [FramePlace: DecodedFrame] = [:]
    /// Oldest first.
    var order: [FramePlace] = []
    var byteCount = 0
  }

  /// A segment before or after sealing.
  private struct SegmentForm: Hashable {
    var firstOrdinal: Ordinal
    var isSealed: Bool
  }

  private let folder: String
  private let fileSystem: any FileSystem
  private let state = Monitor(State())

  private static let cachedByteCount = 32 << 20
  static let openSegmentCount = 64

  init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  /// - Returns: `nil` when the segment was sealed after the place was looked up.
  func frame(at place: FramePlace) throws(LogError) -> DecodedFrame? {
    try state.withLock { (state) throws(LogError) in
      if let frame = state.frames[place] { return frame }
      guard let frame = try load(place, &state) else { return nil }
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

  /// Closes a segment that is sealed now; what was read of it stays for a while.
  func close(_ segment: Ordinal) {
    state.withLock {
      _ = $0.segments.removeValue(forKey: SegmentForm(firstOrdinal: segment, isSealed: false))
    }
  }

  private func load(_ place: FramePlace, _ state: inout State) throws(LogError) -> DecodedFrame? {
    guard let segment = try segment(of: place, &state) else { return nil }
    var whole = try segment.wholeRecord(at: place)
    if whole == nil {
      // Something before it was read while it was being written, and half of it was seen.
      try segment.refresh()
      whole = try segment.wholeRecord(at: place)
    }
    guard let (header, headerByteCount) = whole else {
      throw .damaged(
        segment: segment.name, offset: place.offset, ordinal: place.firstOrdinal,
        reason: "the frame changed after it was opened")
    }
    let found = FoundFrame(
      header: header, segment: segment, offset: place.offset, headerByteCount: headerByteCount)
    return try DecodedFrame(found.load(with: state.decompressor, checkingFrame: false))
  }

  private func segment(
    of place: FramePlace, _ state: inout State
  ) throws(LogError) -> SegmentFile? {
    let form = SegmentForm(firstOrdinal: place.segment, isSealed: place.isSealed)
    if let segment = state.segments[form] { return segment }
    let segment = try SegmentFile(
      place.segment, in: folder, of: fileSystem, windowByteCount: 1 << 14)
    let isSealed = try segment.isSealed(at: 0)
    if isSealed && !place.isSealed { return nil }
    if state.segments.count >= FrameStore.openSegmentCount { state.segments = [:] }
    state.segments[form] = segment
    return segment
  }
}

extension SegmentFile {
  fileprivate func wholeRecord(
    at place: FramePlace
  ) throws(LogError) -> (header: FrameHeader, headerByteCount: Int)? {
    guard place.offset < size,
      case .whole(let header, let count) = try record(at: place.offset, checkingFrame: true),
      header.firstOrdinal == place.firstOrdinal
    else { return nil }
    return (header, count)
  }
}
