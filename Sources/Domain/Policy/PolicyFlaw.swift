// What is wrong with a rule of a policy. A rule that cannot work as written is refused when the
// policy is defined, with its index and the reason, not when a return is requested.

public import Events

/// Why a rule, or a default action, is invalid.
public enum PolicyFlaw: Equatable, Sendable {
  case ruleNamedTwice(first: Int)
  case noConditions
  case operatorDoesNotFit(condition: Int, PolicyField, PolicyOperator)
  case textsForNumbers(condition: Int, PolicyField)
  case numbersForTexts(condition: Int, PolicyField)
  case nothingToCompareWith(condition: Int, PolicyField, PolicyOperator)
  case severalToCompareWith(condition: Int, PolicyField, PolicyOperator, count: Int)
  case unknownReason(condition: Int, String, known: [String])
  case approvesWhatIsNotEligible
  case neverHolds(PolicyField)
  case neverReached(after: Int)
}

extension PolicyFlaw {
  var reason: PolicyRefusal {
    switch self {
    case .ruleNamedTwice: .ruleNamedTwice
    case .noConditions: .noConditions
    case .operatorDoesNotFit: .operatorDoesNotFit
    case .textsForNumbers: .textsForNumbers
    case .numbersForTexts: .numbersForTexts
    case .nothingToCompareWith: .nothingToCompareWith
    case .severalToCompareWith: .severalToCompareWith
    case .unknownReason: .unknownReason
    case .approvesWhatIsNotEligible: .approvesWhatIsNotEligible
    case .neverHolds: .neverHolds
    case .neverReached: .neverReached
    }
  }

  /// What is wrong and what would be right.
  var words: String {
    switch self {
    case .ruleNamedTwice(let first):
      "the rule \(first) has the same id; every rule needs its own"
    case .noConditions:
      "it has no condition, so it would match everything; that is what defaultAction is for"
    case .operatorDoesNotFit(let condition, let field, let given):
      "condition \(condition) compares \(field.rawValue), a text, by \(given.rawValue); "
        + "use one of \(field.fittingOperators.map(\.rawValue).joined(separator: ", "))"
    case .textsForNumbers(let condition, let field):
      "condition \(condition) compares \(field.rawValue), a number, with texts; give numbers"
    case .numbersForTexts(let condition, let field):
      "condition \(condition) compares \(field.rawValue), a text, with numbers; give texts"
    case .nothingToCompareWith(let condition, let field, let given):
      "condition \(condition) compares \(field.rawValue) by \(given.rawValue) with nothing; "
        + "give \(field.isNumber ? "numbers" : "texts")"
    case .severalToCompareWith(let condition, let field, let given, let count):
      "condition \(condition) compares \(field.rawValue) by \(given.rawValue) with \(count) "
        + "values; give one, or use in"
    case .unknownReason(let condition, let code, let known):
      "condition \(condition) asks for the reason \(code), and no item can have it; "
        + "the tenant's reasons are \(known.prefix(100).joined(separator: ", "))"
    case .approvesWhatIsNotEligible:
      "its action approves automatically what is not eligible; leave autoApprove out"
    case .neverHolds(let field):
      "no \(field.rawValue) is all that its conditions ask for; make two rules of it, or "
        + "leave one of the conditions out"
    case .neverReached(let earlier):
      "the rule \(earlier) matches first all that it matches; put it before that one, or "
        + "leave it out"
    }
  }
}
