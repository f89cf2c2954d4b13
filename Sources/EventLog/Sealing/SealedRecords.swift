// Writes the records of one sealed segment: frames of a fixed size at a high level of compression,
// and the mark that sums them up. What must hold: the same commits give the same bytes.

internal import Cryptography
internal import EventSourcing

/// A sealed segment while it is written; one thread at a time.
final class SealedRecords {
  private let file: any File
  private let frameLineByteCount: Int
  private let builder: FrameBuilder
  private let shouldStop: @Sendable () -> Bool
  private(set) var total = SegmentTotal()
  /// Of the records so far.
  private(set) var byteCount = 0

  /// - Parameters:
  ///   - file: an empty one.
  ///   - ordinal: of the segment's first commit.
  ///   - chain: the value before it.
  ///   - shouldStop: called between blocks.
  init(
    to file: any File, from ordinal: Ordinal, chain: Digest,
    _ configuration: EventLog.Configuration,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.file = file
    self.shouldStop = shouldStop
    frameLineByteCount = configuration.sealedFrameLineByteCount
    builder = FrameBuilder(
      effort: configuration.sealedEffort, isSealed: true, ordinal: ordinal, chain: chain)
  }

  /// The next commit.
  var ordinal: Ordinal { builder.ordinal }
  /// The value after the last commit.
  var chain: Digest { builder.chain }
  /// The bytes of all lines that were added.
  var lineByteCount: Int { total.lineByteCount + builder.lineByteCount }

  /// - Throws: ``LogError/stopped`` once `shouldStop` answered `true`.
  func add(_ commit: CommitView) throws(LogError) {
    if builder.lineByteCount + commit.bytes.count > frameLineByteCount { try writeFrame() }
    builder.add(
      tenant: commit.tenant, firstPosition: commit.firstPosition, eventCount: commit.eventCount,
      lines: commit.bytes)
  }

  /// Ends the segment; the file is durable and read-only when this returns, and its folder is still
  /// to be synced.
  ///
  /// - Returns: `false` for a segment that is too large for a mark; then it has none.
  func finish() throws(LogError) -> Bool {
    try writeFrame()
    guard total.fitsIntoMark else { return false }
    try write(total.mark(at: ordinal, chain: chain).encoded(at: byteCount))
    try file.makeReadOnly()
    try file.sync()
    return true
  }

  private func writeFrame() throws(LogError) {
    guard builder.lineByteCount > 0 else { return }
    guard let (header, bytes) = builder.record(offset: byteCount, unless: shouldStop) else {
      throw .stopped
    }
    _ = total.follow(header)
    try write(bytes)
  }

  private func write(_ bytes: [UInt8]) throws(LogError) {
    try bytes.withBytes { (bytes) throws(LogError) in try file.write(bytes, at: byteCount) }
    byteCount += bytes.count
  }
}
