// GET /v1/clock and POST /v1/clock/accept: what the clocks show, and an operator's decision to go
// on with the time to which the system's clock has jumped. What must hold: the decision is recorded
// by the clock that it accepts, before any other command is.

import CommandHandling
import EventSourcing
import Events
import JSON
import Routing

struct ClockRoutes: Sendable {
  var sequencer: Sequencer

  private static let reason = Parameter<String?>.optional(
    ParameterDeclaration(
      "reason", form: .text(byteCount: ClockAcceptance.reasonBytes),
      expectation: "why the clock is right, in 1 to 300 bytes; it is recorded")
  ) { ClockAcceptance.reasonBytes.contains($0.utf8.count) ? $0 : nil }

  private static let shape = JSONShape.object(
    ["time": .time, "recordedAheadSeconds": .wholeNumber],
    optional: ["lastRecordedTime": .time, "stepSeconds": .wholeNumber, "refusal": .text])

  var routes: [Route] {
    [
      Route(
        .get, "/v1/clock", "What the system's clock shows, and whether it is believed.",
        access: .socketOnly, permission: .readMetrics, answers: [.json("Clock", Self.shape)]
      ) { _ in .json(sequencer.clock.status.json) },
      Route(
        .post, "/v1/clock/accept", "Accepts the system's clock after it has jumped.",
        access: .socketOnly, permission: .acceptClock, parameters: [Self.reason],
        answers: [.json("Clock", Self.shape), .problem(.conflict), .problem(.serviceUnavailable)],
        handle: accept),
    ]
  }

  private func accept(_ call: Call) async throws -> Reply {
    guard let jump = sequencer.clock.jump else {
      throw Problem(
        .clockNotRefused,
        detail: "The system's clock is believed, so there is nothing to accept. "
          + "GET /v1/clock says what it shows.")
    }
    let entry = SystemEntry(
      ClockAcceptance(jump: jump, reason: call[Self.reason], by: call.principal.actor))
    do throws(NotRecorded) {
      try await sequencer.acceptClock(recording: entry, peerUID: call.userID)
    } catch {
      throw Problem(
        .notRecorded,
        detail: "The acceptance of the clock \(error). The clock is refused as before.")
    }
    return .json(sequencer.clock.status.json)
  }
}

extension ClockStatus {
  fileprivate var json: JSONValue {
    .object(
      fields(
        ("time", .string("\(time)")),
        ("lastRecordedTime", lastRecorded.map { .string("\($0)") }),
        ("stepSeconds", step.map { .integer($0 / 1_000_000) }),
        ("recordedAheadSeconds", .integer(recordedAhead / 1_000_000)),
        ("refusal", jump.map { .string("\($0)") })))
  }
}
