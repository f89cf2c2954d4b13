// The full check of a folder: every checksum, every line, every chain value.

public import Cryptography

/// What a full check found.
public struct VerificationReport: Equatable, Sendable {
  /// Frames, marks not counted.
  public var frames = 0
  public var lineByteCount = 0
  /// Of all tenants.
  public var commits = 0
  /// Of all tenants.
  public var events = 0
  /// The chain value after the last commit.
  public var chain = Digest.zero
  /// Bytes of a write that did not finish; they were never acknowledged.
  public var tornTail: TornTail?
}

extension LogReader {
  /// Reads everything once and checks all of it, on all cores.
  ///
  /// - Parameters:
  ///   - folder: the log's folder.
  ///   - progress: called with the number of events checked so far.
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
      try reader.forEachFrame {
        try $0.checkChain()
      } inOrder: { frame, _ in
        report.frames += 1
        report.commits += frame.commitCount
        report.events += frame.eventCount
        report.lineByteCount += frame.lineByteCount
        report.chain = frame.chain
        progress(report.events)
      }
    } catch { throw error as! LogError }
    report.tornTail = reader.tornTail
    return report
  }
}
