// Which permission the command had that an event follows from. The log names no commands, but an
// event that a command is about tells which it was; the other events of the commit follow from it.

import EventSourcing
import Events

/// For each event of one commit, the permissions one of which its command has.
struct EventPermissions {
  private let byEvent: [[Permission]?]

  /// - Parameters:
  ///   - before: the state before the commit.
  ///   - commands: those that could have led to all of its events.
  init(of events: [RecordedEvent], before: TenantState, _ commands: [Command]) {
    // Most commits have one event, whose commands were made already.
    if events.count == 1 {
      byEvent = [commands.isEmpty ? nil : commands.map(\.permission)]
      return
    }
    var byEvent: [[Permission]?] = []
    byEvent.reserveCapacity(events.count)
    var first = Int.max
    let events = events.span
    for index in events.indices {
      let commands = DecidedEvents(events: [events[index].event], before: before).commands()
      byEvent.append(commands.isEmpty ? nil : commands.map(\.permission))
      if !commands.isEmpty { first = min(first, events[index].event.stepsFromCommand) }
    }
    for index in events.indices where events[index].event.stepsFromCommand != first {
      byEvent[index] = nil
    }
    self.byEvent = byEvent
  }

  /// - Parameter index: the event's in the commit.
  /// - Returns: `nil` for an event that follows from another one, and for a command that a rule
  ///   refused.
  subscript(index: Int) -> [Permission]? { byEvent[index] }
}

extension AuditedCommit {
  /// The permissions one of which the command of an event has.
  ///
  /// - Returns: `nil` for an event that follows from another one, and for a command that a rule
  ///   refused.
  func permissions(for recorded: RecordedEvent) -> [Permission]? {
    permissions[Int(recorded.position.value - events[0].position.value)]
  }
}

extension Event {
  /// How far from its command an event may be: in one commit it follows from those that are nearer.
  fileprivate var stepsFromCommand: Int {
    switch self {
    case .supportCase(.slaBreached): 2
    case .supportCase(.caseSeverityChanged), .supportCase(.caseStatusChanged): 1
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      0
    }
  }
}
