// The clocks of one case, counted by an audit. They run while the case waits for the tenant, in the
// hours of the calendar that they began with, which each call is given as `hours`. What must hold:
// they depend on the case's messages, status and severity only, and on nothing that the history
// says of clocks.

import Domain
import EventSourcing
import Events

struct ServiceLevelClock: Codable {
  private let caseID: CaseID
  let calendar: SlaCalendarDefined
  private let start: Timestamp
  private var target: SlaTarget
  private var open = SlaTargetKind.allCases
  /// The stretches in which the case waited for the tenant, each up to the next.
  private var waited: [Range<Timestamp>] = []
  /// Since when the case is in a status of the tenant's; `nil` while it is in another.
  private var waitsSince: Timestamp?

  /// The statuses in which a case waits for the tenant.
  private static let ours: Set<CaseStatus> = [
    .open, .investigating, .decisionPending, .escalated,
  ]

  init(
    of caseID: CaseID, _ calendar: SlaCalendarDefined, _ target: SlaTarget, from start: Timestamp
  ) {
    (self.caseID, self.calendar) = (caseID, calendar)
    (self.start, self.target) = (start, target)
    waitsSince = start
  }

  /// `nil` where a target would run out later than any date; such clocks never begin.
  func started(hours: BusinessTime) -> SlaClocksStarted? {
    guard let response = due(.firstResponse, hours), let resolution = due(.resolution, hours)
    else { return nil }
    return SlaClocksStarted(
      caseID: caseID, calendarID: calendar.calendarID, calendarVersion: calendar.version,
      timeZone: calendar.timeZone, severity: target.severity,
      firstResponseMinutes: target.firstResponseMinutes,
      resolutionMinutes: target.resolutionMinutes, startedAt: start,
      firstResponseDueAt: response, resolutionDueAt: resolution)
  }

  /// Goes on by one commit.
  ///
  /// - Parameters:
  ///   - status: the case's after it.
  ///   - severity: the case's after it.
  ///   - newTarget: the tenant's for that severity.
  /// - Returns: what the history should say of the clocks.
  mutating func follow(
    _ news: CaseNews, hours: BusinessTime, status: CaseStatus, severity: Severity,
    target newTarget: SlaTarget?, at time: Timestamp
  ) -> [CaseEvent] {
    if open.isEmpty { return [] }
    // A commit that is dated earlier does not turn the clocks back to where they ran.
    let now = max(time, waitsSince ?? waited.last?.upperBound ?? time)
    var events: [CaseEvent] = []
    for kind in open where news.goesOn || news.breached.contains(kind) {
      guard let due = due(kind, hours), due <= now else { continue }
      events.append(.slaBreached(breach(kind, at: due, hours)))
      open.removeAll { $0 == kind }
    }
    if let answer = news.answer, open.contains(.firstResponse) {
      let met = SlaFirstResponseMet(
        caseID: caseID, messageID: answer, metAt: now, dueAt: due(.firstResponse, hours))
      events.append(.slaFirstResponseMet(met))
      open.removeAll { $0 == .firstResponse }
    }
    if open.isEmpty { return events }
    events += wait(status, at: now, hours)
    if news.isWeighed, severity != target.severity, let newTarget {
      target = newTarget
      let retargeted = SlaRetargeted(
        caseID: caseID, severity: severity, firstResponseMinutes: target.firstResponseMinutes,
        resolutionMinutes: target.resolutionMinutes, retargetedAt: now,
        firstResponseDueAt: due(.firstResponse, hours), resolutionDueAt: due(.resolution, hours))
      events.append(.slaRetargeted(retargeted))
    }
    return events
  }

  /// Pauses in a status that is not the tenant's, and resumes after it.
  private mutating func wait(
    _ status: CaseStatus, at now: Timestamp, _ hours: BusinessTime
  ) -> [CaseEvent] {
    if let since = waitsSince, !Self.ours.contains(status) {
      if since < now { waited.append(since..<now) }
      waitsSince = nil
      return [.slaClocksPaused(SlaClocksPaused(caseID: caseID, status: status, pausedAt: now))]
    }
    if waitsSince == nil, Self.ours.contains(status) {
      waitsSince = now
      let resumed = SlaClocksResumed(
        caseID: caseID, status: status, resumedAt: now,
        firstResponseDueAt: due(.firstResponse, hours), resolutionDueAt: due(.resolution, hours))
      return [.slaClocksResumed(resumed)]
    }
    return []
  }
}

extension ServiceLevelClock {
  private func minutes(_ kind: SlaTargetKind) -> Int {
    kind == .resolution ? target.resolutionMinutes : target.firstResponseMinutes
  }

  private var stretches: [Range<Timestamp>] {
    waited + (waitsSince.map { [$0..<Timestamp.range.upperBound] } ?? [])
  }

  /// When a target runs out; `nil` for one that is not open, or stands still before it does.
  private func due(_ kind: SlaTargetKind, _ hours: BusinessTime) -> Timestamp? {
    guard open.contains(kind) else { return nil }
    var rest = Int64(minutes(kind)) * 60_000_000
    for stretch in stretches {
      let (start, end) = (stretch.lowerBound, stretch.upperBound)
      if let due = hours.instant(after: rest, from: start, to: end) { return due }
      if end < Timestamp.range.upperBound { rest -= hours.count(from: start, to: end) }
    }
    return nil
  }

  private func breach(
    _ kind: SlaTargetKind, at due: Timestamp, _ hours: BusinessTime
  ) -> SlaBreached {
    var intervals: [Range<Timestamp>] = []
    for stretch in stretches where stretch.lowerBound < due {
      for interval in hours.intervals(
        from: stretch.lowerBound, to: min(stretch.upperBound, due))
      {
        intervals.append(joining: interval)
      }
    }
    let earlier = intervals.dropLast(SlaClocks.intervalCountMax)
    return SlaBreached(
      caseID: caseID, targetKind: kind, calendarID: calendar.calendarID,
      calendarVersion: calendar.version, timeZone: calendar.timeZone, severity: target.severity,
      targetMinutes: minutes(kind), dueAt: due,
      intervals: intervals.suffix(SlaClocks.intervalCountMax).map {
        BusinessInterval(from: $0.lowerBound, to: $0.upperBound)
      },
      countedBefore: earlier.isEmpty ? nil : Int(earlier.reduce(0) { $0 + $1.length }))
  }
}
