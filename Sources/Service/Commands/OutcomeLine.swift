// The outcome of one command, as one line of JSON:
// {"id":…,"outcome":"accepted","events":[{"type":…,"stream":…,"position":0,"revision":0}]}
// {"id":"…","outcome":"rejected","problem":{"type":"/problems/…", …}}
// An outcome that was recorded before has "replay":true, also in the problem of a refusal. An
// accepted erasure also has its "certificate". The outcomes are accepted, unchanged, rejected,
// conflict, invalid and retry.

import CommandHandling
import EventSourcing
import Events
import JSON
import Routing

enum OutcomeLine {
  /// What is written of a success.
  static let shape = JSONShape.object(
    [
      "id": .text, "outcome": .choice(["accepted", "unchanged"]),
      "events": .list(EventReference.shape),
    ], optional: ["replay": .boolean, "reason": .text, "certificate": .text])

  static func write(
    _ outcome: Outcome, isReplay: Bool, of command: SubmittedCommand, certificate: String?,
    to line: inout [UInt8]
  ) {
    line.appendLiteral(#"{"id":"#)
    line.appendJSON(command.id.rawValue)
    line.appendLiteral(#","outcome":""#)
    line.append(contentsOf: outcome.name.utf8)
    line.appendLiteral(isReplay ? #"","replay":true"# : #"""#)
    switch outcome {
    case .accepted(let events):
      write(events, to: &line)
      if let certificate {
        line.appendLiteral(#","certificate":"#)
        line.appendJSON(certificate)
      }
    case .unchanged(let reason, let event):
      line.appendLiteral(#","reason":"#)
      line.appendJSON(reason)
      write([event], to: &line)
    case .rejected, .refusedUnrecorded, .conflict, .unknownTenant, .invalid, .stopping, .readOnly,
      .newerRules, .storageFailing, .clockJumped:
      if let problem = Problem(outcome, isReplay: isReplay, of: command) {
        line.appendLiteral(#","problem":"#)
        problem.json.writeJSON(to: &line)
      }
    }
    line.appendLiteral("}")
  }

  /// For a line that is not a command: `{"id":null,"line":3,"outcome":"invalid",…}`.
  static func write(_ rejected: RejectedLine, to line: inout [UInt8]) {
    line.appendLiteral(#"{"id":"#)
    if let id = rejected.id { line.appendJSON(id) } else { line.appendLiteral("null") }
    if let number = rejected.number {
      line.appendLiteral(#","line":"#)
      line.appendJSON(number)
    }
    line.appendLiteral(#","outcome":"invalid","problem":"#)
    rejected.problem.json.writeJSON(to: &line)
    line.appendLiteral("}")
  }

  private static func write(_ events: [EventReference], to line: inout [UInt8]) {
    line.appendLiteral(#","events":["#)
    for (index, event) in events.enumerated() {
      line.appendLiteral(index == 0 ? #"{"type":"# : #",{"type":"#)
      line.appendJSON(event.type)
      line.appendLiteral(#","stream":"#)
      line.appendJSON(event.stream.rawValue)
      line.appendLiteral(#","position":"#)
      line.appendJSON(event.position.value)
      line.appendLiteral(#","revision":"#)
      line.appendJSON(event.revision.value)
      line.appendLiteral("}")
    }
    line.appendLiteral("]")
  }
}

extension Outcome {
  /// Its name in answers.
  var name: String {
    switch self {
    case .accepted: "accepted"
    case .unchanged: "unchanged"
    case .rejected, .refusedUnrecorded: "rejected"
    case .conflict: "conflict"
    case .unknownTenant, .invalid: "invalid"
    case .stopping, .readOnly, .newerRules, .storageFailing, .clockJumped: "retry"
    }
  }
}
