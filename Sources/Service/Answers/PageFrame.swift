// What the shell shows around a page: the navigation of the tenant's pages, from the route table,
// and a warning where a read model of the page has stopped.

import EventSourcing
import HTML
import Routing

struct PageFrame: Sendable {
  var navigation: [(title: String, path: PathTemplate)]
  /// The path of the page itself.
  var path: String
  /// `nil` on pages that are about no tenant.
  var tenant: TenantID?
  /// The read models of the page that have stopped.
  var stopped: [String]
  /// When the page's numbers were checked last; `nil` where that does not show.
  var verification: PageVerification?
  /// What a page that is kept as a file says of its time; `nil` on pages that are served.
  var notice: String?
  /// Whether this service moves no money.
  var arePaymentsSimulated = false

  /// What stands above the page: its time, and what else its reader must know.
  var banners: HTML {
    let note: HTML? = notice.map { "<p class=\"banner\" role=\"note\">\($0)</p>\n" }
    return "\(note)\(simulation)\(warning)"
  }

  private var simulation: HTML? {
    arePaymentsSimulated
      ? "<p class=\"banner\" role=\"note\">Payments are simulated: no money moves.</p>\n" : nil
  }

  /// Says that the page lacks events; a page that looks complete and is not would mislead.
  private var warning: HTML? {
    guard !stopped.isEmpty else { return nil }
    let (names, verb) = (stopped.joined(separator: ", "), stopped.count == 1 ? "has" : "have")
    return """
      <p class="banner" role="note">This page is not up to date: \(names) \(verb) stopped at an \
      event that cannot be applied. An operator finds the reason in redress status.</p>
      """
  }

  var links: HTML? {
    guard let tenant, !navigation.isEmpty else { return nil }
    let links = navigation.map { title, template -> HTML in
      let target = template.filled(["tenant": tenant.rawValue])
      let isHere = path == target || path.hasPrefix(target + "/")
      let current: HTML = isHere ? #" aria-current="page""# : ""
      return "<a href=\"\(target)\"\(current)>\(title)</a>"
    }
    return """
      <nav aria-label="\(tenant)">
      \(HTML(joining: links))
      </nav>
      """
  }
}
