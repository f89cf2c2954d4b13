// Reads the commits of a log in their order, those of all tenants or of one. Frames are opened and
// decoded side by side; the body sees one commit after the other.

import Cryptography
import EventLog
import EventSourcing

/// One pass over a log.
struct LogReplay: Sendable {
  /// How far the pass came.
  struct Totals {
    var commitCount = 0
    var eventCount = 0
    /// The chain value after the last commit of the log.
    var chain = Digest.zero
    /// Bytes of a write that did not finish.
    var tornTail: TornTail?
  }

  var folder: String
  /// The machine's own if `nil`.
  var fileSystem: (any FileSystem)?
  /// All tenants if `nil`.
  var tenant: TenantID?

  func includes(_ tenant: TenantID) -> Bool { self.tenant.map { $0 == tenant } ?? true }

  /// - Parameters:
  ///   - tenants: whose lines' leaf hashes are wanted.
  ///   - progress: called with the number of events read so far.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a line that cannot be, and what the
  ///   body throws.
  func forEachCommit(
    hashing tenants: Set<TenantID> = [], progress: (Int) -> Void,
    _ body: (DecodedCommit) throws -> Void
  ) throws -> Totals {
    var totals = Totals()
    let reader = try reader()
    try reader.forEachFrame {
      // The keys are not needed to see of whom something personal was recorded.
      try $0.decodedCommits(hashing: tenants, vault: nil)
    } inOrder: { frame, commits in
      for commit in commits where includes(commit.tenant) {
        try body(commit)
        totals.commitCount += 1
        totals.eventCount += commit.events.count
      }
      totals.chain = frame.chain
      progress(totals.eventCount)
    }
    totals.tornTail = reader.tornTail
    return totals
  }

  private func reader() throws(LogError) -> LogReader {
    guard let fileSystem else { return try LogReader(folder: folder) }
    return try LogReader(folder: folder, fileSystem: fileSystem)
  }
}
