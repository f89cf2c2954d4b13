// POST /v1/system-entries: what Redress's own tools record in the tenant `_system` while a service
// runs on their folder. Its permission is for the user that the service runs as: who can read the
// folder's keys. Everybody else's accesses are recorded by the routes that they use.

import CommandHandling
import EventSourcing
import Events
import JSON
import Routing

struct SystemEntryRoute: Sendable {
  var sequencer: Sequencer

  var route: Route {
    Route(
      .post, "/v1/system-entries", "Records what one of the service's own tools does.",
      access: .socketOnly, permission: .keepSystemRecords,
      request: RequestBody(
        "an entry", mediaTypes: ["application/json"],
        forms: [.init("application/json", .component("SystemEntry"))],
        byteCountMax: CommandBody.commandByteCountMax),
      answers: [.none, .problem(.unprocessableContent), .problem(.serviceUnavailable)]
    ) { call in
      let command: SubmittedCommand
      do throws(JSONError) { command = try SubmittedCommand(json: call.body) } catch {
        throw Problem.malformedCommand(error)
      }
      guard let entry = SystemEntry(command) else {
        throw Problem(
          .notAnEntry,
          detail: "This \(command.command.type) of the tenant \(command.tenant) is no entry as "
            + "the service's own tools make them; send commands to /v1/commands.")
      }
      try await sequencer.recordOrRefuse(entry, askedBy: call)
      return .noContent
    }
  }
}
