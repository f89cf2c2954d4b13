// redress clock: shows whether the system's clock is believed, and accepts it after a jump.

import CommandHandling
import Curl
import EventLog
import EventSourcing
import Foundation
import JSON
import Node

struct ClockTool: CommandLineTool {
  static let name = "clock"
  static let summary = "Shows whether the system's clock is believed, or accepts it."
  static let help = """
    Shows what the system's clock says, when the last event was recorded, how far the clock was set
    since it was last accepted, and whether commands are refused because of that.

    A service refuses commands while its clock has jumped: by more than 5 minutes while it runs;
    at its start, more than idleDaysMax days (redress.json; 30 by default) past the last event, or
    more than 5 minutes before it. accept goes on with the time that the clock shows now; who did
    so and why is recorded in the tenant _system. Without a service, the next one then starts with
    that time. A clock that is set right again needs no accept.

    Usage: redress clock --data DIR [--json]
           redress clock accept --data DIR [--reason TEXT]

      --data DIR     the data folder; a service may be running on it
      --json         print one JSON object, as GET /v1/clock answers it
      --reason TEXT  why the clock is right, up to 300 bytes

    Example:
      redress clock accept --data ./data --reason "back from the winter break"

    Exit codes: 0 done, or the clock is believed; 1 commands are refused because of the clock;
    2 invalid command line; 3 the command failed, or there is nothing to accept.
    """

  private let folder: DataFolder
  private let isAccepting: Bool
  private let isJSON: Bool
  private let reason: String?

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    reason = try arguments.option("--reason")
    isJSON = try arguments.flag("--json")
    switch arguments.word() {
    case nil: isAccepting = false
    case "accept": isAccepting = true
    case let other?: throw Stop.usage("\(other) is not accept, the only word here")
    }
    guard let reason else { return }
    guard isAccepting else { throw Stop.usage("--reason belongs to redress clock accept") }
    let count = reason.utf8.count
    guard ClockAcceptance.reasonBytes.contains(count) else {
      throw Stop.usage("--reason has \(count) bytes; give 1 to 300")
    }
  }

  func run() throws -> ExitCode {
    try readingLog {
      let clock = isAccepting ? try accepted() : try ShownClock(of: folder)
      if isJSON { try Output.print(clock.json) } else { try Output.print(clock.text) }
      return clock.refusal == nil ? .success : .wrong
    }
  }

  private func accepted() throws -> ShownClock {
    guard let holder = folder.holder() else { return try ShownClock(folder.locked(accept)) }
    let query =
      reason?.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { "?reason=\($0)" }
    let response = try holder.client().send(
      method: "POST", target: "/v1/clock/accept\(query ?? "")")
    guard response.isSuccess else { throw Stop(refusedWith: response) }
    return try ShownClock(JSONValue(parsing: response.body))
  }

  private func accept() throws -> ClockStatus {
    guard let jump = try folder.judgedClock().jump else {
      throw Stop.unable("the system's clock is believed, so there is nothing to accept")
    }
    let acceptance = ClockAcceptance(jump: jump, reason: reason, by: Actor(ofProcessOf: getuid()))
    try folder.append([SystemEntry(acceptance)], isAcceptingClock: true) { stopForGood("\($0)") }
    return try folder.judgedClock().status
  }
}
