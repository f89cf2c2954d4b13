// Which frame holds a commit or a position. In memory are, for every tenant, where its events begin
// in each segment, and all frames of the last segment. What full segments hold is read from their
// headers when a lookup needs it: where frames begin, which is enough to find a commit, and stays
// in memory; and which tenants are in each, which is dropped again when other segments are looked
// up.
//
// What must hold: a place that was handed out leads to its frame as long as the segment is not
// exchanged; after that the frame's store notices, and the place is looked up once more.

internal import Cryptography
internal import EventSourcing
internal import Threading

/// Where a frame's header begins.
struct FramePlace: Hashable, Sendable {
  var firstOrdinal: Ordinal
  var segment: Ordinal
  var offset: Int
  /// Whether the place is in the sealed form of its segment.
  var isSealed: Bool
}

/// The places of all frames.
final class FrameDirectory: Sendable {
  struct Entry: Sendable {
    var firstOrdinal: Ordinal
    /// The chain value before the first commit.
    var chain: Digest
    var isSealed: Bool
    /// Always there for the last segment, and so are ``runs``.
    var offsets: FrameOffsets?
    var runs: SegmentRuns?
    var lastUse = 0
  }

  struct Run: Sendable {
    var firstPosition: Position
    var segment: Int
  }

  struct State: Sendable {
    var segments: [Entry] = []
    /// For each tenant the segments that hold some of its events, in order.
    var runs: [TenantID: [Run]] = [:]
    var ends: [TenantID: Position] = [:]
    var chain = Digest.zero
    /// After the last commit of the last frame that was added.
    var end = Ordinal.first
    var useCount = 0
  }

  let folder: String
  let fileSystem: any FileSystem
  let state = Monitor(State())

  /// The most entries that the runs of full segments may have in memory, about 20 bytes each.
  static let cachedRunCount = 500_000

  init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  /// Adds a frame after all others.
  func add(_ header: FrameHeader, segment: Ordinal, offset: Int) {
    state.withLock { state in
      if state.segments.last?.firstOrdinal != segment {
        state.segments.append(
          Entry(
            firstOrdinal: segment, chain: state.chain, isSealed: false, offsets: FrameOffsets(),
            runs: SegmentRuns()))
        state.forgetOldest(above: FrameDirectory.cachedRunCount, except: -1)
      }
      let last = state.segments.count - 1
      state.segments[last].offsets!.add(header.firstOrdinal, at: offset)
      state.segments[last].runs!.add(header.tenants)
      for tenant in header.tenants { state.add(tenant, segment: last) }
      state.chain = header.chain
      state.end = header.endOrdinal
    }
  }

  /// Adds a full segment after all others.
  ///
  /// - Parameter offsets: where its frames begin if it is not sealed.
  func add(_ segment: SealedSegment, offsets: FrameOffsets? = nil) {
    state.withLock { state in
      state.segments.append(
        Entry(
          firstOrdinal: segment.firstOrdinal, chain: state.chain, isSealed: offsets == nil,
          offsets: offsets))
      for tenant in segment.tenants { state.add(tenant, segment: state.segments.count - 1) }
      state.chain = segment.chain
    }
  }

  /// The position after a tenant's last event.
  func end(of tenant: TenantID) -> Position { state.withLock { $0.ends[tenant] ?? .first } }

  /// The end of the log; known once a frame was added.
  var end: Ordinal { state.withLock { $0.end } }

  var tenants: [TenantID] { state.withLock { $0.ends.keys.sorted() } }

  /// The chain value before a segment.
  func chain(before segment: Ordinal) -> Digest? {
    state.withLock { state in
      state.index(of: segment).map { state.segments[$0].chain }
    }
  }

  /// A segment that has a successor and is not sealed.
  struct SealableSegment: Sendable {
    var firstOrdinal: Ordinal
    /// The first commit of the next segment.
    var end: Ordinal
    /// The chain value before the first commit.
    var chain: Digest
  }

  /// The first full segment from `start` on.
  func fullSegment(from start: Ordinal) -> SealableSegment? {
    state.withLock { state in
      let segments = state.segments
      let first = segments.indices.dropLast().first {
        segments[$0].firstOrdinal >= start && !segments[$0].isSealed
      }
      return first.map {
        SealableSegment(
          firstOrdinal: segments[$0].firstOrdinal, end: segments[$0 + 1].firstOrdinal,
          chain: segments[$0].chain)
      }
    }
  }

  /// Lets `body` put the sealed form of a segment in its place; meanwhile every lookup waits.
  func exchange<R>(
    _ segment: Ordinal, by body: () throws(LogError) -> R
  ) throws(LogError) -> R {
    try state.withLock { (state) throws(LogError) in
      let result = try body()
      if let index = state.index(of: segment) {
        state.segments[index].isSealed = true
        state.segments[index].offsets = nil
        state.segments[index].runs = nil
      }
      return result
    }
  }

  /// Adds everything that a folder holds; only headers are read.
  ///
  /// - Parameter known: what the index has of a full segment.
  /// - Returns: where the log ends.
  @discardableResult
  func scan(known: (Ordinal) -> FullSegment? = { _ in nil }) throws(LogError) -> Ordinal {
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    while true {
      if let segment = try cursor.passSealedSegment() {
        add(segment)
      } else if let segment = try cursor.passFullSegment(known) {
        add(segment.total, offsets: segment.offsets)
      } else if let found = try cursor.next(checkingFrame: false) {
        if found.header.isMark { continue }
        add(found.header, segment: found.segment.firstOrdinal, offset: found.offset)
      } else {
        return cursor.state.ordinal
      }
    }
  }
}

extension FrameDirectory.State {
  fileprivate mutating func add(_ tenant: FrameHeader.Tenant, segment: Int) {
    if runs[tenant.name]?.last?.segment != segment {
      runs[tenant.name, default: []].append(
        .init(firstPosition: tenant.firstPosition, segment: segment))
    }
    ends[tenant.name] = tenant.firstPosition.advanced(by: tenant.eventCount)
  }

  func index(of segment: Ordinal) -> Int? {
    let index = firstIndex(in: segments.count) { segments[$0].firstOrdinal > segment } - 1
    return index >= 0 && segments[index].firstOrdinal == segment ? index : nil
  }
}

/// The first index from which on a condition holds.
func firstIndex(in count: Int, where holds: (Int) -> Bool) -> Int {
  var low = 0
  var high = count
  while low < high {
    let middle = (low + high) / 2
    if holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
