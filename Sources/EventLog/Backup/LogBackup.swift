// A backup is a folder with the same segments, from which a log can be opened. What must hold, also
// after a crash in the middle: it is a beginning of the log, whole and undamaged. So files get
// their names one after another in the order of the history, and signed checkpoints, which were
// read before the segments, get theirs last: they cover no event that is not in the backup.

public import Cryptography
public import EventSourcing

/// What a run of a backup did.
public struct BackupReport: Equatable, Sendable {
  /// Segments that were there already, in the same form.
  public var keptSegments = 0
  /// Sealed segments that share their bytes with the log.
  public var linkedSegments = 0
  /// Segments whose bytes were copied.
  public var copiedSegments = 0
  /// The length of the copied segments.
  public var copiedByteCount = 0
  /// Checkpoints and tiles that were new or had changed.
  public var copiedFiles = 0
  /// The backup holds every commit below.
  public var end = Ordinal.first
  /// The chain value after the last commit.
  public var chain = Digest.zero
}

/// Copies a log, of a running service or a stopped one, into a backup.
public struct LogBackup {
  private let source: String
  private let fileSystem: any FileSystem
  private let placement: FilePlacement
  private var report = BackupReport()

  /// The folders beside the segments that belong to the log.
  static let folders = ["tiles", "checkpoints-by-day", "checkpoints"]

  /// Adds to a backup what it lacks; reads back and checks what was added.
  ///
  /// - Parameters:
  ///   - folder: the log's folder.
  ///   - backup: the backup's folder, made when it is missing; only one run at a time may use it.
  /// - Throws: ``LogError``, among them ``LogError/otherHistory(segment:ordinal:)``; then the
  ///   backup is still a beginning of the log, perhaps a longer one.
  public static func run(from folder: String, to backup: String) throws(LogError) -> BackupReport {
    try run(from: folder, to: backup, fileSystem: RealFileSystem())
  }

  package static func run(
    from folder: String, to backup: String, fileSystem: any FileSystem
  ) throws(LogError) -> BackupReport {
    var run = LogBackup(
      source: folder, fileSystem: fileSystem,
      placement: FilePlacement(folder: backup, fileSystem: fileSystem))
    try run.copyAll()
    return run.report
  }

  private mutating func copyAll() throws(LogError) {
    try fileSystem.createFolder(placement.folder)
    try placement.removeUnfinished()
    // All are read before the segments, which so hold what they say.
    let copies = try Self.folders.reversed().map { name throws(LogError) in
      try FolderCopy(of: name, in: source, fileSystem)
    }
    try copySegments()
    for files in copies.reversed() {
      report.copiedFiles += try files.write(to: placement.folder)
    }
  }

  private mutating func copySegments() throws(LogError) {
    let segments = try SegmentName.list(in: source, of: fileSystem)
    let present = try SegmentName.list(in: placement.folder, of: fileSystem)
    if let other = present.first(where: { !segments.contains($0) }) {
      throw .otherHistory(segment: SegmentName.name(firstOrdinal: other), ordinal: other)
    }
    for (index, segment) in segments.enumerated() {
      guard segment == report.end else {
        throw .missingSegment(
          expected: SegmentName.name(firstOrdinal: report.end),
          found: SegmentName.name(firstOrdinal: segment))
      }
      let next = index + 1 < segments.count ? segments[index + 1] : nil
      try copy(segment, next: next, isPresent: present.contains(segment))
    }
  }

  private mutating func copy(
    _ segment: Ordinal, next: Ordinal?, isPresent: Bool
  ) throws(LogError) {
    let original = try SegmentFile(segment, in: source, of: fileSystem)
    let sealed = try original.sealedSegment()
    var there: SegmentFile?
    if isPresent { there = try SegmentFile(segment, in: placement.folder, of: fileSystem) }
    if let sealed, let there, try isSame(there, as: original, sealed) {
      report.keptSegments += 1
      return advance(to: sealed.endOrdinal, sealed.chain)
    }
    let content = try SegmentContent(of: original, chain: report.chain, in: source, fileSystem)
    guard next == nil || content.end == next else {
      throw .damaged(
        segment: original.name, offset: content.byteCount, ordinal: content.end,
        reason: "the segment ends before the next begins")
    }
    if let there {
      let known = try SegmentContent(
        of: there, chain: report.chain, in: placement.folder, fileSystem)
      guard try content.continues(known) else {
        throw .otherHistory(segment: there.name, ordinal: known.end)
      }
      if known.byteCount == content.byteCount && known.isSealed == content.isSealed {
        report.keptSegments += 1
        return advance(to: known.end, known.chain)
      }
    }
    if content.byteCount > 0 { try place(content) }
    advance(to: content.end, content.chain)
  }

  private mutating func advance(to end: Ordinal, _ chain: Digest) {
    (report.end, report.chain) = (end, chain)
  }

  /// Whether a sealed segment needs no copying, because it is the same file or a copy of it.
  private func isSame(
    _ copy: SegmentFile, as original: SegmentFile, _ sealed: SealedSegment
  ) throws(LogError) -> Bool {
    if try copy.file.identity() == original.file.identity() { return true }
    guard copy.size == original.size, let found = try copy.sealedSegment() else { return false }
    return found.chain == sealed.chain && found.endOrdinal == sealed.endOrdinal
  }

  /// Links or copies a segment, reads it back and gives it its name.
  private mutating func place(_ content: SegmentContent) throws(LogError) {
    let file = content.file
    // The service may not have synced its last frame yet, nor is it certain that it will.
    if !content.isSealed { try file.file.sync() }
    var isLinked = false
    if content.isSealed {
      isLinked = try placement.link(source + "/" + file.name, as: file.name)
    }
    if isLinked {
      report.linkedSegments += 1
    } else {
      try placement.copy(
        file.file, byteCount: content.byteCount, as: file.name, isReadOnly: content.isSealed)
      report.copiedSegments += 1
      report.copiedByteCount += content.byteCount
    }
    let copy = try SegmentFile(
      file.firstOrdinal, in: placement.folder, of: fileSystem,
      name: placement.unfinishedName(of: file.name))
    let found = try SegmentContent(
      of: copy, chain: report.chain, in: placement.folder, fileSystem)
    guard found.end == content.end, found.chain == content.chain,
      found.byteCount == content.byteCount, copy.size == content.byteCount
    else {
      throw .damaged(
        segment: copy.name, offset: found.byteCount, ordinal: found.end,
        reason: "what was just copied reads back otherwise")
    }
    try placement.finish(file.name)
  }
}
