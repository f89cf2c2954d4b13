// Frames as they lie on the disk, so that several threads can decompress and check them side by
// side.

public import Cryptography
internal import EventSourcing
internal import Zstandard

/// The commits that were written together, with the frame's checksum checked and nothing else.
public struct CompressedFrame: Sendable {
  let header: FrameHeader
  /// The segment's file name.
  let segment: String
  /// Where the frame's header begins, in bytes.
  let offset: Int
  let bytes: [UInt8]
  /// The chain value before the first commit; `nil` when the frame before was not looked at.
  let previousChain: Digest?

  /// On the disk, without the header.
  public var byteCount: Int { bytes.count }
  /// The number of commits inside.
  public var commitCount: Int { header.commits.count }
  /// The number of lines inside.
  public var eventCount: Int { header.eventCount }
  /// The lines' length with newlines, once decompressed.
  public var lineByteCount: Int { header.lineByteCount }
  /// The chain value after the last commit, as it was written.
  public var chain: Digest { header.chain }
}

/// Decompresses frame after frame into the same memory; one thread at a time.
public final class FrameOpener {
  private let decompressor = Decompressor()
  private var lines: [UInt8] = []

  /// Makes an opener with memory of its own.
  public init() {}

  /// Gives a frame to `body`, which should not keep it.
  ///
  /// - Throws: ``LogError`` for damage, and what `body` throws.
  public func open<R>(_ frame: CompressedFrame, _ body: (Frame) throws -> R) throws -> R {
    func damaged(_ reason: String) -> LogError {
      .damaged(
        segment: frame.segment, offset: frame.offset, ordinal: frame.header.firstOrdinal,
        reason: reason)
    }
    do throws(ZstandardError) {
      try frame.bytes.withBytes { (bytes) throws(ZstandardError) in
        try decompressor.decompress(frame: bytes, over: &lines, limit: frame.lineByteCount)
      }
    } catch { throw damaged(error.description) }
    guard lines.count == frame.lineByteCount else { throw damaged("the lines are too short") }
    return try body(
      Frame(
        segment: frame.segment, offset: frame.offset, lines: lines,
        previousChain: frame.previousChain, header: frame.header))
  }
}

extension FoundFrame {
  /// Copies the frame out of its segment.
  func compressed() throws(LogError) -> CompressedFrame {
    let bytes = try segment.bytes(at: frameOffset, count: header.frameByteCount)
    guard bytes.count == header.frameByteCount else {
      throw .damaged(
        segment: segment.name, offset: offset, ordinal: header.firstOrdinal,
        reason: "the file became shorter")
    }
    return CompressedFrame(
      header: header, segment: segment.name, offset: offset, bytes: Array(bytes),
      previousChain: previousChain)
  }
}
