import Domain
import EventSourcing
import Events
import JSON

/// Decides the command of every commit again, from the state and the facts of then.
///
/// Personal texts stay sealed, so their lengths are not checked; how a discount on a whole order
/// was spread over its lines is taken from the history, which does not say what the shop told.
struct DecideAgain: Control {
  static let id = "decide-again"
  static let statement = "Every commit has exactly the events that the rules lead to."
  static let rules = ["all"]

  func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    // Once for each commit.
    guard recorded.position == commit.events[0].position else { return }
    let rules = commit.after.tenant.rulesVersion
    guard rules == RuleBook.version else {
      return examination.passOver(
        UncheckedMatter(
          "commits under version \(rules) of the rules",
          because: "this program decides by version \(RuleBook.version)"))
    }
    let events = commit.events.map(\.event).filter { !$0.isAdoption }.map(\.comparable)
    guard !events.isEmpty else { return }
    let decided = DecidedEvents(events: events, before: commit.before.knowing(events[0]))
    let commands = decided.commands()
    guard !commands.isEmpty else {
      return examination.passOver(
        UncheckedMatter(
          "commits of \(recorded.event.type)", because: "they do not hold their command"))
    }
    examination.begin()
    do {
      let facts = commit.facts
      let first = try decided.decide(commands[0], facts)
      if first == .events(events) { return }
      for command in commands.dropFirst() {
        if try decided.decide(command, facts) == .events(events) { return }
      }
      examination.find(first.difference(from: events, of: commands[0]), at: recorded.position)
    } catch {
      examination.find("cannot be decided again: \(error)", at: recorded.position)
    }
  }
}

/// What the rules say to a command today.
private enum Redecision: Equatable {
  case events([Event])
  case unchanged(reason: String)
  case rejected(rule: String, detail: String)

  func difference(from recorded: [Event], of command: Command) -> String {
    switch self {
    case .events(let decided):
      "decided again, \(command.type) \(decided.difference(from: recorded))"
    case .unchanged(let reason): "decided again, \(command.type) changes nothing: \(reason)"
    case .rejected(let rule, let detail):
      "decided again, \(command.type) is refused (\(rule)): \(detail)"
    }
  }
}

extension DecidedEvents {
  fileprivate func decide(_ command: Command, _ facts: Facts) throws -> Redecision {
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let privacy = before.privacy
      try checkPersons(in: command, privacy: privacy)
      switch try command.decide(in: before, facts: facts) {
      case .events(let events):
        try checkPersons(in: events, privacy: privacy)
        return .events(events.map(\.comparable))
      case .unchanged(let reason): return .unchanged(reason: reason)
      }
    } catch let rejection as any Rejection {
      return .rejected(rule: rejection.rule, detail: rejection.detail)
    }
  }
}

extension TenantState {
  /// The state, with what a decision took from the keys of then.
  fileprivate func knowing(_ event: Event) -> TenantState {
    guard case .privacy(.subjectErased(let event)) = event else { return self }
    var state = self
    state.recordedFingerprint = event.keyFingerprint
    return state
  }
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
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .command:
      return event
    }
  }
}

extension [Event] {
  /// How these events differ from those that are recorded.
  fileprivate func difference(from recorded: [Event]) -> String {
    guard map(\.type) == recorded.map(\.type) else {
      return "leads to \(map(\.type).joined(separator: ", ")); recorded are "
        + recorded.map(\.type).joined(separator: ", ")
    }
    for (decided, recorded) in zip(self, recorded) where decided != recorded {
      return "leads to \(decided.type) with \(decided.difference(from: recorded))"
    }
    return "leads to the same events"
  }
}

extension Event {
  private var members: [JSONValue.Member] {
    var bytes: [UInt8] = []
    writeData(to: &bytes)
    guard case .object(let members)? = try? JSONValue(parsing: bytes) else { return [] }
    return members
  }

  /// The fields of the data that differ, with both values.
  fileprivate func difference(from recorded: Event) -> String {
    let (ours, theirs) = (members, recorded.members)
    var keys: [String] = []
    for key in (ours + theirs).map(\.key) where !keys.contains(key) { keys.append(key) }
    return keys.compactMap { key in
      let ours = ours.first { $0.key == key }?.value
      let theirs = theirs.first { $0.key == key }?.value
      guard ours != theirs else { return nil }
      return "\(key) \(ours.text), recorded as \(theirs.text)"
    }.joined(separator: "; ")
  }
}

extension JSONValue? {
  fileprivate var text: String {
    guard let self else { return "nothing" }
    let text = String(decoding: self.json, as: UTF8.self)
    return text.count <= 200 ? text : "\(text.prefix(200))…"
  }
}
