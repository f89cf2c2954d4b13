// One pass over the log: the tenant's commits are written to a log of their own, and what the other
// files of the export need is collected. Lines are copied byte for byte.

import Cryptography
import EventLog
import EventSourcing
import Events
import PersonalData
import Transparency

/// What was exported of a tenant's history.
struct ExportedHistory {
  private let tenant: TenantID
  private(set) var leaves: [Digest] = []
  private(set) var schemaIDs: Set<String> = [PublishedSchemas.typesID]
  private(set) var refunds = RefundTable()
  private(set) var legs = LegTable()
  private(set) var decisions = DecisionTable()
  private(set) var personal = PersonalShares()
  /// `nil` where personal texts stay sealed.
  private(set) var opened: PersonalTable?
  private(set) var commitCount = 0
  private(set) var chain = Digest.zero
  private let leafHasher = LeafHasher()

  /// - Parameters:
  ///   - size: how many events the newest checkpoint has; the rest stays out.
  ///   - source: the log's folder.
  ///   - target: the folder of the tenant's own log, which is made.
  ///   - vault: opens personal texts; without one they stay sealed.
  /// - Throws: `LogError`, ``Finding`` for a line that is no event, ``CheckpointMismatch`` where a
  ///   commit goes on beyond the checkpoint.
  init(
    of tenant: TenantID, upTo size: UInt64, from source: String, to target: String,
    opening vault: PersonalVault?, progress: (Int) -> Void
  ) throws {
    self.tenant = tenant
    opened = vault.map { PersonalTable(opening: $0) }
    let writer = try SealedLogWriter(folder: target)
    let reader = try LogReader(folder: source, verifyingChain: true)
    try reader.forEachCommit(upTo: nil) { commit in
      if commit.tenant != tenant { return true }
      if UInt64(leaves.count) >= size { return false }
      guard commit.firstPosition.value + UInt64(commit.eventCount) <= size else {
        throw CheckpointMismatch(
          tenant: tenant, reason: "its \(size) events end inside commit \(commit.ordinal)")
      }
      try writer.append(commit)
      try add(commit)
      progress(leaves.count)
      return true
    }
    try writer.finish()
    commitCount = Int(writer.ordinal.value)
    chain = writer.chain
  }

  private mutating func add(_ commit: CommitView) throws {
    try commit.forEachLine { line in
      do {
        let header = try EventHeader(line: line)
        try add(header, header.event(in: line), Array(line))
      } catch {
        throw Finding(
          segment: commit.segment, offset: commit.offset, ordinal: commit.ordinal, tenant: tenant,
          position: Position(UInt64(leaves.count)),
          reason: "the event cannot be exported: \(error)")
      }
      leaves.append(leafHasher.leafHash(line))
    }
  }

  private mutating func add(_ header: EventHeader, _ event: Event, _ line: [UInt8]) throws {
    schemaIDs.insert(header.schemaID)
    try refunds.add(header, event, line)
    legs.add(header, event, refunds)
    decisions.add(header, event, refunds)
    personal.add(event)
    try opened?.add(header, event)
  }
}

extension EventHeader {
  /// The id of the schema that the line was written by.
  var schemaID: String { "urn:redress:event:\(type):\(version)" }
}
