// One tenant's history as it is replayed: positions without gaps, revisions without gaps, one
// command for each commit, and aggregates that accept each event. What was not used lately is moved
// out of memory, which changes nothing else.

import Cryptography
import EventSourcing
import Events
import Transparency

final class TenantHistory {
  private(set) var nextPosition = Position.first
  private var lastRecordedTime = Timestamp.range.lowerBound
  let aggregates = ReplayedAggregates()
  private var commands = SpillingSet<CommandID>()
  /// Where something was moved.
  private var file: SpillFile?
  /// Trees that were signed, the smallest first, to be found again on the way.
  private let signed: [SignedHead]
  /// The roots at the sizes of those that were reached.
  private var roots: [Digest] = []
  private var tree = CompactRange()
  private let hash = SHA256()

  init(signed: [SignedHead]) {
    self.signed = signed.sorted { $0.head.size < $1.head.size }
    noteRoots()
  }

  var streamCount: Int { aggregates.streamCount }

  /// Replays the next commit.
  ///
  /// - Parameter note: called for each event with its stream as it was before the event.
  func append(
    _ commit: DecodedCommit,
    noting note: (Subject, ReplayedAggregates.Stream) -> Void = { _, _ in }
  ) throws {
    guard let first = commit.events.first else {
      throw commit.finding(0, "the commit has no event")
    }
    let isNew = commands.insert(first.commandID)
    try file?.check()
    guard isNew else {
      throw commit.finding(0, "the command \(first.commandID) took effect twice")
    }
    // Looked at where they are: an event is large to copy.
    let events = commit.events.span
    for index in events.indices {
      func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
        if !condition { throw commit.finding(index, reason()) }
      }
      try require(
        events[index].tenant == commit.tenant, "the event names the tenant \(events[index].tenant)")
      try require(
        events[index].position == nextPosition,
        "the event says position \(events[index].position), and \(nextPosition) comes next")
      try require(
        events[index].commandID == first.commandID, "one commit has the events of two commands")
      try require(
        events[index].stream == events[index].event.stream,
        "the event is in stream \(events[index].stream) and belongs to "
          + "\(events[index].event.stream)")
      try require(
        events[index].recordedTime >= lastRecordedTime,
        "the event was recorded before the one before it")
      let subject = events[index].event.subject
      let stream = aggregates.stream(of: subject)
      try file?.check()
      try require(
        events[index].revision == stream.nextRevision,
        "the event says revision \(events[index].revision) of \(events[index].stream), and "
          + "\(stream.nextRevision) comes next")
      note(subject, stream)
      do { try stream.fold(events[index].event) } catch {
        throw commit.finding(index, "\(events[index].event.type) cannot follow: \(error)")
      }
      nextPosition = nextPosition.advanced(by: 1)
      if roots.count < signed.count {
        tree.append(commit.leafHashes[index], using: hash)
        noteRoots()
      }
      lastRecordedTime = events[index].recordedTime
    }
  }

  /// Moves what was not used lately out of memory.
  func spill(into file: SpillFile) throws {
    self.file = file
    try aggregates.spill(into: file)
    try commands.spill(into: file)
  }

  private func noteRoots() {
    while roots.count < signed.count, signed[roots.count].head.size == tree.size {
      roots.append(tree.root(using: hash))
    }
  }

  /// Checks that the trees that were signed are those that were replayed.
  func requireSigned(of tenant: TenantID) throws(CheckpointMismatch) {
    for (index, (name, head)) in signed.map({ ($0.name, $0.head) }).enumerated() {
      guard index < roots.count else {
        throw CheckpointMismatch(
          tenant: tenant,
          reason: "\(name)\(head.size) events were signed, and the log has \(nextPosition); "
            + "events are missing")
      }
      guard roots[index] == head.root else {
        throw CheckpointMismatch(
          tenant: tenant,
          reason: "\(name)the first \(head.size) events have the root \(roots[index]), and "
            + "\(head.root) was signed; events were changed")
      }
    }
  }
}

/// A tree that was signed.
struct SignedHead {
  /// What messages begin with; empty for the newest checkpoint.
  var name = ""
  var head: TreeHead
}

extension [SignedHead] {
  /// The newest checkpoint of a tenant, and those that are kept by day.
  init(newest: TreeHead?, daily: [CalendarDate: TreeHead]?) {
    self =
      (daily ?? [:]).map { SignedHead(name: "the one of \($0.key): ", head: $0.value) }
      + [newest].compactMap(\.self).map { SignedHead(head: $0) }
  }
}
