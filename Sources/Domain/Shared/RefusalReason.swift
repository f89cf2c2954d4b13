// The reasons for which rules refuse. Each aggregate has its own; those of several are in
// `SharedRefusal`. What must hold: a reason's name is that of no other, and its rules are those
// that the rejections with it cite.

public import EventSourcing

/// A stable code for a refusal, such as `outsideReturnWindow`.
public protocol RefusalReason: RawRepresentable<String>, CaseIterable, Sendable {
  var guide: RefusalGuide { get }
}

/// What the page of a refusal says.
public struct RefusalGuide: Sendable {
  /// Numbers of the rule book, or names where a rule has no number.
  public var rules: [String]
  public var advice: Advice

  init(_ rule: String, _ meaning: String, _ remedy: String) {
    self.init([rule], meaning, remedy)
  }

  init(_ rules: [String], _ meaning: String, _ remedy: String) {
    self.rules = rules
    advice = Advice(meaning, remedy)
  }
}

extension RuleBook {
  /// All reasons for which rules refuse.
  public static let refusals: [any RefusalReason] = [
    all(SharedRefusal.self), all(TenantRefusal.self), all(CustomerRefusal.self),
    all(PolicyRefusal.self), all(PrivacyRefusal.self), all(OrderRefusal.self),
    all(CaseRefusal.self), all(SlaRefusal.self), all(RefundRefusal.self),
    all(ReturnRefusal.self), all(PayoutHoldRefusal.self),
  ].flatMap { $0 }

  private static func all<Reason: RefusalReason>(_: Reason.Type) -> [any RefusalReason] {
    Array(Reason.allCases)
  }
}
