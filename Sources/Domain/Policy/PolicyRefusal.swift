// Why the rules refuse commands about policies.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about policies.
public enum PolicyRefusal: String, RefusalReason {
  case unknownPolicy, tooManyVersions, ruleNamedTwice, noConditions, operatorDoesNotFit
  case textsForNumbers, numbersForTexts, nothingToCompareWith, severalToCompareWith
  case approvesWhatIsNotEligible, neverHolds, neverReached, unknownReason

  public var guide: RefusalGuide {
    switch self {
    case .unknownPolicy:
      RefusalGuide(
        "Policy", "The tenant has no policy of this id.",
        "Correct policyId, or define the policy: DefinePolicy.")
    case .tooManyVersions:
      RefusalGuide(
        "Policy", "The policy has had a million versions.",
        "Define one with another id.")
    case .ruleNamedTwice:
      RefusalGuide(
        "Policy", "Two rules of the policy have the same id.",
        "Give every rule an id of its own.")
    case .noConditions:
      RefusalGuide(
        "Policy", "A rule without conditions would match everything.",
        "Give it conditions, or use defaultAction.")
    case .operatorDoesNotFit:
      RefusalGuide(
        "Policy", "A condition compares a text by an operator for numbers.",
        "Use eq or in.")
    case .textsForNumbers:
      RefusalGuide("Policy", "A condition compares a number with texts.", "Give numbers.")
    case .numbersForTexts:
      RefusalGuide("Policy", "A condition compares a text with numbers.", "Give texts.")
    case .nothingToCompareWith:
      RefusalGuide(
        "Policy", "A condition has nothing to compare with.",
        "Give the value, or several for in.")
    case .severalToCompareWith:
      RefusalGuide(
        "Policy", "A condition compares with several values by an operator that takes one.",
        "Give one value, or use in.")
    case .approvesWhatIsNotEligible:
      RefusalGuide(
        "Policy", "An action approves automatically what it does not allow.",
        "Leave autoApprove out, or make it eligible.")
    case .neverHolds:
      RefusalGuide(
        "Policy", "Conditions of one rule contradict each other, so it never matches.",
        "Make two rules of it, or leave one of the conditions out.")
    case .neverReached:
      RefusalGuide(
        "Policy", "An earlier rule matches all that this one does, so it is never reached.",
        "Put it before that one, or leave it out.")
    case .unknownReason:
      RefusalGuide(
        ["Policy", "V2"], "The reason is none of the tenant's.",
        "Give one of the tenant's reasons, or add it: ChangeReturnSettings.")
    }
  }
}
