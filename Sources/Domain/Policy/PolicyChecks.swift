// Finds the flaws of a policy's rules, in their order: what is wrong with a condition by itself,
// conditions that contradict each other, and rules that an earlier one always precedes.

import Events

extension PolicyField {
  /// Days and amounts.
  var isNumber: Bool {
    switch self {
    case .daysSincePurchase, .daysSinceDelivery, .amount: true
    case .productType, .sku, .reasonCode, .condition, .customerTag: false
    }
  }

  /// Whether an item has one of it at the most; a reason is in every reason above it, too.
  var isSingle: Bool { self != .reasonCode && self != .customerTag }

  var fittingOperators: [PolicyOperator] { isNumber ? PolicyOperator.allCases : [.eq, .in] }
}

extension PolicyCondition {
  func flaw(at index: Int) -> PolicyFlaw? {
    guard fact.fittingOperators.contains(`operator`) else {
      return .operatorDoesNotFit(condition: index, fact, `operator`)
    }
    if fact.isNumber, texts != nil { return .textsForNumbers(condition: index, fact) }
    if !fact.isNumber, numbers != nil { return .numbersForTexts(condition: index, fact) }
    let count = numbers?.count ?? texts?.count ?? 0
    if count == 0 { return .nothingToCompareWith(condition: index, fact, `operator`) }
    if count > 1, `operator` != .in {
      return .severalToCompareWith(condition: index, fact, `operator`, count: count)
    }
    return nil
  }
}

extension PolicyAction {
  var flaw: PolicyFlaw? {
    !eligible && autoApprove == true ? .approvesWhatIsNotEligible : nil
  }
}

/// All that conditions about one number let it be, within what days and amounts can be.
private struct Numbers {
  var low = 0
  var high = CheckedAmount.maximum
  /// Only these, where some are named.
  var among: Set<Int>?

  /// - Precondition: all of them are about one number, and none is flawed by itself.
  init(where conditions: some Sequence<PolicyCondition>) {
    for condition in conditions {
      let numbers = condition.numbers ?? []
      switch condition.operator {
      case .eq, .in: among = among?.intersection(numbers) ?? Set(numbers)
      case .lt: high = numbers.reduce(high) { min($0, $1 - 1) }
      case .lte: high = numbers.reduce(high, min)
      case .gt: low = numbers.reduce(low) { max($0, $1 + 1) }
      case .gte: low = numbers.reduce(low, max)
      }
    }
    among = among?.filter { low <= $0 && $0 <= high }
  }

  var isEmpty: Bool { among?.isEmpty ?? (low > high) }

  func contains(_ number: Int) -> Bool {
    low <= number && number <= high && among?.contains(number) ?? true
  }

  func isSubset(of other: Numbers) -> Bool {
    if let among { return among.allSatisfy(other.contains) }
    if isEmpty { return true }
    guard let others = other.among else { return other.low <= low && high <= other.high }
    // As many in a row as are named at the most.
    return high - low < others.count && (low...high).allSatisfy(other.contains)
  }
}

/// A rule's conditions by what they are about, read once.
private struct ReadConditions {
  private var numbers: [PolicyField: Numbers] = [:]
  private var texts: [PolicyField: [Set<String>]] = [:]

  init(_ conditions: [PolicyCondition]) {
    for (field, about) in Dictionary(grouping: conditions, by: \.fact) {
      if field.isNumber {
        numbers[field] = Numbers(where: about)
      } else {
        texts[field] = about.map { Set($0.texts ?? []) }
      }
    }
  }

  /// A field of which no item can be all that these conditions ask for.
  var contradiction: PolicyField? {
    PolicyField.allCases.first { field in
      guard field.isSingle else { return false }
      if field.isNumber { return numbers[field]?.isEmpty ?? false }
      guard let about = texts[field], let first = about.first else { return false }
      return about.dropFirst().reduce(first) { $0.intersection($1) }.isEmpty
    }
  }

  /// Whether all of the other's conditions hold wherever all of these do.
  func imply(_ other: ReadConditions) -> Bool {
    other.numbers.allSatisfy { field, theirs in numbers[field]?.isSubset(of: theirs) ?? false }
      && other.texts.allSatisfy { field, theirs in
        theirs.allSatisfy { texts in
          self.texts[field]?.contains { $0.isSubset(of: texts) } ?? false
        }
      }
  }
}

extension [PolicyRule] {
  /// The first invalid rule, and why.
  ///
  /// - Parameter reasons: the codes that an item's reason can have.
  func flaw(reasons: [String]) -> (index: Int, flaw: PolicyFlaw)? {
    var named: [PolicyRuleID: Int] = [:]
    var read: [ReadConditions] = []
    for (index, rule) in enumerated() {
      if let first = named.updateValue(index, forKey: rule.ruleID) {
        return (index, .ruleNamedTwice(first: first))
      }
      if rule.conditions.isEmpty { return (index, .noConditions) }
      for (place, condition) in rule.conditions.enumerated() {
        if let flaw = condition.flaw(at: place) { return (index, flaw) }
      }
      if let flaw = rule.flawOfReasons(reasons) { return (index, flaw) }
      let conditions = ReadConditions(rule.conditions)
      if let field = conditions.contradiction { return (index, .neverHolds(field)) }
      if let earlier = read.firstIndex(where: conditions.imply) {
        return (index, .neverReached(after: earlier))
      }
      read.append(conditions)
      if let flaw = rule.action.flaw { return (index, flaw) }
    }
    return nil
  }
}

extension PolicyRule {
  /// A condition on a reason that no item can have.
  fileprivate func flawOfReasons(_ known: [String]) -> PolicyFlaw? {
    for (place, condition) in conditions.enumerated() where condition.fact == .reasonCode {
      if let code = condition.texts?.first(where: { !known.contains($0) }) {
        return .unknownReason(condition: place, code, known: known)
      }
    }
    return nil
  }
}

extension Policy {
  /// The first rule about a reason that is none of these any more.
  func flawOfReasons(_ reasons: [ReturnReason]) -> (index: Int, flaw: PolicyFlaw)? {
    let known = reasons.map(\.code)
    for (index, rule) in rules.enumerated() {
      if let flaw = rule.flawOfReasons(known) { return (index, flaw) }
    }
    return nil
  }
}
