// The last line of an import on standard output, as JSON.

internal import JSON

/// An import in numbers; amounts in pence.
public struct Figures: Equatable, Sendable {
  /// Commands that the service accepted, now or in an earlier run.
  public var orders = 0
  public var requests = 0
  /// Returns that were completed; `nil` where nothing goes through one.
  public var returns: Int?
  /// As the service's own totals have it.
  public var executed = 0
  public var executedAmount = 0
  public var denied = 0
  public var deniedAmount = 0
  /// Rows of `C…` invoices.
  public var matched = 0
  public var unmatched = 0
  /// Of made-up stories, where there are any.
  public var support: SupportFigures?

  public init() {}

  /// One line, without its end.
  public var json: String {
    let members = [
      ("orders", orders), ("requests", requests), ("executed", executed),
      ("executedAmount", executedAmount), ("denied", denied), ("deniedAmount", deniedAmount),
      ("matched", matched), ("unmatched", unmatched),
    ]
    let own = support.map {
      [
        ("supportCases", $0.cases), ("messages", $0.messages), ("holds", $0.holds),
        ("chargebacks", $0.chargebacks),
      ]
    }
    let all = members + (returns.map { [("returns", $0)] } ?? []) + (own ?? [])
    let value = JSONValue.object(all.map { .init($0.0, .integer(Int64($0.1))) })
    return String(decoding: value.json, as: UTF8.self)
  }
}

/// Support stories in numbers.
public struct SupportFigures: Equatable, Sendable {
  public var cases = 0
  public var messages = 0
  public var holds = 0
  public var chargebacks = 0
}

extension Figures {
  /// Counts a command that the service accepted.
  mutating func count(_ kind: Submission.Kind) {
    switch kind {
    case .order: orders += 1
    case .refund: requests += 1
    case .story: support?.cases += 1
    case .message: support?.messages += 1
    case .hold: support?.holds += 1
    case .chargeback: support?.chargebacks += 1
    case .complete: returns = (returns ?? 0) + 1
    case .tenant, .begin, .agent, .end, .case, .approve, .deny, .policy, .return, .allow, .receive,
      .inspect,
      .work:
      break
    }
  }
}
