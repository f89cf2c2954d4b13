// Merging runs: of a stream all runs of events are joined, of a command the first outcome stays, of
// a snapshot the newest.

internal import EventSourcing

/// Merges runs into one, a step at a time.
final class IndexMerge {
  /// The oldest first.
  let sources: [IndexRunReader]
  let target: IndexRunWriter
  private var hasBegun = false
  private var value: [UInt8] = []

  init(sources: [IndexRunReader], into target: IndexRunWriter) {
    self.sources = sources
    self.target = target
  }

  /// Writes about `blockCount` blocks.
  ///
  /// - Returns: whether all entries are written; then the run is to be finished.
  func step(blockCount: Int) throws -> Bool {
    if !hasBegun {
      for source in sources { try source.advance() }
      hasBegun = true
    }
    let end = target.number + blockCount
    while target.number < end {
      guard let key = sources.compactMap(\.current?.key).min() else { return true }
      let holders = sources.filter { $0.current?.key == key }
      if holders.count == 1 {
        try target.add(key, holders[0].current!.value)
      } else {
        value.removeAll(keepingCapacity: true)
        try join(holders.map { $0.current!.value }, of: key)
        try value.withBytes { try target.add(key, $0) }
      }
      for holder in holders { try holder.advance() }
    }
    return false
  }

  private func join(_ values: [UnsafeRawBufferPointer], of key: IndexKey) throws {
    switch key.kind {
    case .stream:
      var writer = StreamValueWriter()
      for part in values { try EventRun.forEach(in: part) { writer.add($0) } }
      value = writer.bytes
    case .command: value.append(contentsOf: values.first!)
    case .snapshot: value.append(contentsOf: values.last!)
    case nil: throw IndexDamage(reason: "a key of no kind")
    }
  }
}
