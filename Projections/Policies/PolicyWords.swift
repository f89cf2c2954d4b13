// Conditions and actions of policies in words. Amounts are minor units of the tenant's currency, as
// the policy has them.

import Events

extension PolicyCondition {
  /// `days since delivery is above 30`.
  var words: String {
    let values = numbers.map { $0.map { "\($0)" } } ?? texts ?? []
    return "\(spacedWords(fact.rawValue)) \(`operator`.words) \(values.joined(separator: ", "))"
  }
}

extension PolicyOperator {
  fileprivate var words: String {
    switch self {
    case .eq: "is"
    case .in: "is one of"
    case .lt: "is below"
    case .lte: "is at most"
    case .gt: "is above"
    case .gte: "is at least"
    }
  }
}

extension PolicyAction {
  /// `may be returned, restocking fee 10 %, approved without a person`.
  var words: String {
    joined(
      eligible ? "may be returned" : "may not be returned",
      restockingFee.map { "restocking fee \(percent(Int($0)))" },
      shippingFee.map { "shipping fee \(grouped($0)) minor units" },
      autoApprove == true ? "approved without a person" : nil,
      returnMethod.map { spacedWords($0.rawValue) })
  }
}

/// `12.5 %` of 1250 basis points.
private func percent(_ basisPoints: Int) -> String {
  let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
  let digits =
    rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
  return "\(whole)\(digits) %"
}
