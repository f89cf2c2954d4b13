// One principal of the settings file. The lists of what can be granted are those of the code, so
// that a permission that does not exist is refused by name.

import EventSourcing
import Events
import JSON
import Routing
import Service

extension SettingsObject {
  /// - Throws: ``SettingsError``, which names the place, the value and what would be right.
  mutating func principal() throws(SettingsError) -> (uid: UInt32, Principal) {
    let name = try principalName()
    let uid = try userID()
    let tenants = try tenants()
    let permissions = try permissions()
    let actors = try actors()
    try finish()
    return (
      uid,
      Principal(
        name: name, actor: Actor(ofProcessOf: uid),
        grant: Grant(tenants: tenants, permissions: permissions, actors: actors))
    )
  }

  private mutating func principalName() throws(SettingsError) -> PrincipalName {
    let what = "a name of 1 to 64 of A-Z a-z 0-9 _ -, such as shop"
    let text = try string("name", what)
    guard let name = PrincipalName(text) else { throw error(at: "name", "\(text) is not \(what)") }
    let lowercased = text.lowercased()
    guard !name.isReserved, !lowercased.hasPrefix("uid-"), !lowercased.hasPrefix("person-"),
      lowercased != "stranger"
    else {
      throw error(
        at: "name",
        "\(text) is one of Redress's own names (_…, uid-…, person-…, stranger); "
          + "choose another")
    }
    return name
  }

  /// What /proc/sys/kernel/overflowuid has by default.
  static let overflowUID: UInt32 = 65534

  private mutating func userID() throws(SettingsError) -> UInt32 {
    let what = "the number of a user of this machine, as id -u prints it"
    guard let value = take("uid") else { throw error(at: "uid", "is missing; it is \(what)") }
    guard let uid = value.integer.flatMap({ UInt32(exactly: $0) }) else {
      throw error(at: "uid", "\(value.text) is not \(what)")
    }
    // What the kernel tells of every user whom this user namespace does not have.
    guard uid != Self.overflowUID else {
      throw error(
        at: "uid", "\(uid) stands for every user without a number here; give the user one")
    }
    return uid
  }

  private mutating func tenants() throws(SettingsError) -> Allowed<TenantID> {
    let texts = try strings("tenants", "names of tenants")
    if texts == ["*"] { return .all }
    var tenants: Set<TenantID> = []
    for text in texts {
      // The service's own tenant is for those who see all (T3).
      guard let tenant = TenantID(text), !tenant.isReserved else {
        throw error(
          at: "tenants", "\(text) is not the name of a tenant, and [\"*\"] would be all tenants")
      }
      tenants.insert(tenant)
    }
    return .only(tenants)
  }

  private mutating func permissions() throws(SettingsError) -> Allowed<String> {
    var names: Set<String> = []
    for text in try strings("roles", "roles") {
      // A customer is a person, who comes with a token.
      guard let role = Role(rawValue: text), role != .customer else {
        let all = Role.allCases.filter { $0 != .customer }.map(\.rawValue)
        throw unknown(text, at: "roles", "a role", all)
      }
      names.formUnion(role.permissions)
    }
    let texts = try strings("permissions", "permissions")
    if texts == ["*"] { return .all }
    let commands = Set(Permission.allCases.map(\.rawValue))
    for text in texts {
      guard commands.contains(text) || RoutePermission(rawValue: text) != nil else {
        let all = commands.sorted() + RoutePermission.allCases.map(\.rawValue)
        throw unknown(text, at: "permissions", "a permission", all)
      }
      names.insert(text)
    }
    // The route of commands goes with any permission of a command.
    if !names.isDisjoint(with: commands) { names.insert(RoutePermission.submitCommands.rawValue) }
    return .only(names)
  }

  private mutating func actors() throws(SettingsError) -> Allowed<String> {
    let texts = try strings("actors", "actors")
    if texts == ["*"] { return .all }
    for text in texts {
      let kind = text.hasSuffix("/*") ? Actor.Kind(rawValue: String(text.dropLast(2))) : nil
      guard let named = kind ?? Actor(text)?.kind, named != .system else {
        throw error(
          at: "actors",
          "\(text) is neither an actor, such as agent/kim, nor a kind of them: customer/*, "
            + "agent/*, service/*; [\"*\"] would be all")
      }
    }
    return .only(Set(texts))
  }

  private func unknown(
    _ text: String, at key: String, _ what: String, _ all: [String]
  ) -> SettingsError {
    error(
      at: key,
      "\(text) is not \(what); "
        + (all.nearest(to: text).map { "did you mean \($0)? There are " } ?? "there are ")
        + all.joined(separator: ", "))
  }
}
