// Why things are returned: a taxonomy in the tenant's settings. A reason may belong under another,
// so that a policy's rule for `quality` is also one for everything under it.

import EventSourcing
public import Events

extension ReturnSettings {
  /// What a tenant has until it says otherwise (rule book, Return).
  static let defaults = ReturnSettings(
    reasons: [
      ReturnReason(code: "defective", label: "Does not work"),
      ReturnReason(code: "wrong_item", label: "Not what was ordered"),
      ReturnReason(code: "not_as_described", label: "Not as described"),
      ReturnReason(code: "damaged_in_transit", label: "Damaged on the way"),
      ReturnReason(code: "size", label: "Does not fit"),
      ReturnReason(code: "changed_mind", label: "Not wanted any more"),
      ReturnReason(code: "late", label: "Came too late"),
      ReturnReason(code: "missing_parts", label: "Parts are missing"),
      ReturnReason(code: "other", label: "Something else"),
    ],
    expiryDays: 30)

  /// The code, and the codes it belongs under, nearest first; `nil` for a code that is none.
  func path(of code: String) -> [String]? {
    let parents = Dictionary(uniqueKeysWithValues: reasons.map { ($0.code, $0.parent) })
    guard parents[code] != nil else { return nil }
    var path = [code]
    while let last = path.last, let parent = parents[last] ?? nil, !path.contains(parent) {
      path.append(parent)
    }
    return path
  }
}

extension Tenant {
  /// The longest way from a reason up to one that belongs under no other.
  static let reasonDepthMax = 100

  /// Changes the settings of returns that are named and keeps the others.
  public static func changeReturnSettings(
    _ command: ChangeReturnSettings, tenant: Tenant, facts: Facts
  ) throws(TenantRejection) -> Decision {
    var settings = tenant.returnSettings
    settings.reasons = command.reasons ?? settings.reasons
    settings.expiryDays = command.expiryDays ?? settings.expiryDays
    try check(settings.reasons)
    if let policy = tenant.policy, let (index, _) = policy.flawOfReasons(settings.reasons) {
      throw .reasons(.reasonOfPolicy(policy.policyID, rule: policy.rules[index].ruleID))
    }
    guard settings != tenant.returnSettings else {
      return .unchanged(reason: "The settings of returns are so already.")
    }
    return .events([.returnSettingsChanged(ReturnSettingsChanged(settings: settings))])
  }

  /// Each code once, and each parent one of them, without going round in a circle.
  private static func check(_ reasons: [ReturnReason]) throws(TenantRejection) {
    var places: [String: Int] = [:]
    for (index, reason) in reasons.enumerated() {
      if let first = places.updateValue(index, forKey: reason.code) {
        throw .reasons(.reasonNamedTwice(index, reason.code, first: first))
      }
    }
    for (index, reason) in reasons.enumerated() {
      if let parent = reason.parent, places[parent] == nil {
        throw .reasons(.unknownParentReason(index, reason.code, parent: parent))
      }
      var parent = reason.parent
      var depth = 1
      while let code = parent, let place = places[code] {
        depth += 1
        guard depth <= reasonDepthMax, code != reason.code else {
          throw .reasons(.reasonUnderItself(index, reason.code))
        }
        parent = reasons[place].parent
      }
    }
  }
}
