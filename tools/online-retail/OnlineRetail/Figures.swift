// What an import ends with, as one line of JSON for whoever called it.

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

  public init() {}

  /// One line, without its end.
  public var json: String {
    let members = [
      ("orders", orders), ("requests", requests), ("executed", executed),
      ("executedAmount", executedAmount), ("denied", denied), ("deniedAmount", deniedAmount),
      ("matched", matched), ("unmatched", unmatched),
    ]
    let all = members + (returns.map { [("returns", $0)] } ?? [])
    let value = JSONValue.object(all.map { .init($0.0, .integer(Int64($0.1))) })
    return String(decoding: value.json, as: UTF8.self)
  }
}
