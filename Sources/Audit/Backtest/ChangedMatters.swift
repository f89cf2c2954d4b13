// Which matters of a tenant would have ended otherwise. A matter counts once:
//
// - as refused at its first step that is refused now; its later steps are not looked at;
// - as allowed where a step that was refused is allowed now, unless history allowed the same step
//   at another attempt;
// - with another amount where the last of its steps with an amount has another one.

import EventSourcing
import Events

/// What becomes of a decision.
enum Verdict {
  /// With the amount that is asked for, approved or given; `nil` where the step has none.
  case allowed(Int?)
  case refused(rule: String, reason: String)
}

/// The matters that a change would have ended otherwise.
struct ChangedMatters {
  private var outcomes: [Matter: ChangedOutcome] = [:]

  /// In the order of positions.
  var sorted: [ChangedOutcome] { outcomes.values.sorted { $0.position < $1.position } }

  func isRefused(_ matter: Matter) -> Bool {
    if case .refused? = outcomes[matter]?.effect { true } else { false }
  }

  /// Takes the next decision of a matter.
  ///
  /// - Parameter unchanged: the decision as it was, with what history asked for or gave.
  mutating func add(
    _ history: Verdict, _ replay: Verdict, of matter: Matter, _ unchanged: ChangedOutcome
  ) {
    var outcome = unchanged
    let isAllowedBefore = isAllowed(matter, in: outcome.commandType)
    switch (history, replay) {
    case (.allowed, .refused(let rule, let reason)):
      outcome.effect = .refused(rule: rule, reason: reason)
      outcomes[matter] = isAllowedBefore ? nil : outcome
    case (.allowed(let before), .allowed(let now)):
      if isAllowedBefore { outcomes[matter] = nil }
      guard let before, let now, !isAllowed(matter) else { return }
      outcome.effect = .amount(difference: now - before)
      outcomes[matter] = now == before ? nil : outcome
    case (.refused(let rule, let reason), .allowed(let now)):
      if isAllowed(matter) { return }
      outcome.effect = .allowed(rule: rule, reason: reason)
      outcome.amount = now ?? outcome.amount
      outcomes[matter] = outcome
    case (.refused, .refused): break
    }
  }

  /// Whether a step of the matter that history refused is allowed.
  ///
  /// - Parameter commandType: of the step; any if `nil`.
  private func isAllowed(_ matter: Matter, in commandType: String? = nil) -> Bool {
    guard let outcome = outcomes[matter], case .allowed = outcome.effect else { return false }
    return commandType.map { $0 == outcome.commandType } ?? true
  }
}
