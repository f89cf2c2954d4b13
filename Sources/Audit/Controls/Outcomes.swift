// Refusals, and commands that changed nothing, are outcomes like any other: what the history says
// of them must follow from the rules. It does not hold the command, so it is rebuilt from the type,
// the target and the recorded facts, where these say all that a rule looks at.

import Domain
import EventSourcing
import Events

struct Outcomes: Control {
  static let id = "outcomes"
  static let statement = """
    Every refusal, and every command that changed nothing, is what the rules say, with the facts \
    of that time.
    """
  static let rules = ["all"]

  func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    switch recorded.event {
    case .command(.commandRejected(let refusal)):
      let outcome = BareOutcome(refusal)
      guard !Self.dependsOnMore(refusal) else { return Self.pass(outcome, &examination) }
      Self.examine(outcome, recorded, commit, &examination) {
        $0
          == .rejected(
            Explanation(refusal.rule, refusal.reason, refusal.detail, facts: refusal.facts))
      }
    case .command(.commandHadNoEffect(let event)):
      Self.examine(BareOutcome(event), recorded, commit, &examination) {
        $0 == .unchanged(reason: event.reason)
      }
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system: break
    }
  }

  private static func examine(
    _ outcome: BareOutcome, _ recorded: RecordedEvent, _ commit: AuditedCommit,
    _ examination: inout Examination, isSame: (Redecision) -> Bool
  ) {
    let commands = outcome.commands
    guard let first = commands.first else { return pass(outcome, &examination) }
    guard commit.rulesVersion == RuleBook.version else {
      return examination.passOver(.otherRules("outcomes", commit.rulesVersion))
    }
    examination.begin()
    do {
      let decided = DecidedEvents(events: [recorded.event], before: commit.before)
      let decisions = try commands.map { try decided.decide($0, commit.facts) }
      if decisions.contains(where: isSame) { return }
      examination.find(
        """
        decided again, \(first.type) of \(outcome.target ?? "the tenant") \
        \(decisions[0].words), and the history has another outcome
        """, at: recorded.position)
    } catch {
      examination.find("cannot be decided again: \(error)", at: recorded.position)
    }
  }

  /// Whether the rule looks at something that only the command had: the revision it expected, the
  /// time it gave, the amount it wanted.
  private static func dependsOnMore(_ refusal: CommandRejected) -> Bool {
    ["expectedRevision", "Time"].contains(refusal.rule)
      || refusal.commandType == ApproveRefund.typeName && refusal.rule == "R3"
  }

  private static func pass(_ outcome: BareOutcome, _ examination: inout Examination) {
    examination.passOver(
      UncheckedMatter(
        "outcomes of \(outcome.commandType)",
        because: "the history has the outcome and not all that the command said"))
  }
}

extension Redecision {
  fileprivate var words: String {
    switch self {
    case .events(let events): "leads to \(events.map(\.type).joined(separator: ", "))"
    case .unchanged(let reason): "changes nothing: \(reason)"
    case .rejected(let why): "is refused (\(why.rule), \(why.reason)): \(why.detail)"
    }
  }
}
