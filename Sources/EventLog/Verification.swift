// The full check of a folder: every checksum, every line, every chain value.

public import Cryptography

/// What a full check found.
public struct VerificationReport: Equatable, Sendable {
  public var frames = 0
  public var commits = 0
  public var events = 0
  /// The lines' length with newlines.
  public var lineByteCount = 0
  /// The chain value after the last commit.
  public var chain = Digest.zero
  /// Bytes of a write that did not finish; they were never acknowledged.
  public var tornTail: TornTail?
}

extension LogReader {
  /// Reads everything once and checks all of it, on all cores.
  ///
  /// - Parameter progress: told how many events are done, now and then.
  /// - Throws: ``LogError`` at the first damage.
  public static func verify(
    folder: String, progress: (Int) -> Void = { _ in }
  ) throws(LogError) -> VerificationReport {
    try verify(folder: folder, fileSystem: RealFileSystem(), progress: progress)
  }

  static func verify(
    folder: String, fileSystem: any FileSystem, progress: (Int) -> Void = { _ in }
  ) throws(LogError) -> VerificationReport {
    let reader = try LogReader(folder: folder, fileSystem: fileSystem)
    var report = VerificationReport()
    do {
      try reader.forEachBatch(byteCount: 8 << 20, measuredBy: \.byteCount) { batch in
        for (frame, result) in zip(batch, batch.opened({ try $0.checkChain() })) {
          try result.get()
          report.frames += 1
          report.commits += frame.commitCount
          report.events += frame.eventCount
          report.lineByteCount += frame.lineByteCount
          report.chain = frame.chain
        }
        progress(report.events)
      }
    } catch { throw error as! LogError }
    report.tornTail = reader.tornTail
    return report
  }

  /// Hands out all frames from here on, many at a time.
  ///
  /// - Parameter byteCount: a batch is full when its frames have so many bytes together.
  /// - Throws: what `body` throws, and ``LogError`` for damage after all that is before it was handed
  ///   out, so that the first damage in the log is the one that is told.
  public func forEachBatch(
    byteCount: Int, measuredBy size: (CompressedFrame) -> Int,
    _ body: ([CompressedFrame]) throws -> Void
  ) throws {
    var isAtEnd = false
    while !isAtEnd {
      var batch: [CompressedFrame] = []
      var sum = 0
      var damage: LogError?
      do throws(LogError) {
        while sum < byteCount {
          guard let frame = try nextCompressedFrame() else {
            isAtEnd = true
            break
          }
          batch.append(frame)
          sum += size(frame)
        }
      } catch { damage = error }
      try body(batch)
      if let damage { throw damage }
    }
  }
}
