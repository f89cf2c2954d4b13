// The pages of problems: a list of all types, and what one means and what to do.

import EventSourcing
import HTML
import Markdown
import Projections
import Routing

enum ProblemPages {
  /// The page of all types.
  static var list: Page {
    let table = table(
      "problems", ProblemCatalogue.all,
      [
        Column("Problem", isHeader: true) { link($0.path, $0.code) },
        Column("Status") { "\($0.statuses.map { "\($0.rawValue)" }.joined(separator: ", "))" },
        Column("What it means", .text) { "\($0.advice[0].meaning)" },
        Column("Rules") { "\($0.rules.joined(separator: ", "))" },
      ])
    return Page(
      title: "Problems",
      body: """
        <h1>Problems</h1>
        <p>What the service answers instead of what was asked for. The type of a problem document \
        leads to its page here.</p>
        \(section("problems", "All types", table))
        """)
  }

  static func page(of problem: DescribedProblem) -> Page {
    let statuses = problem.statuses.map { "\($0.rawValue) \($0.phrase)" }
    return Page(
      title: problem.title,
      body: """
        \(breadcrumb("/problems", "All problems"))
        <h1>\(problem.title)</h1>
        \(factList([
          ("Type", "\(problem.path)"), ("Status", "\(statuses.joined(separator: ", "))"),
        ]))
        \(HTML(joining: problem.advice.map(advice)))
        \(HTML(joining: problem.rules.compactMap(rule)))
        """)
  }

  private static func advice(_ advice: Advice) -> HTML {
    """
    <section><h2>What it means</h2>
    <p>\(advice.meaning)</p></section>
    <section><h2>What to do</h2>
    <p>\(advice.remedy)</p></section>
    """
  }

  private static func rule(_ name: String) -> HTML? {
    RuleText.of(name).map { rule in
      """
      <section><h2>The rule: \(rule.title)</h2>
      \(HTML(safe: Markdown.html(rule.text)))</section>
      """
    }
  }
}
