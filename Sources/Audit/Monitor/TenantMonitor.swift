// One tenant's history, watched from outside. A round takes the newest signed checkpoint, reads the
// lines that came since, and requires that all lines so far come to the root that was signed: that
// proves the new checkpoint consistent with the last one. It reads some older lines again, and from
// time to time all of them, with the controls of the audit. What must hold: nothing is believed but
// the verifier keys that the monitor was given.

import Cryptography
public import EventSourcing
public import Transparency

/// The monitor of one tenant.
public struct TenantMonitor {
  /// What one round read.
  public struct Round: Sendable {
    public var size: UInt64 = 0
    public var newEventCount: UInt64 = 0
    public var rereadEventCount: UInt64 = 0
    /// Whether the whole history was read and the controls ran.
    public var isWhole = false
    public var findings: [ControlFinding] = []
  }

  public let tenant: TenantID
  private let keys: [VerifierKey]
  /// `nil` before the first round.
  public private(set) var record: MonitorRecord?

  /// How many chunks of 1,024 events a round reads again.
  static let sampleCount = 4

  /// - Parameters:
  ///   - keys: those of the log, of which one signs each checkpoint; all have the origin as name.
  ///   - record: what the last round left.
  /// - Precondition: at least one key.
  public init(_ tenant: TenantID, keys: [VerifierKey], record: MonitorRecord?) {
    (self.tenant, self.keys, self.record) = (tenant, keys, record)
  }

  /// - Parameters:
  ///   - isWhole: whether everything is read again; the first round always does.
  ///   - now: in seconds since 1970.
  /// - Throws: ``MonitorAlarm``, or what the history throws when it cannot be read.
  public mutating func round(
    of history: any MonitoredHistory, isWhole: Bool, at now: Int,
    using random: inout some RandomNumberGenerator
  ) throws -> Round {
    let (note, head) = try signed(history)
    let old = try oldNote()
    try requireGrowth(from: old, to: (note, head))
    var round = Round()
    let isWhole = isWhole || record == nil
    var reading =
      if let record, !isWhole { try HistoryReading(of: tenant, from: record) } else {
        HistoryReading(of: tenant, upTo: head)
      }
    // The first events are those that were signed before, and all are those that are signed now.
    for (note, head) in [old, (note, head)].compactMap(\.self) {
      try reading.read(history, upTo: head.size)
      guard reading.tree.size > head.size || reading.tree.root() == head.root else {
        throw MonitorAlarm(
          tenant, "the \(head.size) events that can be read are not those that were signed", [note])
      }
    }
    round.size = head.size
    round.newEventCount = head.size - (record?.size ?? 0)
    if isWhole {
      do { round.findings = try reading.findings() } catch let error as CheckpointMismatch {
        throw MonitorAlarm(tenant, error.reason)
      }
      round.rereadEventCount = record?.size ?? 0
    } else {
      round.rereadEventCount = try reread(history, using: &random)
    }
    round.isWhole = isWhole
    var next = reading.record
    next.checkpoint = String(decoding: note.bytes, as: UTF8.self)
    next.wholeReadAt = isWhole ? now : record?.wholeReadAt ?? now
    record = next
    return round
  }

  private func signed(_ history: any MonitoredHistory) throws -> (SignedNote, TreeHead) {
    let bytes = try history.checkpoint(of: tenant)
    do {
      let note = try SignedNote(bytes)
      let checkpoint = try Checkpoint(verifying: note, origin: keys[0].name, keys: keys)
      return (note, checkpoint.head)
    } catch {
      throw MonitorAlarm(tenant, "its checkpoint cannot be believed: \(error)")
    }
  }

  private func oldNote() throws -> (note: SignedNote, head: TreeHead)? {
    guard let record else { return nil }
    let note = try SignedNote(Array(record.checkpoint.utf8))
    return (note, try Checkpoint(text: note.text).head)
  }

  private func requireGrowth(
    from old: (note: SignedNote, head: TreeHead)?, to new: (note: SignedNote, head: TreeHead)
  ) throws {
    guard let old else { return }
    guard old.head.size <= new.head.size else {
      throw MonitorAlarm(
        tenant, "\(old.head.size) events were signed before, and now \(new.head.size)",
        [old.note, new.note])
    }
    guard old.head.size < new.head.size || old.head.root == new.head.root else {
      throw MonitorAlarm(
        tenant, "two roots were signed for the same \(old.head.size) events",
        [old.note, new.note])
    }
  }

  /// Reads some chunks again.
  private func reread(
    _ history: any MonitoredHistory, using random: inout some RandomNumberGenerator
  ) throws -> UInt64 {
    guard let record, !record.chunks.isEmpty else { return 0 }
    var count: UInt64 = 0
    for _ in 0..<min(Self.sampleCount, record.chunks.count) {
      let index = Int.random(in: record.chunks.indices, using: &random)
      let chunk = record.chunks[index]
      var tree = CompactRange()
      let leaf = LeafHasher()
      try history.forEachLine(of: tenant, after: chunk.place) { line, _ in
        tree.append(leaf.leafHash(line))
        return tree.size < MonitorRecord.chunkSize
      }
      guard tree.rootText == chunk.root else { throw changed(index) }
      count += tree.size
    }
    return count
  }

  private func changed(_ chunk: Int) -> MonitorAlarm {
    let first = UInt64(chunk) * MonitorRecord.chunkSize
    return MonitorAlarm(
      tenant,
      """
      events from position \(first) to \(first + MonitorRecord.chunkSize - 1) are not those that \
      were read before
      """)
  }
}
