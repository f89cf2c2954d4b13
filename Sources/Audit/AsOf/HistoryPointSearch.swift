// Reads a log up to a point and keeps what the point is: per tenant the last event before it, and
// the frame of the last commit. What must hold: a tenant's commits come in the order in which they
// were recorded, so the first one after the point is its end.

import Cryptography
import EventLog
import EventSourcing
import Events
import Transparency

struct HistoryPointSearch {
  let bound: AuditBound
  let tenant: TenantID?
  let signed: TreeHead?
  private(set) var tenants: [TenantID: HistoryPoint.Tenant] = [:]
  /// The frame of the last commit, and how many of its commits come before the point.
  private(set) var last: (frame: Frame, commitCount: Int)?
  private(set) var end = Ordinal.first
  private var passed: Set<TenantID> = []
  private var tree = CompactRange()
  private let leaf = LeafHasher()

  init(bound: AuditBound, tenant: TenantID?, signed: TreeHead?) {
    (self.bound, self.tenant, self.signed) = (bound, tenant, signed)
  }

  /// Whether nothing that follows can come before the point.
  var isOver: Bool { tenant.map(passed.contains) ?? false }

  mutating func read(_ frame: Frame) throws {
    try frame.forEachCommit { commit in
      try read(commit, in: frame)
      return !isOver
    }
  }

  private mutating func read(_ commit: CommitView, in frame: Frame) throws {
    if let tenant, commit.tenant != tenant { return }
    let recordedTime = try commit.recordedTime()
    guard includes(commit, recordedTime), !passed.contains(commit.tenant) else {
      passed.insert(commit.tenant)
      return
    }
    tenants[commit.tenant] = HistoryPoint.Tenant(
      tenant: commit.tenant,
      eventCount: commit.firstPosition.advanced(by: commit.eventCount).value,
      recordedTime: recordedTime)
    end = commit.ordinal.advanced(by: 1)
    last = (frame, Int(end.value - frame.firstOrdinal.value))
    commit.forEachLine { line in
      if let signed, tree.size < signed.size { tree.append(leaf.leafHash(line)) }
    }
  }

  private func includes(_ commit: CommitView, _ recordedTime: Timestamp) -> Bool {
    switch bound {
    case .position(let position): commit.firstPosition <= position
    case .time(let time): recordedTime <= time
    }
  }

  /// - Throws: ``NoSuchPoint``, ``CheckpointMismatch``.
  func requireFound() throws {
    let count = tenants.values.reduce(0) { $0 + $1.eventCount }
    if let tenant, let signed, let reason = difference(from: signed, count) {
      throw CheckpointMismatch(tenant: tenant, reason: reason)
    }
    let whose = tenant.map { " of \($0)" } ?? ""
    switch bound {
    case .position(let position) where position.value >= count:
      throw NoSuchPoint(
        description: "there is no position \(position)\(whose), whose history has \(count) events"
          + (count > 0 ? ", up to position \(count - 1)" : ""))
    case .time(let time) where count == 0:
      throw NoSuchPoint(description: "no event\(whose) was recorded up to \(time)")
    case .position, .time: break
    }
  }
}

extension HistoryPointSearch {
  /// Why the events that were found are not those that were signed; `nil` if they are.
  private func difference(from signed: TreeHead, _ count: UInt64) -> String? {
    guard tree.size == signed.size else {
      return "\(signed.size) events were signed, and the log has \(count)"
    }
    guard tree.root() == signed.root else {
      return "the first \(signed.size) events have another root than the one that was signed"
    }
    return count == signed.size
      ? nil : "it ends after \(signed.size) events, inside a commit, where no log signs"
  }
}

extension CommitView {
  /// When it was recorded, which each of its events says.
  fileprivate func recordedTime() throws -> Timestamp {
    var time: Timestamp?
    try forEachLine { if time == nil { time = try EventHeader(line: $0).recordedTime } }
    return time ?? Timestamp.range.lowerBound
  }
}
