// What a principal may do. What must hold: a route's permission is checked before the parameters
// and the body of a request are parsed, and a tenant that a grant does not name is answered as one
// that does not exist.

public import EventSourcing

/// Some values of a kind, or all that there will ever be.
public enum Allowed<Value: Hashable & Sendable>: Sendable, Hashable {
  case all
  case only(Set<Value>)

  public static var none: Allowed { .only([]) }

  public func contains(_ value: Value) -> Bool {
    switch self {
    case .all: true
    case .only(let values): values.contains(value)
    }
  }

  /// What both allow.
  public func intersection(_ other: Allowed) -> Allowed {
    switch (self, other) {
    case (.all, let some), (let some, .all): some
    case (.only(let a), .only(let b)): .only(a.intersection(b))
    }
  }
}

/// The tenants, permissions and actors of a principal.
public struct Grant: Sendable, Hashable {
  public var tenants: Allowed<TenantID>
  /// Raw values of ``RoutePermission`` and of the permissions of commands.
  public var permissions: Allowed<String>
  /// For whom it may speak: `agent/kim`, or `agent/*` for a whole kind.
  public var actors: Allowed<String>
  /// The customer whose own things are all that is seen; `nil` where those of everybody are.
  public var customer: String?

  public init(
    tenants: Allowed<TenantID>, permissions: Allowed<String>, actors: Allowed<String> = .none,
    customer: String? = nil
  ) {
    (self.tenants, self.permissions) = (tenants, permissions)
    (self.actors, self.customer) = (actors, customer)
  }

  /// Everything, as the data folder's owner has it.
  public static let everything = Grant(tenants: .all, permissions: .all, actors: .all)

  public static let nothing = Grant(tenants: .none, permissions: .none)

  public func allows(_ permission: RoutePermission) -> Bool {
    if permission.isOfEveryPrincipal { return true }
    if permission.isOfWholeService, tenants != .all { return false }
    return permissions.contains(permission.rawValue)
  }

  /// Whether the principal may speak for an actor.
  public func covers(_ actor: Actor) -> Bool {
    actors.contains(actor.rawValue) || actors.contains("\(actor.kind.rawValue)/*")
  }
}

/// Who is at the other end of a connection.
public struct Principal: Sendable, Hashable {
  public var name: PrincipalName
  /// Whether events name it: the user that the service runs as is known by its uid alone.
  public var isNamedInEvents: Bool
  /// The actor of its commands that name none.
  public var actor: Actor
  public var grant: Grant
  /// The user of this machine that it is; `nil` for a person with a token.
  public var user: UInt32?

  public init(name: PrincipalName, actor: Actor, grant: Grant, isNamedInEvents: Bool = true) {
    (self.name, self.actor, self.grant) = (name, actor, grant)
    self.isNamedInEvents = isNamedInEvents
  }
}
