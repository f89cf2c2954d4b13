// Writes a log of its own from some of another one's commits, such as those of one tenant. What
// must hold: the same commits give the same bytes, because frames and segments end by the bytes of
// their lines and not by time; the log begins at commit 0 with a chain of its own, and every
// segment of it is sealed.

public import Cryptography
public import EventSourcing

/// Writes a new log whose segments are all sealed; one thread at a time.
///
/// ```swift
/// let writer = try SealedLogWriter(folder: "export/log")
/// try reader.forEachCommit(upTo: nil) { commit in
///   if commit.tenant == tenant { try writer.append(commit) }
///   return true
/// }
/// try writer.finish()
/// ```
public final class SealedLogWriter {
  private let folder: String
  private let configuration: EventLog.Configuration
  private let fileSystem: any FileSystem
  private var segment: SealedRecords?
  private var nextPositions: [TenantID: Position] = [:]
  /// The place of the next commit, so the number of those that were appended.
  public private(set) var ordinal = Ordinal.first
  /// The chain value after the last commit.
  public private(set) var chain = Digest.zero

  /// - Parameters:
  ///   - folder: it is made; it must not have a log.
  ///   - configuration: how large segments and frames are, and how they are compressed.
  /// - Throws: ``LogError``.
  public convenience init(
    folder: String, configuration: EventLog.Configuration = EventLog.Configuration()
  ) throws(LogError) {
    try self.init(folder: folder, configuration: configuration, fileSystem: RealFileSystem())
  }

  package init(
    folder: String, configuration: EventLog.Configuration, fileSystem: any FileSystem
  ) throws(LogError) {
    self.folder = folder
    self.configuration = configuration
    self.fileSystem = fileSystem
    try fileSystem.createFolder(folder)
    if let first = try SegmentName.list(in: folder, of: fileSystem).first {
      throw .unexpectedFile(name: SegmentName.name(firstOrdinal: first))
    }
  }

  /// Adds a commit with the lines and positions that it has.
  ///
  /// - Throws: ``LogError/positionGap(tenant:expected:given:)`` for one that does not continue its
  ///   tenant's history; other ``LogError``s after which the writer must not be used again.
  public func append(_ commit: CommitView) throws(LogError) {
    let expected = nextPositions[commit.tenant] ?? .first
    guard commit.firstPosition == expected else {
      throw .positionGap(
        tenant: commit.tenant, expected: expected, given: commit.firstPosition)
    }
    let current = try openSegment()
    try current.add(commit)
    nextPositions[commit.tenant] = expected.advanced(by: commit.eventCount)
    (ordinal, chain) = (current.ordinal, current.chain)
    if current.lineByteCount >= configuration.segmentLineByteCount { try end() }
  }

  /// Ends the last segment; the log is durable when this returns.
  ///
  /// - Throws: ``LogError``.
  public func finish() throws(LogError) {
    try end()
    try fileSystem.sync(folder: folder)
  }

  /// The segment that takes the next commit; a new one after the last was ended.
  private func openSegment() throws(LogError) -> SealedRecords {
    if let segment { return segment }
    let path = folder + "/" + SegmentName.name(firstOrdinal: ordinal)
    let new = SealedRecords(
      to: try fileSystem.open(path, for: .creating), from: ordinal, chain: chain, configuration)
    segment = new
    return new
  }

  private func end() throws(LogError) {
    guard let current = segment else { return }
    // A segment ends at 64 MiB of lines, far below what a mark can sum up.
    let isWhole = try current.finish()
    precondition(isWhole, "a segment of \(current.lineByteCount) bytes has no mark")
    segment = nil
  }
}
