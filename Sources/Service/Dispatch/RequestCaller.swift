// Who makes a request, while it is answered: a grant may end, and a request may be many.

import EventSourcing
import HTTP
import Routing

/// Asks for a request what its caller may do now.
struct RequestCaller: Caller {
  var identity: Identity
  var request: HTTPRequest
  var clock: @Sendable () -> Timestamp

  func principalNow() throws(Problem) -> Principal {
    guard let principal = try identity.principal(of: request, at: clock()) else {
      throw .unknownPrincipal(request.peer?.uid)
    }
    return principal
  }

  func count(_ requests: Int, of principal: Principal) throws(Problem) {
    guard let counter = counter(of: principal) else { return }
    try count(requests, by: counter)
  }

  /// Where a request for a route is counted; `nil` where it is not. A route for all that answers at
  /// once does not count.
  func counter(of principal: Principal, for route: Route) -> RequestCounter? {
    if route.permission != nil { return counter(of: principal) }
    return switch route.handler {
    case .quick: nil
    case .blocking: .stranger(request.peer?.uid, route: "\(route.path)")
    }
  }

  /// The user that the service runs as, and root, have no counter: who has everything may also ask
  /// for everything.
  private func counter(of principal: Principal) -> RequestCounter? {
    guard principal.isNamedInEvents else { return nil }
    let name = principal.name.rawValue
    return principal.actor.kind == .service ? .service(name) : .person(name)
  }

  /// Counts requests; it may wait for Redis where rates are shared.
  func count(_ requests: Int, by counter: RequestCounter) throws(Problem) {
    guard let seconds = identity.rates.take(requests, by: counter) else { return }
    throw Problem(
      .tooManyRequests,
      detail: "\(counter.words) made more requests than its rate allows, and nothing was done. Try "
        + "again in \(seconds) s.", retryAfterSeconds: seconds)
  }
}

extension RequestCounter {
  fileprivate var words: String {
    switch self {
    case .person(let name), .service(let name): name
    case .stranger(let user?, let route): "The user \(user), for \(route),"
    case .stranger(nil, let route): "The loopback address, for \(route),"
    }
  }
}
