// From a connection to its principal: the user whom the kernel names for the Unix socket, the
// person of a token, or the user who opened a session. What must hold: a request without a
// principal reaches only routes that need no permission; a person whom a service brings along sees
// no tenant that the service may not see; and the operator hears of each user that was refused,
// once.

import EventSourcing
import HTTP
public import Redis
import Routing
import Synchronization

/// Knows who asks.
public final class Identity: Sendable {
  private struct State {
    var principals: Principals
    var tokens: PersonTokens?
    /// Where the pages are, such as `http://127.0.0.1:8080`; `nil` without.
    var pages: String?
    var refusedUsers: Set<UInt32> = []
  }

  private let state: Mutex<State>
  let sessions = Sessions()
  let rates: RequestRates

  /// The cookie of a session.
  static let cookie = "redress_session"

  /// - Parameter onSharedRates: receives why counting requests in Redis failed, and `nil` when it
  ///   works again.
  public init(
    _ principals: Principals, tokens: PersonTokens? = nil,
    onSharedRates: @escaping @Sendable (RedisError?) -> Void = { _ in }
  ) {
    rates = RequestRates(onShared: onSharedRates)
    state = Mutex(State(principals: principals, tokens: tokens))
  }

  /// Takes the place of what was configured before, for every later request, also of sessions.
  public func reload(_ principals: Principals, tokens: PersonTokens?) {
    state.withLock { $0 = State(principals: principals, tokens: tokens, pages: $0.pages) }
    // A grant that comes again later, perhaps for another person, finds none of these.
    sessions.keep { user, name in
      principals.principal(ofUser: user).map { $0.name == name && $0.grant.allows(.openSessions) }
        ?? false
    }
  }

  /// How many requests callers may make from here on.
  public func apply(_ rates: RateSettings) { self.rates.apply(rates) }

  /// Where the pages are, for links that lead there; `nil` while there are none.
  public var pages: String? {
    get { state.withLock { $0.pages } }
    set { state.withLock { $0.pages = newValue } }
  }

  /// - Returns: `nil` for a stranger.
  /// - Throws: `Problem` 401 for a token that is not believed.
  func principal(of request: HTTPRequest, at now: Timestamp) throws(Problem) -> Principal? {
    let person = try request.header("authorization").map { (header) throws(Problem) in
      try self.person(header, at: now)
    }
    if let user = request.peer?.uid {
      guard let service = principal(ofUser: user) else { return nil }
      return person?.limited(to: service.grant.tenants) ?? service
    }
    if let person { return person }
    guard let session = request.session, let owner = sessions.owner(of: session, at: now),
      let principal = principal(ofUser: owner.user), principal.name == owner.name
    else { return nil }
    return principal.grant.allows(.openSessions) ? principal : nil
  }

  private func person(_ header: String, at now: Timestamp) throws(Problem) -> Principal {
    let words = header.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw .refusedToken("it is not Bearer and a token")
    }
    guard let tokens = state.withLock({ $0.tokens }) else {
      throw .refusedToken("redress.json names no tokens, so none is accepted")
    }
    return try tokens.person(String(words[1]), at: now)
  }

  private func principal(ofUser user: UInt32) -> Principal? {
    let (known, isNew) = state.withLock { state -> (Principal?, Bool) in
      if var known = state.principals.principal(ofUser: user) {
        known.user = user
        return (known, false)
      }
      // However many users a machine has, they do not fill the memory.
      return (nil, state.refusedUsers.count < 1_000 && state.refusedUsers.insert(user).inserted)
    }
    if isNew {
      complain(
        .warning, "access",
        "the user \(user) was refused: redress.json names no principal with \"uid\": \(user)")
    }
    return known
  }
}

extension HTTPRequest {
  /// The secret of the session that a browser sends.
  fileprivate var session: String? {
    header("cookie")?.split(separator: ";").lazy
      .map { $0.drop { $0 == " " } }
      .first { $0.hasPrefix(Identity.cookie + "=") }
      .map { String($0.dropFirst(Identity.cookie.count + 1)) }
  }
}

extension Principal {
  /// Has no permission, and no tenant.
  static let stranger = Principal(
    name: PrincipalName(unchecked: "stranger"), actor: Actor(.service, "stranger"),
    grant: .nothing)

  /// Sees no tenant besides these.
  fileprivate func limited(to tenants: Allowed<TenantID>) -> Principal {
    var limited = self
    limited.grant.tenants = grant.tenants.intersection(tenants)
    return limited
  }

  /// - Throws: ``Problem`` 403 where the grant does not name the permission.
  func require(_ permission: RoutePermission?, for path: PathTemplate) throws(Problem) {
    guard let permission, !grant.allows(permission) else { return }
    let lacksTenants = grant.permissions.contains(permission.rawValue)
    throw notPermitted(
      "\(path)", permission.rawValue,
      lacksTenants
        ? " It is about the whole service, so only a grant of all tenants has it: "
          + "\"tenants\": [\"*\"]." : "")
  }

  /// - Parameters:
  ///   - what: what needs the permission.
  ///   - remedy: what would be right, if anything is.
  func notPermitted(_ what: String, _ permission: String, _ remedy: String = "") -> Problem {
    Problem(
      .notPermitted,
      detail: "\(what) needs the permission \(permission), which \(name) does not have." + remedy)
  }
}

extension Problem {
  /// For a request without a principal: 403 for a user without a grant, 401 on the loopback
  /// address.
  static func unknownPrincipal(_ user: UInt32?) -> Problem {
    guard let user else {
      return Problem(
        .signInRequired,
        detail: "This address shows nothing without a session. On the machine of the service, "
          + "redress login --data DIR prints a link that opens one. Programs send a token "
          + "(Authorization: Bearer), or use the Unix socket.")
    }
    return Problem(
      .unknownPrincipal,
      detail: "The user \(user) has no grant here. An operator can name it as a principal in "
        + "redress.json.")
  }
}
