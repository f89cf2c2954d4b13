// Looking up places. Reading the headers of a sealed segment takes a while, so it happens outside the
// directory's lock; the writer never waits for it.

internal import Cryptography
internal import EventSourcing

extension FrameDirectory {
  /// The frame that holds a tenant's event; `nil` past the end.
  func place(of position: Position, in tenant: TenantID) throws(LogError) -> FramePlace? {
    try place(
      segment: { state in
        guard let end = state.ends[tenant], position < end, let runs = state.runs[tenant] else {
          return nil
        }
        return runs[firstIndex(in: runs.count) { runs[$0].firstPosition > position } - 1].segment
      }, frame: { $0.frame(of: position, in: tenant) })
  }

  /// The frame that holds a commit, which must be in the log; `nil` when the log is empty.
  func place(of ordinal: Ordinal) throws(LogError) -> FramePlace? {
    try place(
      segment: { state in
        let segments = state.segments
        let index = firstIndex(in: segments.count) { segments[$0].firstOrdinal > ordinal } - 1
        return index < 0 ? nil : index
      }, frame: { $0.frame(of: ordinal) })
  }

  private func place(
    segment: (State) -> Int?, frame: (SegmentFrames) -> (firstOrdinal: Ordinal, offset: Int)?
  ) throws(LogError) -> FramePlace? {
    func place(in entry: Entry, _ frames: SegmentFrames) -> FramePlace? {
      frame(frames).map {
        FramePlace(
          firstOrdinal: $0.firstOrdinal, segment: entry.firstOrdinal, offset: $0.offset,
          isSealed: entry.isSealed)
      }
    }
    let result = state.withLock { state -> (place: FramePlace?, missing: Entry?) in
      guard let index = segment(state) else { return (nil, nil) }
      state.useCount += 1
      state.segments[index].lastUse = state.useCount
      let entry = state.segments[index]
      return entry.frames.map { (place(in: entry, $0), nil) } ?? (nil, entry)
    }
    guard let entry = result.missing else { return result.place }
    return place(in: entry, try load(entry))
  }

  private func load(_ entry: Entry) throws(LogError) -> SegmentFrames {
    let frames = try SegmentFrames(
      ofSealed: entry.firstOrdinal, chain: entry.chain, in: folder, of: fileSystem)
    state.withLock { state in
      guard let index = state.index(of: entry.firstOrdinal) else { return }
      state.segments[index].frames = frames
      state.forgetOldest(above: FrameDirectory.cachedRunCount, except: index)
    }
    return frames
  }
}

extension FrameDirectory.State {
  /// Forgets the frames of sealed segments that were not asked for lately.
  mutating func forgetOldest(above limit: Int, except kept: Int) {
    func isCached(_ index: Int) -> Bool {
      segments[index].isSealed && segments[index].frames != nil
    }
    var cached = segments.indices.filter(isCached)
    var count = cached.reduce(0) { $0 + segments[$1].frames!.runCount }
    cached.sort { segments[$0].lastUse < segments[$1].lastUse }
    for index in cached where count > limit && index != kept {
      count -= segments[index].frames!.runCount
      segments[index].frames = nil
    }
  }
}
