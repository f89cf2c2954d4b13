// A control is one statement about a history, with the rules that it stands for. It looks at every
// event of one tenant, in order, with the state before and after its commit, and says where the
// statement does not hold. What must hold:
//
// - A control is pure: it depends on the commits and their states only.
// - It derives what should be from facts and amounts, and does not call the decider of its rules,
//   so that a fault of the decider is found.
// - It has a test with a forged history that breaks this control and no other.

import Calendars
import Domain
import EventSourcing
import Events

/// One statement that the audit checks, for one tenant.
protocol Control: Sendable {
  /// Lower-case words with hyphens.
  static var id: String { get }
  /// What must hold, in one sentence.
  static var statement: String { get }
  /// The numbers in the rule book, or the names of rules without a number; `all` for every rule.
  static var rules: [String] { get }

  init()

  /// Looks at the next event, also at one outside the span that is reported, because later events
  /// depend on it.
  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination)

  /// Moves what it keeps of matters that were not looked at lately out of memory.
  mutating func spill(into file: SpillFile) throws

  /// Looks at the state after the last commit, for events in a span.
  mutating func finish(
    _ state: TenantState, in span: ClosedRange<Position>
  ) throws -> Examination
}

extension Control {
  /// For a control that keeps nothing, or little.
  func spill(into file: SpillFile) throws {}

  func finish(_ state: TenantState, in span: ClosedRange<Position>) -> Examination {
    Examination()
  }
}

/// The controls of the audit, in the order of the report.
enum Controls {
  static let all: [any Control.Type] = [
    ApprovalWindow.self, ApprovalLimits.self, Balances.self, Settlements.self, LegStates.self,
    PaidOnce.self, Reservations.self, PolicyInForce.self, Erasures.self, PermittedActors.self,
    TimesInOrder.self, ServiceLevels.self, Outcomes.self, DecideAgain.self,
  ]
}

/// A commit as controls see it.
struct AuditedCommit {
  /// At least one; all are of one command.
  let events: [RecordedEvent]
  /// The persons of whom the events have personal texts.
  let personal: [PersonalNote]
  var before: TenantState { didSet { facts = Self.facts(of: events[0], before, calendars) } }
  let after: TenantState
  /// What the deciders knew besides the states, such as the tenant before the commit.
  private(set) var facts: Facts
  /// The events, in the form in which decisions are compared.
  let comparable: [Event]
  /// The commands that could have led to them.
  let commands: [Command]
  let permissions: EventPermissions
  let calendars: TenantCalendars

  init(
    events: [RecordedEvent], personal: [PersonalNote], before: TenantState, after: TenantState,
    calendars: TenantCalendars
  ) {
    (self.events, self.personal, self.calendars) = (events, personal, calendars)
    (self.before, self.after) = (before, after)
    facts = Self.facts(of: events[0], before, calendars)
    comparable = events.comparable
    commands =
      comparable.isEmpty ? [] : DecidedEvents(events: comparable, before: before).commands()
    permissions = EventPermissions(of: events, before: before, commands)
  }

  /// Whether it has such an event.
  func contains(_ isSuch: (Event) -> Bool) -> Bool { events.contains { isSuch($0.event) } }

  /// The version of the rules by which it was decided, which it may have adopted itself. What the
  /// service records of itself follows no rules that changed.
  var rulesVersion: Int {
    after.tenantID == .system ? RuleBook.version : after.tenant.rulesVersion
  }

  private static func facts(
    of first: RecordedEvent, _ before: TenantState, _ calendars: TenantCalendars
  ) -> Facts {
    let tenant = before.tenant
    let calendar = calendars.calendar(timeZone: tenant.settings.timeZone)
    return Facts(
      tenantID: before.tenantID, tenant: tenant, actor: first.actor, now: first.time,
      dateOf: { calendar.date(of: $0) },
      utcOffset: { calendars.calendar(timeZone: $0).utcOffset(at: $1) })
  }
}

/// What a control says of one commit.
struct Examination {
  /// Of how many things it was checked whether the statement holds.
  private(set) var count = 0
  private(set) var findings: [(positions: [Position], sentence: String)] = []
  /// How many things of each kind could not be checked, and why.
  private(set) var passedOver: [UncheckedMatter: Int] = [:]

  /// Whether there was nothing to check.
  var isEmpty: Bool { count == 0 && findings.isEmpty && passedOver.isEmpty }

  /// Counts one thing that is checked.
  mutating func begin() { count += 1 }

  /// Counts one thing that cannot be checked.
  mutating func passOver(_ matter: UncheckedMatter) { passedOver[matter, default: 0] += 1 }

  /// Says that the statement does not hold.
  mutating func find(_ sentence: String, at positions: Position...) {
    findings.append((positions, sentence))
  }

  /// Finds something unless a condition holds.
  mutating func require(
    _ holds: Bool, _ sentence: @autoclosure () -> String, at positions: Position...
  ) {
    if !holds { findings.append((positions, sentence())) }
  }
}
