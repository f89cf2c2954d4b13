// The rule book, Sources/Domain/Documentation.docc/Rules.md, and what cites it. What must hold:
// every number that code, schemas or tests cite is a heading of the book, and every name that a
// rejection gives instead of a number is explained there. RuleTableTests checks that tests claim
// every rule.

import Domain
import Events
import Foundation
import Testing

struct RuleBookTests {
  @Test func `the numbers of each letter stand together, and count from 1`() {
    let numbers = Rule.allCases.map(\.rawValue).filter { $0.last?.isNumber == true }
    let letters = numbers.compactMap(\.first)
    let first = letters.indices.filter { $0 == 0 || letters[$0 - 1] != letters[$0] }
    #expect(first.count == Set(letters).count)
    for (index, letter) in letters.enumerated() {
      let count = letters[...index].count { $0 == letter }
      #expect(numbers[index] == "\(letter)\(count)")
    }
    #expect(numbers.count >= 29 && Rule.allCases.contains("SLA"))
  }

  @Test func `every number that is cited is in the rule book`() throws {
    let known = Set(Rule.allCases.map(\.rawValue))
    var citations = 0
    for folder in ["Sources", "Projections", "EventSchemas", "Tests"] {
      for (name, text) in try Self.texts(in: folder) {
        for line in text.split(separator: "\n") where Self.cites(line) {
          for match in line.matches(of: /\b([TPOCMBRVH][0-9]{1,2})\b/) {
            citations += 1
            #expect(known.contains(String(match.1)), "\(name) cites \(match.1): \(line)")
          }
        }
      }
    }
    #expect(citations > 500)
  }

  @Test func `every name that a rejection cites is in the rule book`() throws {
    let text = try String(contentsOf: Rule.book, encoding: .utf8)
    let explained = Set(text.matches(of: #/(?m)^- \*\*([^*]+)\*\*: /#).map { String($0.1) })
    var cited: Set<String> = []
    for (_, text) in try Self.texts(in: "Sources") {
      for match in text.matches(of: /Explanation\(\s*"([^"]+)"/) {
        cited.insert(String(match.1))
      }
    }
    #expect(cited.subtracting(Rule.allCases.map(\.rawValue)) == explained)
  }

  @Test func `a reason has a name of its own and the rules that are cited with it`() throws {
    let reasons = RuleBook.refusals
    #expect(Set(reasons.map { $0.rawValue }).count == reasons.count)
    var cited: [String: Set<String>] = [:]
    for (name, text) in try Self.texts(in: "Sources") {
      for match in text.matches(of: /Explanation\(\s*"([^"]+)",\s*\w+Refusal\.(\w+)/) {
        cited[String(match.2), default: []].insert(String(match.1))
      }
      for match in text.matches(of: /enum (\w+Refusal): String, RefusalReason/) {
        #expect(
          reasons.contains { "\(type(of: $0))" == match.1 }, "\(name): \(match.1) is not listed")
      }
    }
    #expect(cited.count > 150)
    for reason in reasons {
      let missing = cited[reason.rawValue, default: []].subtracting(reason.guide.rules)
      #expect(missing.isEmpty, "\(reason.rawValue) is cited with \(missing)")
    }
  }

  @Test func `the rule book has every state and every permission`() throws {
    let text = try String(contentsOf: Rule.book, encoding: .utf8)
    let states =
      Refund.Status.allCases.map(\.rawValue) + Return.Status.allCases.map(\.rawValue)
      + Return.LineReception.allCases.map(\.rawValue)
      + Return.LineAcceptance.allCases.map(\.rawValue)
      + Chargeback.Status.allCases.map(\.rawValue) + PayoutHold.Status.allCases.map(\.rawValue)
      + CaseStatus.allCases.map(\.rawValue)
    for state in states { #expect(text.contains("`\(state)`"), "the state \(state)") }
    let file = RuleTable.repository.appending(path: "EventSchemas/permissions.json")
    let permissions = try JSONDecoder()
      .decode(Permissions.self, from: Data(contentsOf: file)).permissions
    for permission in permissions.keys {
      #expect(text.contains("| `\(permission)` |"), "the permission \(permission)")
    }
  }

  /// What EventSchemas/permissions.json says of permissions.
  private struct Permissions: Decodable {
    var permissions: [String: String]
  }

  /// Whether a line is a comment, the description of a schema, or a test's name.
  private static func cites(_ line: Substring) -> Bool {
    line.contains("//") || line.contains("\"description\"") || line.contains("func `")
  }

  private static func texts(in folder: String) throws -> [(name: String, text: String)] {
    let path = RuleTable.repository.appending(path: folder).path
    return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".json") }
      .map { ("\(folder)/\($0)", try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8)) }
  }
}
