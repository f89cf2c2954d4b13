// What a grant says about a command. What must hold: nothing about a tenant that the grant does not
// name is told, not even whether it exists.

import CommandHandling
import EventSourcing
import Events
import JSON
import Routing

extension Principal {
  /// The name that events get; `nil` for the user that the service runs as.
  var recordedName: PrincipalName? { isNamedInEvents ? name : nil }

  /// - Throws: ``Problem`` where the grant does not cover the command's tenant, its permission or
  ///   its actor.
  func require(_ command: SubmittedCommand) throws(Problem) {
    guard grant.tenants.contains(command.tenant) else { throw .unknownTenant(command) }
    let permission = command.command.permission
    guard grant.permissions.contains(permission.rawValue) else {
      throw notPermitted(
        command.command.type, permission.rawValue, " An operator can grant it in redress.json.")
    }
    guard let actor = command.actor, actor != self.actor, !grant.covers(actor) else { return }
    throw Problem(
      .actorNotCovered,
      detail: "$.actor: \(name) may not speak for \(actor). Leave the actor out to act as "
        + "\(self.actor), or ask an operator to add \(actor) or \(actor.kind.rawValue)/* to its "
        + "actors in redress.json.",
      extensions: [.init("path", .string("$.actor"))])
  }
}
