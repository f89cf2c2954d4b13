// Why a calendar, targets, or a breach of them are refused.

public import EventSourcing
public import Events

/// Business hours, targets and breaches.
public enum SlaRejection: Rejection {
  case calendar(Calendar)
  case targets(Targets)
  case breach(Breach)

  public var explanation: Explanation {
    switch self {
    case .calendar(let it): it.explanation
    case .targets(let it): it.explanation
    case .breach(let it): it.explanation
    }
  }
}

extension SlaRejection {
  /// A calendar of business hours.
  public enum Calendar: Equatable, Sendable {
    case noSuchTime(index: Int, key: String, ClockTime)
    case endsBeforeItBegins(index: Int, BusinessHours)
    case hoursOverlap(index: Int, BusinessHours, other: Int, BusinessHours)
    case tooFewHours(minutes: Int)
    case holidayTwice(CalendarDate)

    var explanation: Explanation {
      switch self {
      case .noSuchTime(let index, let key, let time):
        Explanation(
          "SLA", SlaRefusal.noSuchTime,
          "hours[\(index)].\(key) is \(time); a day has the times from 00:00 to 24:00.",
          ["index": index, "time": time])
      case .endsBeforeItBegins(let index, let hours):
        Explanation(
          "SLA", SlaRefusal.endsBeforeItBegins,
          "hours[\(index)], \(hours.words), ends before it begins. Hours over midnight are two: up "
            + "to 24:00, and from 00:00 on the next day.", ["index": index])
      case .hoursOverlap(let index, let hours, let other, let earlier):
        Explanation(
          "SLA", SlaRefusal.hoursOverlap,
          "hours[\(index)], \(hours.words), overlaps hours[\(other)], \(earlier.words). Make one "
            + "of them, or let the one end where the other begins.",
          ["index": index, "other": other])
      case .tooFewHours(let minutes):
        Explanation(
          "SLA", SlaRefusal.tooFewHours,
          "The hours come to \(minutes) minutes a week; a calendar has at least 60.",
          ["minutes": minutes])
      case .holidayTwice(let day):
        Explanation(
          "SLA", SlaRefusal.holidayTwice, "\(day) is a holiday twice. Name it once.", ["day": day])
      }
    }
  }

  /// The targets of a tenant.
  public enum Targets: Equatable, Sendable {
    case unknownCalendar(SlaCalendarID)
    case targetTwice(Severity)
    case targetMissing(Severity)
    case resolvedBeforeAnswered(SlaTarget)

    var explanation: Explanation {
      switch self {
      case .unknownCalendar(let id):
        Explanation(
          "SLA", SlaRefusal.unknownCalendar,
          "There is no calendar \(id). DefineSlaCalendar defines one.",
          ["calendar": id])
      case .targetTwice(let severity):
        Explanation(
          "SLA", SlaRefusal.targetTwice,
          "The severity \(severity.rawValue) has two targets. Give one for each severity.",
          ["severity": severity.rawValue])
      case .targetMissing(let severity):
        Explanation(
          "SLA", SlaRefusal.targetMissing,
          "The severity \(severity.rawValue) has no target. Give one for each severity, or none at "
            + "all.", ["severity": severity.rawValue])
      case .resolvedBeforeAnswered(let target):
        Explanation(
          "SLA", SlaRefusal.resolvedBeforeAnswered,
          "A case that is \(target.severity.rawValue) would have to be resolved within "
            + "\(target.resolutionMinutes) minutes and answered within "
            + "\(target.firstResponseMinutes). The answer comes first.",
          ["severity": target.severity.rawValue])
      }
    }
  }

  /// The breach of a target.
  public enum Breach: Equatable, Sendable {
    case unknownCase(CaseID)
    case noTargets(CaseID)
    case targetMet(CaseID, SlaTargetKind)
    case clocksStandStill(CaseID, status: CaseStatus)
    case notDueYet(CaseID, SlaTargetKind, dueAt: Timestamp, now: Timestamp)

    var explanation: Explanation {
      switch self {
      case .unknownCase(let id):
        Explanation(
          "SLA", SharedRefusal.unknownCase, "There is no case \(id). OpenCase opens one.",
          ["case": id])
      case .noTargets(let id):
        Explanation(
          "SLA", SlaRefusal.caseWithoutTargets,
          "The case \(id) has no targets: its tenant had none when it was opened. SetSlaTargets "
            + "sets them for new cases.", ["case": id])
      case .targetMet(let id, let target):
        Explanation(
          "SLA", SlaRefusal.targetMet, "The case \(id) met its target \(target.rawValue).",
          ["case": id, "target": target.rawValue])
      case .clocksStandStill(let id, let status):
        Explanation(
          "SLA", SlaRefusal.clocksStandStill,
          "The case \(id) is \(status.rawValue), so its clocks stand still, and nothing ran out "
            + "before.", ["case": id, "status": status.rawValue])
      case .notDueYet(let id, let target, let dueAt, let now):
        Explanation(
          "SLA", SlaRefusal.notDueYet,
          "The target \(target.rawValue) of the case \(id) runs out at \(dueAt); it is \(now).",
          ["case": id, "target": target.rawValue, "dueAt": dueAt, "now": now])
      }
    }
  }
}

extension BusinessHours {
  /// `monday 09:00–12:30`.
  fileprivate var words: String { "\(weekday.rawValue) \(from)–\(to)" }
}
