// What a back-test says: which matters would have ended otherwise, added up by currency and by what
// they have in common, and which decisions could not be replayed and why.

public import Cryptography
public import EventSourcing
public import Events
public import JSON

/// The report of one back-test.
public struct BacktestReport: Sendable {
  /// The program that made it.
  public var build: String
  /// What was exchanged, as the file says it.
  public var change: JSONValue
  public var from: AuditBound?
  public var to: AuditBound?
  public var tenants: [AuditedTenant] = []
  /// By type of command, the decisions that were replayed.
  public var decisions: [String: DecisionCounts] = [:]
  /// In the order of tenants and positions.
  public var outcomes: [ChangedOutcome] = []
  public var breakdowns: [Breakdown] = []
  public var notReplayed: [NotReplayed: Int] = [:]
  public var commitCount = 0
  public var eventCount = 0
  /// The chain value after the last commit.
  public var chain = Digest.zero
  /// Whether the log ends with a write that did not finish, which was not replayed.
  public var hasUnfinishedWrite = false
}

/// How many decisions of one type were replayed.
public struct DecisionCounts: Sendable, Hashable {
  /// How many of them history allowed.
  public var allowed = 0
  /// How many of them history refused.
  public var refused = 0
  /// Later steps of what is refused now, which were not replayed.
  public var followed = 0

  static func + (a: DecisionCounts, b: DecisionCounts) -> DecisionCounts {
    DecisionCounts(
      allowed: a.allowed + b.allowed, refused: a.refused + b.refused,
      followed: a.followed + b.followed)
  }
}

/// How a change ends a matter otherwise.
public enum BacktestEffect: Sendable, Hashable {
  /// History allowed it; the rule that refuses it now.
  case refused(rule: String, reason: String)
  /// History refused it; the rule that refused it then.
  case allowed(rule: String, reason: String)
  /// History allowed it with another amount; in minor units, below zero for less.
  case amount(difference: Int)
}

/// A refund, a return with its refund, or a store credit that would have ended otherwise.
public struct ChangedOutcome: Sendable, Hashable {
  public var tenant: TenantID
  /// Of the decision that goes otherwise.
  public var position: Position
  /// The refund, the return, or the order that store credit was given for.
  public var stream: StreamName
  /// The type of the decision's command.
  public var commandType: String
  public var effect: BacktestEffect
  /// What was asked for, approved or given, or would be of what is allowed now, in minor units.
  public var amount: Int
  public var currency: CurrencyCode
  /// The caller's words for a refund or credit; the codes of a return's lines.
  public var reason: String
  /// The customer's tags at that time.
  public var customerTags: [String]
}

/// Decisions of one kind that could not be replayed.
public struct NotReplayed: Sendable, Hashable {
  public var commandType: String
  /// The reason of the refusal; `nil` for what history allowed.
  public var refusal: String?
  public var because: String
}

extension NotReplayed {
  static let commandMissing = "the history has the refusal and not the command"
  static let rulesDiffer =
    "the rules of then do not lead to what is recorded; redress audit says more"
}
