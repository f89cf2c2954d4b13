// Replays the whole log and trusts nothing else: every frame, every chain value, every position and
// revision, every line against its schema and its canonical form, and every stream against the
// rules that could have led to it. Frames are checked side by side, streams in their order.

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
  private var histories: [TenantID: TenantHistory] = [:]

  private let checkpoints: [TenantID: TreeHead]
  private let vault: PersonalVault?
  private var reckoning = PersonalReckoning()

  /// - Parameters:
  ///   - checkpoints: by tenant, a tree that was signed, to be found again in the log.
  ///   - vault: the personal keys, to see whether every personal text opens or was erased.
  public init(
    logFolder: String, checkpoints: [TenantID: TreeHead] = [:], vault: PersonalVault? = nil
  ) {
    reader = { () throws(LogError) in try LogReader(folder: logFolder) }
    self.checkpoints = checkpoints
    self.vault = vault
  }

  package init(logFolder: String, fileSystem: any FileSystem) {
    reader = { () throws(LogError) in try LogReader(folder: logFolder, fileSystem: fileSystem) }
    checkpoints = [:]
    vault = nil
  }

  /// Replays everything.
  ///
  /// - Parameter progress: called with the number of events checked so far.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a history that cannot be.
  public mutating func run(progress: (Int) -> Void = { _ in }) throws -> HistoryReport {
    let reader = try reader()
    let tenants = Set(checkpoints.keys)
    let vault = vault
    try reader.forEachFrame {
      try decode($0, hashing: tenants, vault: vault)
    } inOrder: { frame, commits in
      for commit in commits {
        try history(of: commit.tenant).append(commit)
        try reckoning.add(commit)
      }
      report.frameCount += 1
      report.commitCount += frame.commitCount
      report.eventCount += frame.eventCount
      report.lineByteCount += frame.lineByteCount
      report.chain = frame.chain
      progress(report.eventCount)
    }
    for tenant in checkpoints.keys.sorted() { _ = history(of: tenant) }
    for (tenant, history) in histories { try history.requireSigned(of: tenant) }
    report.personal = try reckoning.texts(vault: vault)
    report.signedSizes = checkpoints.mapValues(\.size)
    report.tornTail = reader.tornTail
    report.streamCount = histories.values.reduce(0) { $0 + $1.streamCount }
    report.tenants = histories.mapValues { Int($0.nextPosition.value) }
    return report
  }

  private mutating func history(of tenant: TenantID) -> TenantHistory {
    if let history = histories[tenant] { return history }
    let history = TenantHistory(signed: checkpoints[tenant])
    histories[tenant] = history
    return history
  }
}

/// A commit whose lines each fit their schema and are in canonical form.
struct DecodedCommit: Sendable {
  var segment: String
  var offset: Int
  var ordinal: Ordinal
  var tenant: TenantID
  var firstPosition: Position
  var events: [RecordedEvent]
  /// Each line's leaf hash (RFC 6962); empty where no checkpoint needs them.
  var leafHashes: [Digest] = []
  var personal: [PersonalNote] = []

  func finding(_ index: Int, _ reason: String) -> Finding {
    Finding(
      segment: segment, offset: offset, ordinal: ordinal, tenant: tenant,
      position: firstPosition.advanced(by: index), reason: reason)
  }
}

/// Checks one frame's chain value and each of its lines.
///
/// - Parameter tenants: whose lines' leaf hashes are wanted.
private func decode(
  _ frame: Frame, hashing tenants: Set<TenantID>, vault: PersonalVault?
) throws -> [DecodedCommit] {
  try frame.checkChain()
  let leaf = LeafHasher()
  var commits: [DecodedCommit] = []
  var canonical: [UInt8] = []
  try frame.forEachCommit { view in
    var commit = DecodedCommit(
      segment: view.segment, offset: view.offset, ordinal: view.ordinal, tenant: view.tenant,
      firstPosition: view.firstPosition, events: [])
    try view.forEachLine { line in
      let index = commit.events.count
      do {
        guard line.count <= Commit.maximumLineByteCount else {
          throw commit.finding(index, "the line is too long")
        }
        let event = try RecordedEvent(line: line)
        canonical.removeAll(keepingCapacity: true)
        event.write(to: &canonical)
        guard canonical.count == line.count, memcmp(canonical, line.baseAddress!, line.count) == 0
        else {
          throw commit.finding(index, "the line is not in canonical form")
        }
        try commit.notePersonalTexts(of: event, at: index, vault: vault)
        commit.events.append(event)
        if tenants.contains(view.tenant) { commit.leafHashes.append(leaf.leafHash(line)) }
      } catch let finding as Finding {
        throw finding
      } catch let error as PersonalDataError {
        throw error
      } catch {
        throw commit.finding(index, "the line does not fit its schema: \(error)")
      }
    }
    commits.append(commit)
    return true
  }
  return commits
}
