// How a case stands to its targets: the business hours that the clocks counted, interval by
// interval, from the version of the calendar that they began with.

import Calendars
import Domain
import EventSourcing
import Events

struct CaseTargets {
  /// One target, counted up to the instant that settled it, or up to the case's last event.
  private struct Target {
    var kind: SlaTargetKind
    var outcome: String
    var dueAt: Timestamp?
    var end: Timestamp
    var intervals: [Range<Timestamp>]
  }

  private let clocks: SlaClocks?
  private let targets: [Target]

  /// - Parameter calendars: every version of every calendar of the tenant.
  init(_ state: SupportCase, of events: [RecordedEvent], calendars: [SlaCalendarDefined]) {
    clocks = state.clocks
    guard let clocks = state.clocks, let last = events.last?.time,
      let calendar = calendars.first(where: {
        $0.calendarID == clocks.calendarID && $0.version == clocks.calendarVersion
      })
    else {
      targets = []
      return
    }
    let zones = TenantCalendars()
    let time = BusinessTime(calendar) {
      zones.calendar(timeZone: calendar.timeZone).utcOffset(at: $0)
    }
    targets = SlaTargetKind.allCases.map { kind in
      let record = TargetRecord(kind, of: events)
      let end = record.settledAt ?? (kind == .resolution ? state.resolvedAt : nil) ?? last
      let isResolved = kind == .resolution && state.resolvedAt != nil
      let outcome = clocks.outcome(kind)
      return Target(
        kind: kind, outcome: outcome == .open && isResolved ? "met" : outcome.rawValue,
        dueAt: record.dueAt, end: end, intervals: clocks.intervals(until: end, in: time))
    }
  }

  var summary: ExplanationReport.Section {
    ExplanationReport.Section(
      "targets",
      clocks.map { "Targets by calendar \($0.calendarID) version \($0.calendarVersion)" }
        ?? "Targets",
      ["target", "outcome", "targetMinutes", "dueAt", "countedUntil", "countedSeconds"],
      targets.map { target in
        [
          .word(target.kind), .text(target.outcome), .number(clocks?.minutes(target.kind)),
          .time(target.dueAt), .time(target.end),
          .number(target.intervals.reduce(0) { $0 + $1.seconds }),
        ]
      })
  }

  var intervals: ExplanationReport.Section {
    ExplanationReport.Section(
      "intervals", "The business hours that were counted", ["target", "from", "to", "seconds"],
      targets.flatMap { target in
        target.intervals.map { interval in
          [
            .word(target.kind), .time(interval.lowerBound), .time(interval.upperBound),
            .number(interval.seconds),
          ]
        }
      })
  }
}

/// What the events say of one target.
private struct TargetRecord {
  /// As the last event that says so has it.
  private(set) var dueAt: Timestamp?
  /// When it was met or ran out.
  private(set) var settledAt: Timestamp?

  init(_ kind: SlaTargetKind, of events: [RecordedEvent]) {
    for recorded in events {
      guard settledAt == nil, case .supportCase(let event) = recorded.event else { continue }
      switch event {
      case .slaClocksStarted(let event):
        dueAt = kind == .resolution ? event.resolutionDueAt : event.firstResponseDueAt
      case .slaClocksResumed(let event):
        dueAt = kind == .resolution ? event.resolutionDueAt : event.firstResponseDueAt
      case .slaRetargeted(let event):
        dueAt = kind == .resolution ? event.resolutionDueAt : event.firstResponseDueAt
      case .slaFirstResponseMet(let event) where kind == .firstResponse:
        (dueAt, settledAt) = (event.dueAt ?? dueAt, event.metAt)
      case .slaBreached(let event) where event.targetKind == kind:
        (dueAt, settledAt) = (event.dueAt, event.dueAt)
      default: break
      }
    }
  }
}

extension Range<Timestamp> {
  fileprivate var seconds: Int {
    Int((upperBound.microseconds - lowerBound.microseconds) / 1_000_000)
  }
}
