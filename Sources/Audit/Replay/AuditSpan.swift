// Which commits of a tenant are examined: those of which an event lies between two bounds. All
// commits before them are replayed, because states depend on them.

public import EventSourcing
import Events

/// Where a span begins or ends.
public enum AuditBound: Sendable, Hashable, CustomStringConvertible {
  case position(Position)
  /// When an event was recorded.
  case time(Timestamp)

  public var description: String {
    switch self {
    case .position(let position): "position \(position)"
    case .time(let time): "\(time)"
    }
  }
}

/// The commits between two bounds, which both belong to it.
struct AuditSpan {
  var from: AuditBound?
  var to: AuditBound?

  /// Whether one of a commit's events lies in the span.
  func contains(_ events: [RecordedEvent]) -> Bool {
    events.contains { event in
      (from.map { $0.compare(event) <= 0 } ?? true) && (to.map { $0.compare(event) >= 0 } ?? true)
    }
  }
}

extension AuditBound {
  /// Below 0 where the bound comes before the event, 0 where it is the event's own.
  fileprivate func compare(_ event: RecordedEvent) -> Int {
    switch self {
    case .position(let position):
      position < event.position ? -1 : position == event.position ? 0 : 1
    case .time(let time):
      time < event.recordedTime ? -1 : time == event.recordedTime ? 0 : 1
    }
  }
}

extension AuditedTenant.Span {
  /// The span of one commit.
  ///
  /// - Precondition: the commit has an event.
  init(_ events: [RecordedEvent]) {
    let (first, last) = (events[0], events[events.count - 1])
    self.init(
      positions: first.position...last.position, times: first.recordedTime...last.recordedTime)
  }

  /// The span with the next commit in it.
  ///
  /// - Precondition: the commit has an event.
  func extended(by events: [RecordedEvent]) -> Self {
    let last = events[events.count - 1]
    return Self(
      positions: positions.lowerBound...last.position,
      times: times.lowerBound...last.recordedTime)
  }
}
