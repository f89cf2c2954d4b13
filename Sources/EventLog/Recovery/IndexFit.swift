// Whether an index describes a beginning of a log: it reaches no further, and where it ends the log
// has the same chain value, which covers every line before.

internal import Cryptography
internal import EventSourcing
internal import Zstandard

extension FrameDirectory {
  /// Why an index cannot describe a beginning of this log; `nil` when it does.
  ///
  /// - Parameters:
  ///   - end: every commit below is in the index.
  ///   - chain: the log's chain value there, as the index has it.
  ///   - logEnd: where the log ends.
  func mismatch(
    ofIndexAt end: Ordinal, chain: Digest, logEnd: Ordinal
  ) throws(LogError) -> String? {
    guard end <= logEnd else { return "it reaches to commit \(end), the log only to \(logEnd)" }
    let reason = "it describes another history"
    guard end > .first else { return chain == .zero ? nil : reason }
    return try self.chain(at: end) == chain ? nil : reason
  }

  /// The log's chain value before a commit, which must not be the first.
  private func chain(at end: Ordinal) throws(LogError) -> Digest? {
    let last = Ordinal(end.value - 1)
    guard let place = try place(of: last) else { return nil }
    let cursor = FrameCursor(folder: folder, fileSystem: fileSystem)
    let segment = try SegmentFile(place.segment, in: folder, of: fileSystem)
    guard case .whole(let header, _) = try segment.record(at: place.offset, checkingFrame: false)
    else { return nil }
    if header.endOrdinal == end { return header.chain }
    // Sealing put later commits into the same frame.
    cursor.begin(in: segment, chain: chain(before: place.segment))
    while let found = try cursor.next(checkingFrame: false) {
      guard found.header.endOrdinal > last else { continue }
      let frame = try found.load(with: Decompressor(), checkingFrame: true)
      return try frame.foldChain(
        from: found.previousChain ?? .zero, to: Int(end.value - found.header.firstOrdinal.value))
    }
    return nil
  }
}
