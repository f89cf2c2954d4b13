// Which permission the command had that an event follows from. The log names no commands, but an
// event that a command is about tells which it was; the other events of the commit follow from it.

import Events

extension AuditedCommit {
  /// The permissions one of which the command of an event has; `nil` for an event that follows from
  /// another one, and for a command that a rule refused.
  func permissions(for event: Event) -> Set<Permission>? {
    let commands = commands(of: event)
    let isAbout = { (other: Event) in !other.mayFollow && !self.commands(of: other).isEmpty }
    if commands.isEmpty || event.mayFollow && contains(isAbout) { return nil }
    return Set(commands.map(\.permission))
  }

  private func commands(of event: Event) -> [Command] {
    DecidedEvents(events: [event], before: before).commands()
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
