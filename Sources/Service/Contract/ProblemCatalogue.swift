// All types of problems: those of the service and those of the rules, by the last part of their
// path. What must hold: each that an answer can have is here.

import Domain
import EventSourcing
import Routing

/// What the page of a type of problem says.
struct DescribedProblem {
  var code: String
  /// The status, and where both the service and a rule refuse, both.
  var statuses: [Status]
  /// One for the service, one for the rules.
  var advice: [Advice]
  /// Those that refuse for it, as the rule book names them.
  var rules: [String]

  /// `Outside return window` of `outside-return-window`.
  var title: String {
    let words = code.replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  var path: String { ProblemType.path(of: code) }
}

enum ProblemCatalogue {
  /// By code.
  static let all: [DescribedProblem] = {
    var problems: [String: DescribedProblem] = [:]
    for type in ProblemType.allCases {
      problems[type.rawValue] = DescribedProblem(
        code: type.rawValue, statuses: [type.status], advice: [type.advice], rules: [])
    }
    for reason in RuleBook.refusals {
      let (code, guide) = (reason.rawValue.kebabCased, reason.guide)
      var problem =
        problems[code]
        ?? DescribedProblem(code: code, statuses: [], advice: [], rules: [])
      problem.statuses.append(.unprocessableContent)
      problem.advice.append(guide.advice)
      problem.rules += guide.rules
      problems[code] = problem
    }
    return problems.values.sorted { $0.code < $1.code }
  }()

  /// - Returns: `nil` for a code that no problem has.
  static func problem(_ code: String) -> DescribedProblem? { all.first { $0.code == code } }
}
