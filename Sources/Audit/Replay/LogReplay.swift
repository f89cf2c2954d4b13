// Reads the commits of a log in their order, those of all tenants or of one. Frames are opened and
// decoded side by side; the body sees the commits of one frame after those of the frame before.

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
  ///   - progress: called with the number of events read so far; what it throws ends the pass.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a line that cannot be, and what the
  ///   body throws.
  func forEachCommit(
    hashing tenants: Set<TenantID> = [], progress: (Int) throws -> Void,
    _ body: (DecodedCommit) throws -> Void
  ) throws -> Totals {
    try forEachFrame(hashing: tenants, progress: progress) { try $0.forEach(body) }
  }

  /// Like ``forEachCommit(hashing:progress:_:)``, with all commits of a frame at once.
  func forEachFrame(
    hashing tenants: Set<TenantID> = [], progress: (Int) throws -> Void,
    _ body: ([DecodedCommit]) throws -> Void
  ) throws -> Totals {
    var totals = Totals()
    let reader = try reader()
    try reader.forEachFrame {
      // The keys are not needed to see of whom something personal was recorded.
      try $0.decodedCommits(hashing: tenants, vault: nil)
    } inOrder: { frame, commits in
      let commits = tenant == nil ? commits : commits.filter { includes($0.tenant) }
      try body(commits)
      totals.commitCount += commits.count
      totals.eventCount += commits.eventCount
      totals.chain = frame.chain
      try progress(totals.eventCount)
    }
    totals.tornTail = reader.tornTail
    return totals
  }

  private func reader() throws(LogError) -> LogReader {
    guard let fileSystem else { return try LogReader(folder: folder) }
    return try LogReader(folder: folder, fileSystem: fileSystem)
  }
}

extension [DecodedCommit] {
  /// How many events they have together.
  var eventCount: Int { reduce(0) { $0 + $1.events.count } }

  /// The length of their lines together.
  var byteCount: Int { reduce(0) { $0 + $1.byteCount } }
}
