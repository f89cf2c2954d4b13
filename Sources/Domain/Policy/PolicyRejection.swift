// Why a command about a policy is refused.

public import Events

/// Rules that could not do what they say, and policies that are not there.
public enum PolicyRejection: Rejection {
  case unknownPolicy(PolicyID)
  case badRule(Int, PolicyRuleID, PolicyFlaw)
  case badDefaultAction(PolicyFlaw)
  case tooManyVersions(PolicyID)

  public var explanation: Explanation {
    switch self {
    case .unknownPolicy(let id):
      Explanation(
        "Policy", PolicyRefusal.unknownPolicy,
        "There is no policy \(id). DefinePolicy defines one.",
        ["policy": id])
    case .badRule(let index, let rule, let flaw):
      Explanation(
        "Policy", flaw.reason, "rules[\(index)] (\(rule)): \(flaw.words).",
        ["index": index, "ruleId": rule])
    case .badDefaultAction(let flaw):
      Explanation("Policy", flaw.reason, "defaultAction: \(flaw.words).")
    case .tooManyVersions(let id):
      Explanation(
        "Policy", PolicyRefusal.tooManyVersions,
        "The policy \(id) has had a million versions. Define one with another id.", ["policy": id])
    }
  }
}
