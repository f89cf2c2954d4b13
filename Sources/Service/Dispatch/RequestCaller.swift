// Who makes a request, while it is answered: a grant may end, and a request may be many.

import EventSourcing
import HTTP
import Routing
import Threading

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
    // The user that the service runs as, and root: who has everything may also ask for everything.
    guard principal.isNamedInEvents else { return }
    let name = principal.name.rawValue
    let counter: RequestCounter = principal.actor.kind == .service ? .service(name) : .person(name)
    try count(requests, by: counter)
  }

  /// Counts a request that needs no principal.
  func count(strangerFor route: Route) throws(Problem) {
    try count(1, by: .stranger(request.peer?.uid, route: "\(route.path)"))
  }

  private func count(_ requests: Int, by counter: RequestCounter) throws(Problem) {
    guard
      let seconds = identity.rates.take(requests, by: counter, at: Moment.now.microseconds * 1_000)
    else { return }
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
