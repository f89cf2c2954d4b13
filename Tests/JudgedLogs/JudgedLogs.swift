// Logs that tests leave behind are judged by tools/verify-log, which shares no code with them:
// tools/test names a folder, the tests put copies of their logs there, and one run judges all of
// them at the end.

package import Foundation

/// Where logs are kept until they are judged; nowhere unless REDRESS_JUDGED_LOGS names a folder.
package enum JudgedLogs {
  /// What the lines of a log are.
  package enum Lines: String {
    case events
    /// Any bytes that a test of the engine wrote; frames and chain are judged.
    case any
  }

  private static let folder = ProcessInfo.processInfo.environment["REDRESS_JUDGED_LOGS"]

  package static var areWanted: Bool { folder != nil }

  /// Keeps a copy of a log's segments, if there are any.
  package static func keep(_ log: String, lines: Lines) {
    guard areWanted else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: log)) ?? []
    keep(
      names.filter { $0.hasSuffix(".zst") }.map {
        ($0, FileManager.default.contents(atPath: log + "/" + $0) ?? Data())
      }, lines: lines)
  }

  /// Keeps a log that is not on the disk.
  package static func keep(_ segments: [(name: String, bytes: Data)], lines: Lines) {
    guard let folder, !segments.isEmpty else { return }
    let copy = URL(filePath: "\(folder)/\(lines.rawValue)/\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      for segment in segments {
        try segment.bytes.write(to: copy.appending(path: segment.name))
      }
    } catch { preconditionFailure("a log cannot be kept for judging: \(error)") }
  }
}
