// The principals by the user that the kernel names for a connection (SO_PEERCRED). What must hold:
// a user that is not named here may do nothing but what needs no permission.

import EventSourcing
public import Routing

/// Who may come in over the Unix socket.
public struct Principals: Sendable {
  private var byUser: [UInt32: Principal]

  /// - Parameters:
  ///   - owner: the user that the service runs as. It may do everything unless it is configured
  ///     otherwise, and so may root: both can read the keys and write the log.
  ///   - configured: the other users, or other grants for those two.
  public init(owner: UInt32, configured: [UInt32: Principal] = [:]) {
    byUser = configured
    for user in [owner, 0] where byUser[user] == nil {
      byUser[user] = Principal(
        name: PrincipalName(unchecked: "uid-\(user)"), actor: Actor(ofProcessOf: user),
        grant: .everything, isNamedInEvents: false)
    }
  }

  /// - Returns: `nil` for a user that is not configured.
  public func principal(ofUser user: UInt32) -> Principal? { byUser[user] }
}
