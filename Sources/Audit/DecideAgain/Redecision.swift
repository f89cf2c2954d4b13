// What the rules say to a command of the history, from given states and facts. Events are compared
// without what no decision can lead to again: sealed texts, how a discount on a whole order was
// spread over its lines, and by which rules a tenant begins.

import Domain
import EventSourcing
import Events

/// What the rules say to a command that is decided again.
enum Redecision: Equatable {
  /// In their comparable form.
  case events([Event])
  case unchanged(reason: String)
  case rejected(Explanation)
}

extension DecidedEvents {
  func decide(_ command: Command, _ facts: Facts) throws -> Redecision {
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let decision = try checkingPersons(in: command, privacy: before.privacy) {
        try command.decide(in: before, facts: facts)
      }
      switch decision {
      case .events(let events): return .events(events.map(\.comparable))
      case .unchanged(let reason): return .unchanged(reason: reason)
      }
    } catch let rejection as any Rejection {
      return .rejected(rejection.explanation)
    }
  }
}

extension [RecordedEvent] {
  /// The events that a decision led to, in their comparable form.
  var comparable: [Event] { map(\.event).filter { !$0.isAdoption }.map(\.comparable) }
}

extension Event {
  /// Stands for every personal text, and is none of a state's.
  private static let sealedText = "sealed"

  /// The event without what no decision can lead to again.
  fileprivate var comparable: Event {
    var event = self
    event.mapPersonal { text, _, _ in PersonalText.isSealed(text) ? Self.sealedText : text }
    switch event {
    case .return(.returnRequested(var requested)):
      // One text of several lines' words.
      if requested.customerWords != nil { requested.customerWords = Self.sealedText }
      return .returnRequested(requested)
    case .order(.orderRecorded(var recorded)):
      if let parts = recorded.partsTotal, parts > recorded.total {
        (recorded.partsTotal, recorded.toldShipping) = (nil, nil)
      }
      return .orderRecorded(recorded)
    case .order(.orderAmended(var amended)):
      if let parts = amended.partsTotal, parts > amended.total {
        (amended.partsTotal, amended.toldShipping) = (nil, nil)
      }
      return .orderAmended(amended)
    case .tenant(.tenantRegistered(var registered)):
      registered.rulesVersion = nil
      return .tenantRegistered(registered)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      return event
    }
  }
}
