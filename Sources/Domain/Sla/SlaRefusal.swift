// Why the rules refuse calendars and targets.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse calendars and targets.
public enum SlaRefusal: String, RefusalReason {
  case noSuchTime, endsBeforeItBegins, hoursOverlap, tooFewHours, holidayTwice, unknownCalendar
  case targetTwice, targetMissing, resolvedBeforeAnswered, caseWithoutTargets, targetMet
  case clocksStandStill, notDueYet

  public var guide: RefusalGuide {
    switch self {
    case .noSuchTime:
      RefusalGuide("SLA", "A time of day is none.", "Give times from 00:00 to 24:00.")
    case .endsBeforeItBegins:
      RefusalGuide("SLA", "Hours end before they begin.", "Write hours over midnight as two.")
    case .hoursOverlap:
      RefusalGuide(
        "SLA", "Two entries of hours overlap.",
        "Make one of them, or let one end where the other begins.")
    case .tooFewHours:
      RefusalGuide(
        "SLA", "The hours come to less than an hour a week.",
        "Give at least 60 minutes a week.")
    case .holidayTwice:
      RefusalGuide("SLA", "A day is a holiday twice.", "Name it once.")
    case .unknownCalendar:
      RefusalGuide(
        "SLA", "The tenant has no calendar of this id.",
        "Correct calendarId, or define it: DefineSlaCalendar.")
    case .targetTwice:
      RefusalGuide("SLA", "A severity has two targets.", "Give one for each severity.")
    case .targetMissing:
      RefusalGuide(
        "SLA", "A severity has no target.",
        "Give one for each severity, or none at all.")
    case .resolvedBeforeAnswered:
      RefusalGuide(
        "SLA", "A case would have to be resolved before it is answered.",
        "Make the first response due earlier.")
    case .caseWithoutTargets:
      RefusalGuide(
        "SLA", "The case has no targets, because its tenant had none when it was opened.",
        "Set targets for new cases: SetSlaTargets.")
    case .targetMet:
      RefusalGuide("SLA", "The case met this target.", "Nothing has to be recorded.")
    case .clocksStandStill:
      RefusalGuide(
        "SLA", "The clocks of the case stand still, and nothing ran out before.",
        "Nothing has to be recorded.")
    case .notDueYet:
      RefusalGuide("SLA", "The target has not run out yet.", "Record the breach when it has.")
    }
  }
}
