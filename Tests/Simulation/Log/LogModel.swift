// A log without a domain, on a simulated disk, and what it must hold: for tests that are about
// bytes.

package import EventLog
internal import EventSourcing
internal import Foundation
internal import SeededRandom

/// Commits whose lines tell their own stream and command, in an order that is known.
package struct LogModel: Sendable {
  package static let folder = SimulatedDisk.root + "/log"

  /// The text of every commit that was ever appended, in order.
  package private(set) var commits: [String] = []
  private var random: SplitMix64
  private let textByteCount: Range<Int>

  package init(seed: UInt64, textByteCount: Range<Int> = 0..<400) {
    random = SplitMix64(seed: seed)
    self.textByteCount = textByteCount
  }

  /// The next commit, with text that cannot be compressed much.
  package mutating func next() -> Commit {
    let number = commits.count
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: textByteCount, using: &random) / 8 {
      withUnsafeBytes(of: random.next()) { text += $0.map { 33 + $0 % 94 } }
    }
    let line = "s/\(number % 7) c\(number) \(String(decoding: text, as: UTF8.self))"
    commits.append(line)
    return Commit(
      tenant: TenantID(unchecked: "acme"), commandID: CommandID(unchecked: "c\(number)"),
      firstPosition: Position(UInt64(number)), lines: Array((line + "\n").utf8),
      streams: [StreamName("s/\(number % 7)")])
  }

  /// Drops commits that were not acknowledged.
  package mutating func keep(_ count: Int) { commits.removeLast(commits.count - count) }

  package static let describe: EventLog.Describe = { line in
    let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
    return (StreamName(String(parts[0])), CommandID(unchecked: String(parts[1])))
  }

  /// What a reader finds; the whole of it is checked.
  package static func read(_ disk: SimulatedDisk) throws -> (commits: [String], tail: TornTail?) {
    let reader = try LogReader(folder: folder, verifyingChain: true, fileSystem: disk)
    var commits: [String] = []
    try reader.forEachCommit(upTo: nil) { commit in
      commits.append(String(decoding: commit.bytes.dropLast(), as: UTF8.self))
      return true
    }
    return (commits, reader.tornTail)
  }

  /// Seals what is full of a log that is closed, into more than one frame.
  package static func seal(_ disk: SimulatedDisk) throws {
    var configuration = EventLog.Configuration()
    configuration.sealedFrameLineByteCount = 4_000
    try LogSealing.seal(folder: folder, configuration: configuration, fileSystem: disk)
  }

  /// Opens the log without a writer thread.
  package static func open(
    _ disk: SimulatedDisk, indexPath: String, segmentLineByteCount: Int = 10_000,
    onFailure: @escaping @Sendable (LogError) -> Void = { _ in }
  ) throws -> EventLog {
    var configuration = EventLog.Configuration()
    configuration.segmentLineByteCount = segmentLineByteCount
    configuration.indexRunEntryCount = 50
    return try EventLog.open(
      folder: folder, configuration: configuration, fileSystem: disk, indexPath: indexPath,
      isInline: true, describe: describe, onFailure: onFailure
    ).log
  }
}
