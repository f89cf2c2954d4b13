// The content of one segment's file, with every byte of it checked.

internal import Cryptography
internal import EventSourcing

/// The whole records of a segment.
struct SegmentContent {
  let file: SegmentFile
  /// The chain value before the first commit.
  private let previousChain: Digest
  private let folder: String
  private let fileSystem: any FileSystem
  private(set) var isSealed = false
  /// The next commit after them.
  private(set) var end: Ordinal
  /// The chain value after the last commit.
  private(set) var chain: Digest
  /// Where the last whole record ends.
  private(set) var byteCount = 0

  /// - Parameter chain: the value before the segment.
  init(
    of file: SegmentFile, chain: Digest, in folder: String, _ fileSystem: any FileSystem
  ) throws(LogError) {
    self.file = file
    self.folder = folder
    self.fileSystem = fileSystem
    self.chain = chain
    previousChain = chain
    end = file.firstOrdinal
    isSealed = try file.isSealed(at: 0)
    let reader = try LogReader(folder: folder, verifyingChain: true, fileSystem: fileSystem)
    reader.begin(in: file, chain: chain)
    while let frame = try reader.nextFrameInSegment() {
      end = frame.header.endOrdinal
      self.chain = frame.chain
    }
    byteCount = reader.offset
  }

  /// Whether these records begin with all commits of `other`, which begins where they begin.
  func continues(_ other: SegmentContent) throws(LogError) -> Bool {
    guard other.end <= end else { return false }
    if other.end == end { return other.chain == chain }
    if other.end == file.firstOrdinal { return true }
    let reader = try LogReader(folder: folder, fileSystem: fileSystem)
    reader.begin(in: file, chain: previousChain)
    while let frame = try reader.nextFrameInSegment() {
      guard frame.header.endOrdinal >= other.end else { continue }
      let count = Int(other.end.value - frame.firstOrdinal.value)
      return try frame.foldChain(from: frame.previousChain ?? .zero, to: count) == other.chain
    }
    return false
  }
}
