// A stream as the index describes it. The index is derived and never believed: a reader of a line
// compares the stream and the revision that the line names.

public import EventSourcing
internal import LogIndex

/// Where a stream's events are, and perhaps the state that the first of them led to.
public struct StoredStream: Sendable {
  /// The tenant that the stream belongs to.
  public let tenant: TenantID
  /// The name that its lines carry.
  public let name: StreamName
  /// The number of events, which is the next revision.
  public let eventCount: Int
  /// The newest stored snapshot; `nil` when there is none, or it contradicts the stream.
  public let snapshot: StreamSnapshot?
  let runs: [EventRun]

  init(
    _ name: StreamName, in tenant: TenantID, runs: [EventRun], snapshot: IndexedSnapshot? = nil
  ) {
    self.tenant = tenant
    self.name = name
    self.runs = runs
    eventCount = runs.reduce(0) { $0 + $1.count }
    self.snapshot = snapshot.flatMap { StreamSnapshot($0, of: runs) }
  }

  var positions: [Position] {
    runs.flatMap { run in (0..<run.count).map { run.firstPosition.advanced(by: $0) } }
  }
}

/// The state that a stream's first events led to, stored so that loading need not fold them again.
public struct StreamSnapshot: Sendable {
  /// How many events it was made of.
  public let eventCount: Int
  /// The last of these events.
  public let lastPosition: Position
  /// As it was given to ``EventLog/EventLog/keepSnapshot(of:in:eventCount:lastPosition:state:)``.
  public let state: [UInt8]

  /// - Returns: `nil` unless the stream's event of that number is at that position.
  init?(_ snapshot: IndexedSnapshot, of runs: [EventRun]) {
    var rest = snapshot.eventCount
    for run in runs where rest > 0 {
      if rest <= run.count, run.firstPosition.advanced(by: rest - 1) != snapshot.lastPosition {
        return nil
      }
      rest -= run.count
    }
    guard rest <= 0 else { return nil }
    eventCount = snapshot.eventCount
    lastPosition = snapshot.lastPosition
    state = snapshot.state()
  }
}
