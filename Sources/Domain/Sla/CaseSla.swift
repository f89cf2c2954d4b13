// The rules of a case's targets (rule book, SLA): when its clocks begin, stand still and go on,
// and what was missed. No command moves the clocks: they follow from the events of the case.

import EventSourcing
public import Events

// MARK: SLA: clocks run in business hours and pause while the customer or the seller is awaited

extension CaseStatus {
  /// Whether the case waits for the tenant.
  var isOurs: Bool {
    switch self {
    case .open, .investigating, .decisionPending, .escalated: true
    case .awaitingCustomer, .awaitingSeller: false
    case .resolved, .refunded, .denied, .goodwill, .closed: false
    }
  }
}

extension SupportCase {
  /// Begins the clocks of a case that is opened, if the tenant has targets.
  static func startingClocks(
    of caseID: CaseID, severity: Severity, facts: Facts
  ) -> [Event] {
    guard let target = facts.tenant.slaTarget(severity),
      let calendar = facts.tenant.currentSlaCalendar
    else { return [] }
    var started = SlaClocksStarted(
      caseID: caseID, calendarID: calendar.calendarID, calendarVersion: calendar.version,
      timeZone: calendar.timeZone, severity: severity,
      firstResponseMinutes: target.firstResponseMinutes,
      resolutionMinutes: target.resolutionMinutes, startedAt: facts.now,
      firstResponseDueAt: facts.now, resolutionDueAt: facts.now)
    let clocks = SlaClocks(started)
    let time = facts.businessTime(of: calendar)
    // Later than any date is never due.
    guard let firstResponse = clocks.dueAt(.firstResponse, in: time),
      let resolution = clocks.dueAt(.resolution, in: time)
    else { return [] }
    started.firstResponseDueAt = firstResponse
    started.resolutionDueAt = resolution
    return [.slaClocksStarted(started)]
  }

  /// What happens to the case, and what follows for its clocks.
  func withClocks(_ events: [Event], facts: Facts) -> [Event] {
    guard var clocks, clocks.isOpen, let caseID,
      let calendar = facts.tenant.slaCalendar(clocks.calendarID, clocks.calendarVersion)
    else { return events }
    let time = facts.businessTime(of: calendar)
    // A command that is dated earlier does not turn the clocks back.
    let now = max(facts.now, clocks.lastChange)
    var after = self
    for case .supportCase(let event) in events { after.follow(event) }
    var following: [Event] = []
    func follow(_ event: CaseEvent) {
      following.append(.supportCase(event))
      after.follow(event)
      clocks = after.clocks ?? clocks
    }
    // A target that ran out before these events was missed.
    for target in SlaTargetKind.allCases {
      if let breach = clocks.breach(target, of: caseID, at: now, calendar, time) { follow(breach) }
    }
    if clocks.firstResponse == .open, let message = events.firstAgentMessage {
      follow(
        .slaFirstResponseMet(
          SlaFirstResponseMet(
            caseID: caseID, messageID: message, metAt: now,
            dueAt: clocks.dueAt(.firstResponse, in: time))))
    }
    let status = after.status
    if clocks.isOpen, clocks.runningSince != nil, !status.isOurs {
      follow(.slaClocksPaused(SlaClocksPaused(caseID: caseID, status: status, pausedAt: now)))
    }
    if clocks.isOpen, clocks.runningSince == nil, status.isOurs {
      var resumed = clocks
      do { try resumed.resume(at: now) } catch { preconditionFailure("\(error)") }
      follow(
        .slaClocksResumed(
          SlaClocksResumed(
            caseID: caseID, status: status, resumedAt: now,
            firstResponseDueAt: resumed.dueAt(.firstResponse, in: time),
            resolutionDueAt: resumed.dueAt(.resolution, in: time))))
    }
    let severity = after.severity
    if clocks.isOpen, severity != self.severity, severity != clocks.severity,
      let target = facts.tenant.slaTarget(severity)
    {
      var retargeted = SlaRetargeted(
        caseID: caseID, severity: severity, firstResponseMinutes: target.firstResponseMinutes,
        resolutionMinutes: target.resolutionMinutes, retargetedAt: now)
      var changed = clocks
      do { try changed.retarget(retargeted) } catch { preconditionFailure("\(error)") }
      retargeted.firstResponseDueAt = changed.dueAt(.firstResponse, in: time)
      retargeted.resolutionDueAt = changed.dueAt(.resolution, in: time)
      follow(.slaRetargeted(retargeted))
    }
    return events + following
  }

  /// Records a target that was missed, and nothing that was not.
  public static func recordSlaBreach(
    _ command: RecordSlaBreach, case supportCase: SupportCase, facts: Facts
  ) throws(SlaRejection) -> Decision {
    guard supportCase.isOpened else { throw .breach(.unknownCase(command.caseID)) }
    guard let clocks = supportCase.clocks,
      let calendar = facts.tenant.slaCalendar(clocks.calendarID, clocks.calendarVersion)
    else { throw .breach(.noTargets(command.caseID)) }
    switch clocks.outcome(command.targetKind) {
    case .breached: return .unchanged(reason: "The breach is recorded already.")
    case .met: throw .breach(.targetMet(command.caseID, command.targetKind))
    case .open: break
    }
    let time = facts.businessTime(of: calendar)
    guard let dueAt = clocks.dueAt(command.targetKind, in: time) else {
      throw .breach(.clocksStandStill(command.caseID, status: supportCase.status))
    }
    guard
      let breach = clocks.breach(
        command.targetKind, of: command.caseID, at: facts.now, calendar, time)
    else {
      throw .breach(.notDueYet(command.caseID, command.targetKind, dueAt: dueAt, now: facts.now))
    }
    return .events([.supportCase(breach)])
  }

  /// Folds an event that was just decided.
  private mutating func follow(_ event: CaseEvent) {
    do { try evolve(event) } catch { preconditionFailure("\(event) cannot follow: \(error)") }
  }
}

extension SlaClocks {
  /// How many intervals an event can list; what came before them is given as a sum.
  public static let intervalCountMax = 8_000

  /// The breach of a target that has run out at an instant; `nil` for one that has not.
  fileprivate func breach(
    _ target: SlaTargetKind, of caseID: CaseID, at now: Timestamp, _ calendar: SlaCalendarDefined,
    _ time: BusinessTime
  ) -> CaseEvent? {
    guard let dueAt = dueAt(target, in: time), dueAt <= now else { return nil }
    let intervals = intervals(until: dueAt, in: time)
    let earlier = intervals.dropLast(Self.intervalCountMax)
    return .slaBreached(
      SlaBreached(
        caseID: caseID, targetKind: target, calendarID: calendarID,
        calendarVersion: calendarVersion,
        timeZone: calendar.timeZone, severity: severity, targetMinutes: minutes(target),
        dueAt: dueAt,
        intervals: intervals.suffix(Self.intervalCountMax).map {
          BusinessInterval(from: $0.lowerBound, to: $0.upperBound)
        },
        countedBefore: earlier.isEmpty ? nil : Int(earlier.reduce(0) { $0 + $1.length })))
  }
}
