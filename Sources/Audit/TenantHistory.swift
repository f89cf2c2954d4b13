// One tenant's history as it is replayed: positions without gaps, revisions without gaps, one
// command for each commit, and aggregates that accept each event.

import Cryptography
import EventSourcing
import Events
import Transparency

final class TenantHistory {
  private(set) var nextPosition = Position.first
  private var lastRecordedTime = Timestamp.range.lowerBound
  let aggregates = ReplayedAggregates()
  private var commands: Set<CommandID> = []
  /// A tree that was signed, to be found again on the way.
  private let signed: TreeHead?
  private var tree = CompactRange()
  private let hash = SHA256()

  init(signed: TreeHead?) { self.signed = signed }

  var streamCount: Int { aggregates.streamCount }

  func append(_ commit: DecodedCommit) throws {
    guard let first = commit.events.first else {
      throw commit.finding(0, "the commit has no event")
    }
    guard commands.insert(first.commandID).inserted else {
      throw commit.finding(0, "the command \(first.commandID) took effect twice")
    }
    for (index, event) in commit.events.enumerated() {
      func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
        if !condition { throw commit.finding(index, reason()) }
      }
      try require(event.tenant == commit.tenant, "the event names the tenant \(event.tenant)")
      try require(
        event.position == nextPosition,
        "the event says position \(event.position), and \(nextPosition) comes next")
      try require(
        event.commandID == first.commandID, "one commit has the events of two commands")
      try require(
        event.stream == event.event.stream,
        "the event is in stream \(event.stream) and belongs to \(event.event.stream)")
      try require(
        event.recordedTime >= lastRecordedTime, "the event was recorded before the one before it")
      let stream = aggregates.stream(of: event.event.subject)
      try require(
        event.revision == stream.nextRevision,
        "the event says revision \(event.revision) of \(event.stream), and "
          + "\(stream.nextRevision) comes next")
      do { try stream.fold(event.event) } catch {
        throw commit.finding(index, "\(event.event.type) cannot follow: \(error)")
      }
      nextPosition = nextPosition.advanced(by: 1)
      if let signed, tree.size < signed.size {
        tree.append(commit.leafHashes[index], using: hash)
      }
      lastRecordedTime = event.recordedTime
    }
  }

  /// Checks that the tree that was signed is the one that was replayed.
  func requireSigned(of tenant: TenantID) throws(CheckpointMismatch) {
    guard let signed else { return }
    guard tree.size == signed.size else {
      throw CheckpointMismatch(
        tenant: tenant,
        reason:
          "\(signed.size) events were signed, and the log has \(nextPosition); events are missing")
    }
    guard tree.root(using: hash) == signed.root else {
      throw CheckpointMismatch(
        tenant: tenant,
        reason: "the first \(signed.size) events have the root \(tree.root(using: hash)), and "
          + "\(signed.root) was signed; events were changed")
    }
  }
}
