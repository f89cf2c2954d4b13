// Which rules a test is about, and from which side: `@Test(.accepts(.r4), .refuses(.r5))`.
//
// A claim is checked when the test has run: on the refused side it must have seen a rejection that
// cites the rule (Answer.thenRejected), on the accepted side something decided. A rule that no
// rejection cites says what follows or what is recorded: its refused side is a history that the
// fold refuses (HistoryTests.refused), or all that follows, compared to the last event
// (Answer.then).
// Tests/RULES.md is made of the claims by RuleTableTests, which fails where a rule lacks a side.

import Domain
import Synchronization
import Testing

/// The numbered rules of the rule book, in its order; the rule of the SLA has a name instead.
enum Rule: String, CaseIterable {
  case t1 = "T1"
  case t2 = "T2"
  case p1 = "P1"
  case p2 = "P2"
  case o1 = "O1"
  case o2 = "O2"
  case c1 = "C1"
  case c2 = "C2"
  case c3 = "C3"
  case c4 = "C4"
  case c5 = "C5"
  case m1 = "M1"
  case m2 = "M2"
  case b1 = "B1"
  case sla = "SLA"
  case r1 = "R1"
  case r2 = "R2"
  case r3 = "R3"
  case r4 = "R4"
  case r5 = "R5"
  case r6 = "R6"
  case r7 = "R7"
  case r8 = "R8"
  case r9 = "R9"
  case v1 = "V1"
  case v2 = "V2"
  case v3 = "V3"
  case v4 = "V4"
  case h1 = "H1"
  case h2 = "H2"
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
  static let disbelieved: Set<Rule> = [.p1, .p2, .m1, .r6]

  /// What follows: nothing else does.
  static let compared: Set<Rule> = [.m2]
}
