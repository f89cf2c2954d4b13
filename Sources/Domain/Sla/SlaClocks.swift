// The clocks of a case: how long it has waited for the tenant, in business hours. What must hold:
//
// - they run while the case is open or in progress, but for awaiting_customer and awaiting_seller;
//   what is resolved stands still, and goes on where it stopped when it is reopened;
// - they keep the version of the calendar that they began with: a new version counts for the cases
//   that are opened afterwards. The targets in minutes change with the case's severity only, to the
//   target of that severity at that time;
// - a target that ran out is breached and stays so. The next event of the case records it, at the
//   latest the process manager's command, so that no answer can come in time afterwards.

public import EventSourcing
public import Events

/// How a case stands to its targets.
public struct SlaClocks: Hashable, Sendable, Codable {
  /// Whether a target is still to be met.
  public enum Outcome: String, Hashable, Sendable, Codable {
    case open, met, breached
  }

  public let calendarID: SlaCalendarID
  public let calendarVersion: Int
  public private(set) var severity: Severity
  public private(set) var firstResponseMinutes: Int
  public private(set) var resolutionMinutes: Int
  public private(set) var firstResponse = Outcome.open
  public private(set) var resolution = Outcome.open
  /// Since when they run; `nil` while they stand still.
  public private(set) var runningSince: Timestamp?
  /// When they ran before, in order.
  private var spans: [Span] = []

  private struct Span: Hashable, Codable {
    var from: Timestamp
    var to: Timestamp
  }

  init(_ event: SlaClocksStarted) {
    calendarID = event.calendarID
    calendarVersion = event.calendarVersion
    severity = event.severity
    firstResponseMinutes = event.firstResponseMinutes
    resolutionMinutes = event.resolutionMinutes
    runningSince = event.startedAt
  }

  /// Whether there is still something to be late with.
  var isOpen: Bool { firstResponse == .open || resolution == .open }

  /// The last instant that is known; nothing happens before it.
  var lastChange: Timestamp {
    runningSince ?? spans.last?.to ?? Timestamp.range.lowerBound
  }

  public func outcome(_ target: SlaTargetKind) -> Outcome {
    switch target {
    case .firstResponse: firstResponse
    case .resolution: resolution
    }
  }

  public func minutes(_ target: SlaTargetKind) -> Int {
    switch target {
    case .firstResponse: firstResponseMinutes
    case .resolution: resolutionMinutes
    }
  }
}

extension SlaClocks {
  mutating func pause(at time: Timestamp) throws(InconsistentHistory) {
    let since = try unwrap(runningSince, "clocks paused that did not run")
    try require(since <= time, "clocks paused before they ran")
    if since < time { spans.append(Span(from: since, to: time)) }
    runningSince = nil
  }

  mutating func resume(at time: Timestamp) throws(InconsistentHistory) {
    try require(runningSince == nil && lastChange <= time, "clocks resumed that ran")
    runningSince = time
  }

  mutating func retarget(_ event: SlaRetargeted) throws(InconsistentHistory) {
    try require(event.severity != severity, "clocks retargeted to the same severity")
    severity = event.severity
    firstResponseMinutes = event.firstResponseMinutes
    resolutionMinutes = event.resolutionMinutes
  }

  mutating func meetFirstResponse() throws(InconsistentHistory) {
    try require(firstResponse == .open, "a first response met twice, or too late")
    firstResponse = .met
  }

  mutating func breach(_ target: SlaTargetKind) throws(InconsistentHistory) {
    try require(outcome(target) == .open, "the target \(target.rawValue) breached twice, or met")
    switch target {
    case .firstResponse: firstResponse = .breached
    case .resolution: resolution = .breached
    }
  }
}

extension SlaClocks {
  /// When a target runs out, as things stand.
  ///
  /// - Returns: `nil` for one that is not open, and while the clocks stand still before it.
  func dueAt(_ target: SlaTargetKind, in time: BusinessTime) -> Timestamp? {
    guard outcome(target) == .open else { return nil }
    var rest = Int64(minutes(target)) * 60_000_000
    for span in spans {
      if let instant = time.instant(after: rest, from: span.from, to: span.to) { return instant }
      rest -= time.count(from: span.from, to: span.to)
    }
    guard let runningSince else { return nil }
    // A calendar with an hour a week, and targets of 30 days at most, are run out of in time; what
    // would be later than any date is never due.
    return time.instant(after: rest, from: runningSince)
  }

  /// The business hours counted up to an instant.
  public func intervals(until end: Timestamp, in time: BusinessTime) -> [Range<Timestamp>] {
    var spans = spans
    if let runningSince { spans.append(Span(from: runningSince, to: Timestamp.range.upperBound)) }
    var intervals: [Range<Timestamp>] = []
    for span in spans where span.from < end {
      for interval in time.intervals(from: span.from, to: min(span.to, end)) {
        intervals.append(joining: interval)
      }
    }
    return intervals
  }
}
