// A command that a rule refuses, with what its sender needs to understand it and do better.

public import Events

/// A refusal by a rule of the domain. It is an outcome, recorded like any other.
public protocol Rejection: Error, Sendable, Equatable {
  var explanation: Explanation { get }
}

extension Rejection {
  /// The rule's number in the rule book, such as `R4`, or the name of the table that rules.
  public var rule: String { explanation.rule }

  /// A stable code, such as `outsideReturnWindow`.
  public var reason: String { explanation.reason }

  /// What is wrong and what would be right, with the numbers.
  public var detail: String { explanation.detail }

  /// The facts that the rule looked at.
  public var facts: [Fact] { explanation.facts }
}

/// A rejection in words and facts.
public struct Explanation: Equatable, Sendable {
  public var rule: String
  public var reason: String
  public var detail: String
  public var facts: [Fact]

  public init(
    _ rule: String, _ reason: some RefusalReason, _ detail: String,
    _ facts: KeyValuePairs<String, any CustomStringConvertible> = [:]
  ) {
    self.rule = rule
    self.reason = reason.rawValue
    self.detail = detail
    self.facts = facts.map { Fact(name: $0.key, value: $0.value.description) }
  }

  /// An explanation as a history has it.
  public init(_ rule: String, _ reason: String, _ detail: String, facts: [Fact]) {
    (self.rule, self.reason, self.detail, self.facts) = (rule, reason, detail, facts)
  }

  /// Explains that a command is not possible in the state that a refund or a return is in.
  ///
  /// - Parameter noun: `refund` or `return`.
  init<Status: RawRepresentable<String>>(
    _ rule: String, _ noun: String, _ command: some RawRepresentable<String>,
    startsFrom statuses: [Status], not status: Status
  ) {
    self.init(
      rule, SharedRefusal.notPossibleInThisState,
      "\(command.rawValue) is possible for a \(noun) that is "
        + "\(statuses.map(\.rawValue).joined(separator: " or ")); this one is \(status.rawValue).",
      ["command": command.rawValue, "status": status.rawValue])
  }
}
