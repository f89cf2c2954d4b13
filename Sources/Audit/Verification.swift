// Replays the whole log and trusts nothing else: every frame, every chain value, every position and
// revision, every line against its schema and its canonical form, and each event against the state
// that it follows. Frames are checked side by side, streams in their order.

public import Cryptography
public import EventLog
public import EventSourcing
import Events
import Glibc
public import PersonalData
public import Transparency

/// What a replay of the whole log found.
public struct HistoryReport: Sendable {
  public var frameCount = 0
  public var commitCount = 0
  public var eventCount = 0
  /// The lines' length with newlines.
  public var lineByteCount = 0
  public var streamCount = 0
  /// By tenant, how many events it has.
  public var tenants: [TenantID: Int] = [:]
  /// The chain value after the last commit.
  public var chain = Digest.zero
  /// By tenant, the size up to which a signed checkpoint was found to hold.
  public var signedSizes: [TenantID: UInt64] = [:]
  public var personal = PersonalTexts()
  /// Bytes of a write that did not finish; it was never acknowledged.
  public var tornTail: TornTail?
}

/// An event that no decision and no writer could have produced.
public struct Finding: Error, Sendable, Hashable, CustomStringConvertible {
  public var segment: String
  /// Where the frame's header begins in the segment, in bytes.
  public var offset: Int
  public var ordinal: Ordinal
  public var tenant: TenantID
  public var position: Position
  public var reason: String

  public var description: String {
    """
    segment \(segment), offset \(offset), ordinal \(ordinal): position \(position) of \(tenant): \
    \(reason)
    """
  }
}

/// A signed checkpoint that contradicts the log.
public struct CheckpointMismatch: Error, Sendable, Hashable, CustomStringConvertible {
  public var tenant: TenantID
  public var reason: String

  public var description: String { "checkpoint of \(tenant): \(reason)" }
}

/// Replays a log folder.
public struct Verification {
  private let reader: () throws(LogError) -> LogReader
  private var report = HistoryReport()

  private let checkpoints: [TenantID: TreeHead]
  private let dailyCheckpoints: [TenantID: [CalendarDate: TreeHead]]
  private let vault: PersonalVault?
  private var reckoning = PersonalReckoning()
  /// After how many bytes of lines something may leave memory.
  var spillSpan = SpillPace.standardSpan

  /// - Parameters:
  ///   - checkpoints: by tenant, a tree that was signed, to be found again in the log.
  ///   - dailyCheckpoints: the same by day, of those that are kept.
  ///   - vault: the personal keys, to see whether every personal text opens or was erased.
  public init(
    logFolder: String, checkpoints: [TenantID: TreeHead] = [:],
    dailyCheckpoints: [TenantID: [CalendarDate: TreeHead]] = [:], vault: PersonalVault? = nil
  ) {
    reader = { () throws(LogError) in try LogReader(folder: logFolder) }
    self.checkpoints = checkpoints
    self.dailyCheckpoints = dailyCheckpoints
    self.vault = vault
  }

  package init(logFolder: String, fileSystem: any FileSystem) {
    reader = { () throws(LogError) in try LogReader(folder: logFolder, fileSystem: fileSystem) }
    (checkpoints, dailyCheckpoints) = ([:], [:])
    vault = nil
  }

  /// Replays everything.
  ///
  /// - Parameter progress: called with the number of events checked so far.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a history that cannot be.
  public mutating func run(progress: (Int) -> Void = { _ in }) throws -> HistoryReport {
    let reader = try reader()
    let tenants = Set(checkpoints.keys).union(dailyCheckpoints.keys)
    let vault = vault
    let histories = TenantParts { [checkpoints, dailyCheckpoints] tenant in
      TenantHistory(
        signed: [SignedHead](newest: checkpoints[tenant], daily: dailyCheckpoints[tenant]))
    }
    var pace = SpillPace(span: spillSpan)
    try reader.forEachFrame {
      try $0.decodedCommits(hashing: tenants, vault: vault)
    } inOrder: { frame, commits in
      for commit in commits {
        try histories[commit.tenant].append(commit)
        try reckoning.add(commit)
      }
      try pace.count(frame.lineByteCount) { file in
        try histories.visit { try $0.spill(into: file) }
      }
      report.frameCount += 1
      report.commitCount += frame.commitCount
      report.eventCount += frame.eventCount
      report.lineByteCount += frame.lineByteCount
      report.chain = frame.chain
      progress(report.eventCount)
    }
    for tenant in tenants { _ = histories[tenant] }
    for (tenant, history) in histories.inOrder { try history.requireSigned(of: tenant) }
    report.personal = try reckoning.texts(vault: vault)
    report.signedSizes = checkpoints.mapValues(\.size)
    report.tornTail = reader.tornTail
    for (tenant, history) in histories.inOrder {
      report.streamCount += history.streamCount
      report.tenants[tenant] = Int(history.nextPosition.value)
    }
    return report
  }
}
