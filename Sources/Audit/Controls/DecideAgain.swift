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
    // Once for each commit; outcomes without events have a control of their own.
    guard recorded.position == commit.events[0].position, let event = commit.comparable.first
    else { return }
    if case .command = event { return }
    guard commit.rulesVersion == RuleBook.version else {
      return examination.passOver(.otherRules("commits", commit.rulesVersion))
    }
    let (events, commands) = (commit.comparable, commit.commands)
    let decided = DecidedEvents(events: events, before: commit.before.knowing(event))
    guard !commands.isEmpty else {
      return examination.passOver(
        UncheckedMatter(
          "commits of \(event.type)", because: "they do not hold their command"))
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

extension UncheckedMatter {
  /// What other rules led to.
  static func otherRules(_ what: String, _ version: Int) -> UncheckedMatter {
    UncheckedMatter(
      "\(what) under version \(version) of the rules",
      because: "this program decides by version \(RuleBook.version)")
  }
}

extension Redecision {
  fileprivate func difference(from recorded: [Event], of command: Command) -> String {
    switch self {
    case .events(let decided):
      "decided again, \(command.type) \(decided.difference(from: recorded))"
    case .unchanged(let reason): "decided again, \(command.type) changes nothing: \(reason)"
    case .rejected(let refusal):
      "decided again, \(command.type) is refused (\(refusal.rule)): \(refusal.detail)"
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
