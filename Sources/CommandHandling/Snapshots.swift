// Snapshots of aggregates: the state after a stream's first events, stored in the log's index so
// that loading reads only the events after it. Snapshots are derived data. What must hold: a
// snapshot of another version of the fold, or of another stream, is never used; the events are
// folded instead, and lead to the same state.

import Domain
package import EventLog
package import EventSourcing
import Events

/// An aggregate whose state can be stored as a snapshot.
protocol Snapshotted: Aggregate, Codable, Equatable where OwnEvent: AggregateEvent {
  /// Increases whenever the state, or the result of `evolve` for the same events, changes.
  static var snapshotVersion: Int { get }
}

extension Tenant: Snapshotted {}
extension Customer: Snapshotted {}
extension Order: Snapshotted {}
extension SupportCase: Snapshotted {}
extension Refund: Snapshotted {}
extension Privacy: Snapshotted {}
extension PayoutHold: Snapshotted {}
extension Return: Snapshotted {}

/// One aggregate's state and the next revision of its stream.
final class Loaded<State: Snapshotted> {
  var state = State()
  var nextRevision = Revision.first
  var lastPosition: Position?
  /// The event time of the last event, which may differ from its recorded time.
  var lastTime: Timestamp?
  var lastUse = 0
  /// The number of events in the newest snapshot.
  fileprivate var keptEventCount = 0

  func evolve(
    _ event: Event, at position: Position, time: Timestamp
  ) throws(InconsistentHistory) {
    try state.fold(event)
    lastTime = time
    nextRevision = nextRevision.advanced(by: 1)
    lastPosition = position
  }
}

/// The contents of a snapshot.
private struct StoredState<State: Snapshotted>: Codable {
  var version: Int
  var lastTime: Timestamp
  var state: State
}

extension Loaded {
  /// The number of events, and of frames, above which a snapshot pays off.
  private static var eventCountMax: Int { 2 }

  /// Takes the newest snapshot and folds the events after it.
  convenience init(
    from name: StreamName, of tenant: TenantID, in log: EventLog, usingSnapshot: Bool = true
  ) throws {
    self.init()
    let stream = try log.stream(name, in: tenant)
    if usingSnapshot, let snapshot = stream.snapshot { restore(snapshot) }
    let frameCount = try log.readEvents(of: stream, from: nextRevision) { _, _, line in
      let event = try RecordedEvent(line: line)
      // The index names the place; the line itself must be the event that is expected there.
      guard event.stream == name, event.revision == nextRevision else {
        throw InconsistentHistory(
          "looking for \(name) revision \(nextRevision) of \(tenant), found "
            + "\(event.stream) revision \(event.revision) at position \(event.position); stop the "
            + "service, delete log/index.sqlite and start again")
      }
      try evolve(event.event, at: event.position, time: event.time)
    }
    if usingSnapshot && frameCount > Self.eventCountMax { keep(as: name, of: tenant, in: log) }
  }

  private func restore(_ snapshot: StreamSnapshot) {
    guard
      let stored = try? decodeState(StoredState<State>.self, from: snapshot.state),
      stored.version == State.snapshotVersion
    else { return }
    state = stored.state
    lastTime = stored.lastTime
    nextRevision = Revision(UInt64(snapshot.eventCount))
    lastPosition = snapshot.lastPosition
    keptEventCount = snapshot.eventCount
  }

  /// Stores the state in the index, unless a recent snapshot is there; every event must be durable.
  func keep(as name: StreamName, of tenant: TenantID, in log: EventLog) {
    let eventCount = Int(nextRevision.value)
    guard eventCount > keptEventCount + Self.eventCountMax, let lastPosition, let lastTime else {
      return
    }
    keptEventCount = eventCount
    let stored = StoredState(version: State.snapshotVersion, lastTime: lastTime, state: state)
    log.keepSnapshot(
      of: name, in: tenant, eventCount: eventCount, lastPosition: lastPosition
    ) {
      // A snapshot that cannot be decoded counts as missing.
      (try? encodeState(stored)) ?? []
    }
  }
}

/// Loading an aggregate with its snapshot and without, for tests.
package struct SnapshotTrial {
  package var hasSnapshot = false
  package var isSame = true

  /// - Returns: `nil` for a stream that belongs to no aggregate.
  package init?(_ stream: StreamName, of tenant: TenantID, in log: EventLog) throws {
    switch Subject(stream) {
    case .tenant: try load(Tenant.self, stream, tenant, log)
    case .customer: try load(Customer.self, stream, tenant, log)
    case .order: try load(Order.self, stream, tenant, log)
    case .supportCase: try load(SupportCase.self, stream, tenant, log)
    case .refund: try load(Refund.self, stream, tenant, log)
    case .hold: try load(PayoutHold.self, stream, tenant, log)
    case .return: try load(Return.self, stream, tenant, log)
    case .privacy: try load(Privacy.self, stream, tenant, log)
    case .system, .command, nil: return nil
    }
  }

  private mutating func load<State: Snapshotted>(
    _: State.Type, _ stream: StreamName, _ tenant: TenantID, _ log: EventLog
  ) throws {
    let folded = try Loaded<State>(from: stream, of: tenant, in: log, usingSnapshot: false)
    let restored = try Loaded<State>(from: stream, of: tenant, in: log)
    hasSnapshot = restored.keptEventCount > 0
    isSame =
      folded.state == restored.state && folded.nextRevision == restored.nextRevision
      && folded.lastPosition == restored.lastPosition && folded.lastTime == restored.lastTime
  }
}
