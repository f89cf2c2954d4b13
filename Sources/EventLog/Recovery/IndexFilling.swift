// Adds to an index what it lacks of a log, at opening, and beside a running log whose index was
// damaged.

internal import Cryptography
internal import EventSourcing
internal import LogIndex

extension IndexDatabase {
  /// More than while running, so that fewer runs have to be merged.
  private static let runWeight = 400_000

  /// Adds the commits that the index lacks, up to the end of the log or a commit before it.
  ///
  /// - Parameters:
  ///   - limit: the first commit to leave out, with the log's chain value there.
  ///   - isCancelled: whether a beginning is enough; called for each frame.
  func add(
    from reader: LogReader, upTo limit: (end: Ordinal, chain: Digest)? = nil,
    describe: EventLog.Describe, isCancelled: () -> Bool = { false }
  ) throws {
    let start = end
    try reader.seek(to: start)
    let keys = IndexKeys()
    var entries = IndexEntries()
    var isDone = limit.map { start >= $0.end } ?? false
    while !isDone, !isCancelled(), let frame = try reader.nextFrame() {
      try frame.forEachCommit { commit in
        if let limit, commit.ordinal >= limit.end { return false }
        if commit.ordinal >= start { entries.add(try commit.described(by: describe), using: keys) }
        return true
      }
      let frameEnd = frame.header.endOrdinal
      isDone = limit.map { frameEnd >= $0.end } ?? false
      if let limit, frameEnd > limit.end {
        // Sealing put later commits into the same frame.
        entries.reach(limit.end, chain: limit.chain)
      } else {
        entries.reach(frameEnd, chain: frame.chain)
      }
      if entries.weight >= Self.runWeight {
        try add(entries)
        entries = IndexEntries()
        while !isTidy { try tidy() }
      }
    }
    if !entries.isEmpty { try add(entries) }
  }
}

extension CommitView {
  /// - Throws: ``LogError/undescribable(segment:offset:ordinal:reason:)``.
  fileprivate func described(by describe: EventLog.Describe) throws(LogError) -> IndexedCommit {
    var streams: [StreamName] = []
    var command: CommandID?
    do {
      try forEachLine { line in
        let (stream, commandID) = try describe(line)
        streams.append(stream)
        command = command ?? commandID
      }
    } catch {
      throw .undescribable(
        segment: segment, offset: offset, ordinal: ordinal, reason: "\(error)")
    }
    return IndexedCommit(
      tenant: tenant, commandID: command!, ordinal: ordinal, firstPosition: firstPosition,
      streams: streams)
  }
}
