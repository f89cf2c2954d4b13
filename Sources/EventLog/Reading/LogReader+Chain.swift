// The chain value at any commit, from the headers around it: what says which history lies before
// it.

public import Cryptography
internal import EventSourcing

extension LogReader {
  /// The chain value of all commits before the next one; hashes at most one frame's lines.
  ///
  /// - Throws: ``LogError``.
  public func chain() throws(LogError) -> Digest {
    guard let frame = current else {
      if let chain = cursor.state.chain { return chain }
      return try chain(before: ordinal)
    }
    var previous = frame.previousChain
    if previous == nil { previous = try chain(before: frame.firstOrdinal) }
    guard let previous else { preconditionFailure("the chain has a value before every frame") }
    let count = Int(ordinal.value - frame.firstOrdinal.value)
    return count == 0 ? previous : try frame.foldChain(from: previous, to: count)
  }

  /// - Parameter end: where a frame begins, or the log ends.
  private func chain(before end: Ordinal) throws(LogError) -> Digest {
    let cursor = FrameCursor(folder: cursor.folder, fileSystem: cursor.fileSystem)
    let segments = try SegmentName.list(in: cursor.folder, of: cursor.fileSystem)
    guard end > .first, let start = segments.last(where: { $0 < end }) else { return .zero }
    try cursor.begin(atSegment: start)
    while cursor.state.ordinal < end, try cursor.next(checkingFrame: false) != nil {}
    guard cursor.state.ordinal == end, let chain = cursor.state.chain else {
      throw .noSuchOrdinal(ordinal: end, end: cursor.state.ordinal)
    }
    return chain
  }
}
