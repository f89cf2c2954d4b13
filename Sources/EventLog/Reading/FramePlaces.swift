// Looking up places. Reading the headers of a full segment takes a while, so it happens outside the
// directory's lock; the writer never waits for it.

internal import Cryptography
internal import EventSourcing
internal import Threading

extension FrameDirectory {
  /// The frame that holds a tenant's event; `nil` past the end.
  func place(of position: Position, in tenant: TenantID) throws(LogError) -> FramePlace? {
    try place(
      needsRuns: true,
      segment: { state in
        guard let end = state.ends[tenant], position < end, let runs = state.runs[tenant] else {
          return nil
        }
        return runs[firstIndex(in: runs.count) { runs[$0].firstPosition > position } - 1].segment
      },
      frame: { entry in
        guard let offsets = entry.offsets,
          let number = entry.runs?.frame(of: position, in: tenant), number < offsets.frames.count
        else { return nil }
        return offsets.frames[number]
      })
  }

  /// The frame that holds a commit, which must be in the log; `nil` when the log is empty.
  func place(of ordinal: Ordinal) throws(LogError) -> FramePlace? {
    try place(
      needsRuns: false,
      segment: { state in
        let segments = state.segments
        let index = firstIndex(in: segments.count) { segments[$0].firstOrdinal > ordinal } - 1
        return index < 0 ? nil : index
      }, frame: { $0.offsets?.frame(of: ordinal) })
  }

  private func place(
    needsRuns: Bool, segment: (State) -> Int?, frame: (Entry) -> FrameOffsets.Frame?
  ) throws(LogError) -> FramePlace? {
    func place(in entry: Entry) -> FramePlace? {
      frame(entry).map {
        FramePlace(
          firstOrdinal: $0.firstOrdinal, segment: entry.firstOrdinal, offset: $0.offset,
          isSealed: entry.isSealed)
      }
    }
    while true {
      let result = state.withLock { state -> (place: FramePlace?, missing: Entry?) in
        guard let index = segment(state) else { return (nil, nil) }
        state.useCount += 1
        state.segments[index].lastUse = state.useCount
        let entry = state.segments[index]
        let isKnown = entry.offsets != nil && (entry.runs != nil || !needsRuns)
        return isKnown ? (place(in: entry), nil) : (nil, entry)
      }
      guard let entry = result.missing else { return result.place }
      // Only a segment that was sealed meanwhile has to be looked up again.
      if let loaded = try load(entry, withRuns: needsRuns) { return place(in: loaded) }
    }
  }

  /// Reads the headers of a full segment.
  ///
  /// - Returns: `nil` when the segment was sealed since.
  private func load(_ entry: Entry, withRuns: Bool) throws(LogError) -> Entry? {
    var entry = entry
    if entry.offsets == nil {
      let file = try SegmentFile(
        entry.firstOrdinal, in: folder, of: fileSystem,
        windowByteCount: entry.isSealed ? FrameHeader.fixedByteCount : 1 << 18)
      entry.offsets = try file.frameOffsets(isSealed: entry.isSealed)
    }
    if withRuns && entry.runs == nil {
      entry.runs = try SegmentRuns(
        of: entry.firstOrdinal, isSealed: entry.isSealed, chain: entry.chain, in: folder, fileSystem
      )
    }
    guard entry.offsets != nil, entry.runs != nil || !withRuns else { return nil }
    state.withLock { state in
      guard let index = state.index(of: entry.firstOrdinal),
        state.segments[index].isSealed == entry.isSealed
      else { return }
      state.segments[index].offsets = entry.offsets
      if let runs = entry.runs { state.segments[index].runs = runs }
      state.forgetOldest(above: FrameDirectory.cachedRunCount, except: index)
    }
    return entry
  }
}

extension FrameDirectory.State {
  /// Drops the tenants' runs of the full segments that were looked up longest ago.
  mutating func forgetOldest(above limit: Int, except kept: Int) {
    var cached = segments.indices.dropLast().filter { segments[$0].runs != nil }
    var count = cached.reduce(0) { $0 + segments[$1].runs!.count }
    guard count > limit else { return }
    cached.sort { segments[$0].lastUse < segments[$1].lastUse }
    for index in cached where count > limit && index != kept {
      count -= segments[index].runs!.count
      segments[index].runs = nil
    }
  }
}
