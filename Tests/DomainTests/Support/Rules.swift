// Which rules a test is about, and from which side: `@Test(.accepts("R4"), .refuses("R5"))`.
//
// A claim is checked when the test has run: on the refused side it must have seen a rejection that
// cites the rule (Answer.thenRejected), on the accepted side something decided. A rule that no
// rejection cites says what follows or what is recorded: its refused side is a history that the
// fold refuses (HistoryTests.refused), or all that follows, compared to the last event
// (Answer.then).
// Tests/RULES.md is made of the claims by RuleTableTests, which fails where a rule lacks a side.

import Domain
import Foundation
import Synchronization
import Testing

/// A numbered rule of the rule book, by its number there; the rule of the SLA has a name instead.
struct Rule: Hashable, ExpressibleByStringLiteral {
  let rawValue: String

  /// A number that the rule book lacks is a fault that RuleTableTests finds.
  init(stringLiteral number: String) { rawValue = number }

  /// - Returns: `nil` for a number that the rule book lacks.
  init?(rawValue number: String) {
    self.init(stringLiteral: number)
    guard Self.allCases.contains(self) else { return nil }
  }
}

extension Rule: CaseIterable {
  static let book = RuleTable.repository
    .appending(path: "Sources/Domain/Documentation.docc/Rules.md")

  /// The rules that have a heading of their own, in the book's order.
  static let allCases: [Rule] = {
    do {
      return try String(contentsOf: book, encoding: .utf8)
        .matches(of: #/(?m)^### ([A-Z]+[0-9]*): /#).map { Rule(stringLiteral: String($0.1)) }
    } catch {
      fatalError("the rule book: \(error)")
    }
  }()
}

struct RuleClaim: TestTrait, TestScoping {
  enum Side: String, CaseIterable {
    case accepts, refuses
  }

  let side: Side
  let rules: [Rule]

  /// Once around all cases of a test, so that one of them may show each side.
  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil && !test.isSuite ? self : nil
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let seen = Seen(outer: Seen.current)
    try await Seen.$current.withValue(seen) { try await function() }
    for rule in rules {
      switch side {
      case .accepts:
        #expect(seen.hasAccepted, "claims to see \(rule.rawValue) accept, and nothing was decided")
      case .refuses:
        let isSeen =
          switch rule {
          case _ where Self.disbelieved.contains(rule): seen.hasDisbelieved
          case _ where Self.compared.contains(rule): seen.hasCompared
          default: seen.refusing.contains(rule.rawValue)
          }
        #expect(
          isSeen, "claims to see \(rule.rawValue) refuse, and saw \(seen.refusing.sorted())")
      }
    }
  }
}

extension Trait where Self == RuleClaim {
  /// The test sees these rules let something happen.
  static func accepts(_ rules: Rule...) -> Self { RuleClaim(side: .accepts, rules: rules) }

  /// The test sees these rules refuse something.
  static func refuses(_ rules: Rule...) -> Self { RuleClaim(side: .refuses, rules: rules) }
}

/// What a test has seen so far.
final class Seen: Sendable {
  @TaskLocal static var current: Seen?

  private let outer: Seen?
  private struct State {
    var hasAccepted = false
    var hasCompared = false
    var hasDisbelieved = false
    var refusing: Set<String> = []
  }

  private let state = Mutex(State())

  init(outer: Seen?) { self.outer = outer }

  var hasAccepted: Bool { state.withLock { $0.hasAccepted } }
  /// Whether all that follows was compared.
  var hasCompared: Bool { state.withLock { $0.hasCompared } }
  /// Whether a history was refused.
  var hasDisbelieved: Bool { state.withLock { $0.hasDisbelieved } }
  /// The rules that the rejections cited.
  var refusing: Set<String> { state.withLock { $0.refusing } }

  func accepted() {
    state.withLock { $0.hasAccepted = true }
    outer?.accepted()
  }

  func compared() {
    state.withLock { $0.hasCompared = true }
    outer?.compared()
  }

  func disbelieved() {
    state.withLock { $0.hasDisbelieved = true }
    outer?.disbelieved()
  }

  func refused(by rejection: any Rejection) {
    state.withLock { _ = $0.refusing.insert(rejection.rule) }
    outer?.refused(by: rejection)
  }
}

extension RuleClaim {
  /// Rules that no rejection cites: RuleTableTests compares this with the sources.
  static let withoutRejection = disbelieved.union(compared)

  /// What is recorded: an event that says otherwise is not believed.
  static let disbelieved: Set<Rule> = ["P1", "P2", "M1", "R6"]

  /// What follows: nothing else does.
  static let compared: Set<Rule> = ["M2"]
}
