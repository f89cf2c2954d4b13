// From a connection to its principal. What must hold: a request without a principal reaches only
// routes that need no permission, and the operator hears of each user that was refused, once.

import EventSourcing
import HTTP
import Routing
import Synchronization

/// Knows who asks.
public final class Identity: Sendable {
  private let principals: Mutex<Principals>
  private let refusedUsers = Mutex<Set<UInt32>>([])

  public init(_ principals: Principals) { self.principals = Mutex(principals) }

  /// Takes the place of what was configured before, for every later request.
  public func reload(_ principals: Principals) {
    self.principals.withLock { $0 = principals }
    refusedUsers.withLock { $0 = [] }
  }

  /// Who asks over the loopback address.
  private static let loopback = Principal(
    name: PrincipalName(unchecked: "loopback"), actor: Actor(.service, "loopback"),
    grant: Grant(tenants: .all, permissions: .all))

  /// - Returns: `nil` for a stranger.
  func principal(of request: HTTPRequest) -> Principal? {
    guard let user = request.peer?.uid else { return Self.loopback }
    if let known = principals.withLock({ $0.principal(ofUser: user) }) { return known }
    let isNew = refusedUsers.withLock { users in
      // A machine has few users; whoever makes more of them does not fill the memory with them.
      users.count < 1_000 && users.insert(user).inserted
    }
    if isNew {
      complain(
        "the user \(user) was refused: redress.json names no principal with \"uid\": \(user)")
    }
    return nil
  }
}

extension Principal {
  /// Has no permission, and no tenant.
  static let stranger = Principal(
    name: PrincipalName(unchecked: "stranger"), actor: Actor(.service, "stranger"),
    grant: .nothing)

  /// - Throws: ``Problem`` 403 where the grant does not name the permission.
  func require(_ permission: RoutePermission?, for path: PathTemplate) throws(Problem) {
    guard let permission, !grant.allows(permission) else { return }
    throw Problem(
      .forbidden, code: "not-permitted",
      detail: "\(path) needs the permission \(permission.rawValue), which \(name) does not have. "
        + "An operator can grant it in redress.json.")
  }
}

extension Problem {
  /// 403, for a user without a grant.
  static func unknownPrincipal(_ user: UInt32?) -> Problem {
    Problem(
      .forbidden, code: "unknown-principal",
      detail:
        "\(user.map { "The user \($0)" } ?? "This connection") has no grant here. An operator "
        + "can name it as a principal in redress.json.")
  }
}
