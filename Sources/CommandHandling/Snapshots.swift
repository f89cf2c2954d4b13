// Snapshots of aggregates: the state that a stream's first events led to, kept in the log's index
// so that loading need not read all of them. They are derived. What must hold: a state that another
// version of the fold made, or that does not belong to the stream as it is, is never used; the
// events are folded instead, and lead to the same state.

import Domain
package import EventLog
package import EventSourcing
import Events

/// An aggregate whose state can be kept.
protocol Snapshotted: Aggregate, Codable, Equatable where OwnEvent: AggregateEvent {
  /// To be raised whenever the state, or what `evolve` makes of the same events, changes.
  static var snapshotVersion: Int { get }
}

extension Tenant: Snapshotted { static let snapshotVersion = 5 }
extension Customer: Snapshotted { static let snapshotVersion = 3 }
extension Order: Snapshotted { static let snapshotVersion = 12 }
extension SupportCase: Snapshotted { static let snapshotVersion = 6 }
extension Refund: Snapshotted { static let snapshotVersion = 7 }
extension Privacy: Snapshotted { static let snapshotVersion = 1 }
extension PayoutHold: Snapshotted { static let snapshotVersion = 1 }
extension Return: Snapshotted { static let snapshotVersion = 7 }

/// One aggregate's state, and where its stream continues.
final class Loaded<State: Snapshotted> {
  var state = State()
  var nextRevision = Revision.first
  var lastPosition: Position?
  /// When the last event happened, which need not be when it was recorded.
  var lastTime: Timestamp?
  var lastUse = 0
  /// How many events are in the newest snapshot.
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

/// What a snapshot's bytes hold.
private struct StoredState<State: Snapshotted>: Codable {
  var version: Int
  var lastTime: Timestamp
  var state: State
}

extension Loaded {
  /// So many events, and as many frames, are looked at anyhow: a snapshot is worth it beyond.
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
      // The index says where to look; only the line says what is there.
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

  /// Lets the index keep the state, unless it has it or nearly so; every event must be durable.
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
      // Bytes that are no state are as good as no snapshot.
      (try? encodeState(stored)) ?? []
    }
  }
}

/// Loading an aggregate with its snapshot and without, for tests.
package struct SnapshotTrial {
  package var hasSnapshot = false
  package var isSame = true

  /// - Returns: `nil` for a stream that is no aggregate's.
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
    case .command, nil: return nil
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
