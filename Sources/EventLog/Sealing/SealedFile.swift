// Writes the sealed form of one segment beside it, reads it back, compares it with the segment
// commit by commit, and only then puts it in the segment's place. What must hold: at every
// moment the segment's name leads to one whole form of it or the other, with the same lines.

internal import Cryptography
internal import EventSourcing

/// The sealed form of one segment while it is made; one thread at a time.
final class SealedFile {
  private let folder: String
  private let fileSystem: any FileSystem
  private let configuration: EventLog.Configuration
  private let segment: Ordinal
  private let end: Ordinal
  private let chain: Digest
  private let shouldStop: @Sendable () -> Bool
  private var lineByteCount = 0
  private var byteCount = 0

  private var name: String { SegmentName.name(firstOrdinal: segment) }
  private var unfinishedName: String { name + SegmentName.unfinishedSuffix }

  /// - Parameters:
  ///   - end: the ordinal of the segment after it.
  ///   - chain: the value before the segment's first commit.
  ///   - shouldStop: called between blocks.
  init(
    of segment: Ordinal, end: Ordinal, chain: Digest, in folder: String,
    of fileSystem: any FileSystem, configuration: EventLog.Configuration,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.folder = folder
    self.fileSystem = fileSystem
    self.configuration = configuration
    self.segment = segment
    self.end = end
    self.chain = chain
    self.shouldStop = shouldStop
  }

  /// Writes the file, durably, and compares it with the segment.
  ///
  /// - Returns: `false` for a segment that cannot be sealed because it is too large; nothing is
  ///   left.
  /// - Throws: ``LogError/stopped`` once `shouldStop` answered `true`; then nothing is left,
  ///   either.
  func write() throws(LogError) -> Bool {
    do throws(LogError) {
      let chain = try writeUnfinished()
      if let chain { try compare(with: chain) } else { try remove() }
      return chain != nil
    } catch {
      // What cannot be removed now is removed at the next opening.
      try? remove()
      throw error
    }
  }

  /// Puts the file in the segment's place; the folder is still to be synced.
  ///
  /// - Returns: the lengths of both.
  func exchange() throws(LogError) -> SealingReport {
    let path = folder + "/" + name
    let before = try fileSystem.open(path, for: .reading).size()
    do throws(LogError) { try fileSystem.rename(folder + "/" + unfinishedName, to: path) } catch {
      // A renaming may have happened though it is said to have failed.
      guard (try? SegmentFile(segment, in: folder, of: fileSystem).isSealed(at: 0)) == true else {
        throw error
      }
    }
    return SealingReport(
      segment: name, lineByteCount: lineByteCount, byteCountBefore: before,
      byteCount: byteCount)
  }

  private func remove() throws(LogError) {
    try fileSystem.remove(folder + "/" + unfinishedName)
  }

  /// Removes what sealing left when it was interrupted.
  static func removeUnfinished(
    in folder: String, of fileSystem: any FileSystem
  ) throws(LogError) {
    for name in try fileSystem.names(in: folder)
    where name.hasSuffix(SegmentName.suffix + SegmentName.unfinishedSuffix) {
      try fileSystem.remove(folder + "/" + name)
    }
  }

  private func check() throws(LogError) { if shouldStop() { throw .stopped } }
}

extension SealedFile {
  /// - Returns: the chain value at the end; `nil` when the segment is too large.
  private func writeUnfinished() throws(LogError) -> Digest? {
    try remove()
    let records = SealedRecords(
      to: try fileSystem.open(folder + "/" + unfinishedName, for: .creating), from: segment,
      chain: chain, configuration, shouldStop: shouldStop)
    try forEachCommit { (commit) throws(LogError) in try records.add(commit) }
    guard try records.finish() else { return nil }
    // An interrupted sealing had the same name: after a power failure the renaming must not find
    // its file.
    try fileSystem.sync(folder: folder)
    (lineByteCount, byteCount) = (records.lineByteCount, records.byteCount)
    return records.chain
  }

  /// Reads the segment, checking every line against the chain.
  private func forEachCommit(
    _ body: (CommitView) throws(LogError) -> Void
  ) throws(LogError) {
    let reader = try LogReader(folder: folder, verifyingChain: true, fileSystem: fileSystem)
    try reader.begin(atSegment: segment, chain: chain)
    try reader.forEachCommit(below: end, body)
  }

  /// Compares every line and every number of the file with the segment.
  ///
  /// - Parameter expected: the chain value at the end.
  private func compare(with expected: Digest) throws(LogError) {
    let file = try SegmentFile(segment, in: folder, of: fileSystem, name: unfinishedName)
    let sealed = try LogReader(folder: folder, verifyingChain: true, fileSystem: fileSystem)
    sealed.begin(in: file, chain: chain)
    let original = try LogReader(folder: folder, fileSystem: fileSystem)
    try original.begin(atSegment: segment, chain: chain)
    while sealed.ordinal < end, let frame = try sealed.nextFrame() {
      try check()
      try compare(frame, with: original)
    }
    guard file.size == byteCount, try file.sealedSegment()?.chain == expected else {
      throw different(at: byteCount, end)
    }
  }

  private func compare(_ frame: Frame, with original: LogReader) throws(LogError) {
    var places: [(tenant: TenantID, position: Position, lines: Range<Int>)] = []
    try frame.visitCommits { commit in
      let start = places.last?.lines.upperBound ?? 0
      places.append((commit.tenant, commit.firstPosition, start..<start + commit.bytes.count))
    }
    var next = 0
    try frame.lines.withBytes { (lines) throws(LogError) in
      try original.forEachCommit(below: frame.header.endOrdinal) { (commit) throws(LogError) in
        guard next < places.count, commit.tenant == places[next].tenant,
          commit.firstPosition == places[next].position,
          areEqual(commit.bytes, lines[places[next].lines])
        else { throw different(at: frame.offset, commit.ordinal) }
        next += 1
      }
    }
    guard next == places.count else { throw different(at: frame.offset, frame.firstOrdinal) }
  }

  private func different(at offset: Int, _ ordinal: Ordinal) -> LogError {
    .damaged(
      segment: unfinishedName, offset: offset, ordinal: ordinal,
      reason: "what was just written reads back otherwise")
  }
}
