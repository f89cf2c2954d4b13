// One page without a request: the route table's handler, called with a target's parameters, in the
// same shell as a page that is served.

import EventSourcing
import HTML
import HTTP
import Routing

struct PageRenderer: Sendable {
  enum Rendered {
    case markup(String)
    /// The page is another one.
    case redirect(PageTarget)
  }

  private static let itself = Principal(
    name: PrincipalName(unchecked: "redress"), actor: Actor(.system, "pages"), grant: .everything)

  let table: RouteTable
  let now: Timestamp
  let notice: String

  /// The pages of a tenant's navigation.
  func overviews(of tenant: TenantID) -> [PageTarget] {
    table.navigation.map {
      PageTarget(path: $0.path.filled(["tenant": tenant.rawValue]), query: "")
    }
  }

  /// Whether a target is a page and can be a file.
  func isPage(_ target: PageTarget) -> Bool {
    guard target.isPlain, let request = request(target),
      case .route(let route) = table.match("GET", request.pathSegments)
    else { return false }
    return route.kind != .api
  }

  /// - Returns: `nil` where there is no such page.
  /// - Throws: what the handler throws, but for Not Found.
  func render(_ target: PageTarget) async throws -> Rendered? {
    guard let request = request(target),
      case .route(let route) = table.match("GET", request.pathSegments),
      case .blocking(let handle) = route.handler
    else { return nil }
    let values = try route.values(path: request.pathSegments, query: request.query)
    let tenant = route.tenant == .path ? values[Route.Tenant.inPath] : nil
    let call = Call(
      path: request.path, peer: nil, principal: Self.itself, receivedAt: now, tenant: tenant,
      values: values)
    let reply: Reply
    do { reply = try await handle(call) } catch let problem as Problem
      where problem.status == .notFound
    { return nil }
    if let place = reply.headers.first(where: { $0.name == "Location" })?.value {
      return .redirect(PageTarget(path: place, query: ""))
    }
    guard case .page(let page) = reply.body else { return nil }
    let frame = PageFrame(
      navigation: table.navigation, path: request.path, tenant: tenant, stopped: [],
      notice: notice)
    return .markup(PageShell.wrap(page, in: frame))
  }

  private func request(_ target: PageTarget) -> HTTPRequest? {
    HTTPRequest(method: "GET", target: target.text, headers: [("Host", "localhost")], peer: nil)
  }
}
