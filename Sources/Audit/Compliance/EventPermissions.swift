// Which permission the command had that an event follows from. The log names no commands, but an
// event that a command is about tells which it was; the other events of the commit follow from it.

import EventSourcing
import Events

/// For each event of one commit, the permissions one of which its command has.
struct EventPermissions {
  private let byEvent: [[Permission]?]

  /// - Parameter before: the state before the commit.
  init(of events: [RecordedEvent], before: TenantState) {
    let permissions = events.map {
      DecidedEvents(events: [$0.event], before: before).commands().map(\.permission)
    }
    let isDecided = zip(events, permissions).contains { !$0.event.mayFollow && !$1.isEmpty }
    byEvent = zip(events, permissions).map { recorded, permissions in
      permissions.isEmpty || recorded.event.mayFollow && isDecided ? nil : permissions
    }
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
  /// Whether it follows from another event where its commit has one that a command is about.
  fileprivate var mayFollow: Bool {
    switch self {
    case .supportCase(.caseSeverityChanged), .supportCase(.caseStatusChanged),
      .supportCase(.slaBreached):
      true
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .command:
      false
    }
  }
}
