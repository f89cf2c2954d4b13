// RULES.md is the table of every rule and the tests that cover it, made of the claims in the
// sources (Rules.swift). To write it anew: REDRESS_WRITE_RULES=1 swift test --filter RuleTableTests

import Domain
import Foundation
import Testing

struct RuleTableTests {
  @Test func `every rule is covered by tests of both sides, and RULES dot md says by which`() throws
  {
    let claims = try RuleTable.claims()
    for rule in Rule.allCases {
      for side in RuleClaim.Side.allCases {
        #expect(
          claims.contains { $0.rule == rule && $0.side == side },
          "no test says that it \(side.rawValue) by \(rule.rawValue)")
      }
    }
    let table = RuleTable.text(of: claims)
    if ProcessInfo.processInfo.environment["REDRESS_WRITE_RULES"] != nil {
      try table.write(to: RuleTable.file, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: RuleTable.file, encoding: .utf8)
    #expect(
      written == table,
      "RULES.md is stale; write it by REDRESS_WRITE_RULES=1 swift test --filter RuleTableTests")
  }

  @Test func `a claim that a test does not live up to fails it`() async throws {
    let test = try #require(Test.current)
    func run(_ claim: RuleClaim, _ body: @escaping @Sendable () -> Void) async throws {
      try await claim.provideScope(for: test, testCase: nil, performing: body)
    }
    let refused: @Sendable () -> Void = {
      given(pending).when(RefundApprovalTests.approve, at: "2026-01-20T00:00:00Z")
        .thenRejected(
          .approval(
            .outsideReturnWindow(
              deliveryDate: "2026-01-05", lastDay: "2026-01-19", today: "2026-01-20")))
    }
    try await run(.refuses("R4"), refused)
    await withKnownIssue { try await run(.refuses("R5"), refused) }
    await withKnownIssue { try await run(.accepts("R4"), refused) }
    await withKnownIssue { try await run(.refuses("R4")) {} }
  }

  @Test func `each rule is marked in one file, together with its aggregate's, in order`() throws {
    var marked: [[Rule]] = []
    for (name, text) in try RuleTable.sources(in: "Sources/Domain") {
      let rules = try text.matches(of: #/MARK: ([A-Z]+[0-9]*): /#).map {
        try #require(Rule(rawValue: String($0.1)), "\(name) marks \($0.1)")
      }
      if !rules.isEmpty { marked.append(rules) }
    }
    // A file has all rules from its first one to its last.
    let order = Dictionary(uniqueKeysWithValues: zip(Rule.allCases, 0...))
    marked.sort { order[$0[0], default: 0] < order[$1[0], default: 0] }
    #expect(marked.flatMap { $0 } == Rule.allCases)
  }

  @Test func `the rules that no rejection cites are those that the claims let pass`() throws {
    var cited: Set<Rule> = []
    let citation = /Explanation\(\s*"([A-Z]+[0-9]*)"/
    for (_, text) in try RuleTable.sources(in: "Sources/Domain") {
      for match in text.matches(of: citation) {
        if let rule = Rule(rawValue: String(match.1)) { cited.insert(rule) }
      }
    }
    #expect(Set(Rule.allCases).subtracting(cited) == RuleClaim.withoutRejection)
  }
}

struct RuleTable {
  struct Row: Hashable {
    var rule: Rule
    var side: RuleClaim.Side
    var test: String
    var file: String
  }

  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let file = repository.appending(path: "Tests/RULES.md")

  static func sources(in folder: String) throws -> [(name: String, text: String)] {
    let path = repository.appending(path: folder).path
    return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(".swift") && !$0.contains("/Rule") }
      .map {
        let name = $0.split(separator: "/").last.map(String.init) ?? $0
        return (name, try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8))
      }
  }

  /// What the tests claim: the traits between each `@Test` and the name of its function.
  static func claims() throws -> [Row] {
    let function = /func (?:`([^`]+)`|(\w+))/
    let trait = /\.(accepts|refuses)\(([^)]*)\)/
    var rows: [Row] = []
    for (file, text) in try sources(in: "Tests/DomainTests") {
      var count = 0
      for attribute in text.split(separator: "@Test").dropFirst() {
        let name = try #require(attribute.firstMatch(of: function), "a test without a name")
        for claim in attribute[..<name.range.lowerBound].matches(of: trait) {
          count += 1
          let side = try #require(RuleClaim.Side(rawValue: String(claim.1)))
          for named in claim.2.split(separator: ",") {
            let rule = named.filter { $0.isLetter || $0.isNumber }
            rows.append(
              Row(
                rule: try #require(Rule(rawValue: rule), "the rule book has no \(rule)"),
                side: side, test: String(name.1 ?? name.2 ?? ""), file: file))
          }
        }
      }
      #expect(count == text.matches(of: trait).count, "\(file): a claim outside a test's traits")
    }
    return rows
  }

  static func text(of claims: [Row]) -> String {
    var lines = [
      "# The rules of the rule book, and the tests that cover each", "",
      "Made by RuleTableTests of what the tests claim; each claim is checked when its test runs.",
      "", "| rule | side | test | file |", "| --- | --- | --- | --- |",
    ]
    for rule in Rule.allCases {
      for side in RuleClaim.Side.allCases {
        let rows = claims.filter { $0.rule == rule && $0.side == side }
        for row in rows.sorted(by: { ($0.file, $0.test) < ($1.file, $1.test) }) {
          lines.append("| \(rule.rawValue) | \(side.rawValue) | \(row.test) | \(row.file) |")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
