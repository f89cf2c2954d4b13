// What the shell shows around a page: the navigation of the tenant's pages, from the route table.

import EventSourcing
import HTML
import Routing

struct PageFrame: Sendable {
  var navigation: [(title: String, path: PathTemplate)]
  /// The path of the page itself.
  var path: String
  /// `nil` on pages that are about no tenant.
  var tenant: TenantID?

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
