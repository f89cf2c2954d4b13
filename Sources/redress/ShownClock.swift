// The state of the clock as redress clock prints it, of a running service or of a folder.

import CommandHandling
import Curl
import EventLog
import EventSourcing
import JSON
import Node

struct ShownClock {
  let time: String
  private let lastRecorded: String?
  /// How far the clock was set since it was last accepted; `nil` where it was not accepted.
  private let stepSeconds: Int64?
  let recordedAheadSeconds: Int64
  /// Why commands are refused.
  let refusal: String?

  init(_ status: ClockStatus) {
    time = "\(status.time)"
    lastRecorded = status.lastRecorded.map { "\($0)" }
    stepSeconds = status.step.map { $0 / 1_000_000 }
    recordedAheadSeconds = status.recordedAhead / 1_000_000
    refusal = status.jump.map { "\($0)" }
  }

  /// - Parameter answer: of `GET /v1/clock`.
  init(_ answer: JSONValue) throws {
    guard let time = answer["time"]?.string, let ahead = answer["recordedAheadSeconds"]?.integer
    else { throw Stop.unable("the service answered something else than the state of its clock") }
    self.time = time
    lastRecorded = answer["lastRecordedTime"]?.string
    stepSeconds = answer["stepSeconds"]?.integer
    recordedAheadSeconds = ahead
    refusal = answer["refusal"]?.string
  }

  /// The clock of the service that runs on a folder, or as the next service on it judges it.
  init(of folder: DataFolder) throws {
    guard let holder = folder.holder() else {
      self = try ShownClock(folder.judgedClock().status)
      return
    }
    let response = try holder.client().send(method: "GET", target: "/v1/clock")
    guard response.isSuccess else { throw Stop(refusedWith: response) }
    self = try ShownClock(JSONValue(parsing: response.body))
  }

  /// As `GET /v1/clock` answers it.
  var json: JSONValue {
    .object(
      [
        .init("time", .string(time)),
        .init("recordedAheadSeconds", .integer(recordedAheadSeconds)),
      ] + (lastRecorded.map { [.init("lastRecordedTime", .string($0))] } ?? [])
        + (stepSeconds.map { [.init("stepSeconds", .integer($0))] } ?? [])
        + (refusal.map { [.init("refusal", .string($0))] } ?? []))
  }

  var text: TerminalText {
    Table(["CLOCK", time]).text([
      ["last recorded", lastRecorded ?? "nothing"],
      ["recorded time ahead", "\(recordedAheadSeconds) s"],
      ["set since accepted", stepSeconds.map { "\($0) s" } ?? "not accepted since the start"],
      ["commands", refusal.map { "refused: \($0)" } ?? "decided"],
    ])
  }
}

extension DataFolder {
  /// The clock as the next service on the folder judges it.
  func judgedClock() throws -> GuardedClock {
    let end = Ordinal(try LogSummary(folder: log).commitCount)
    return try clock(lastRecorded: LogReader.lastRecordedTime(before: end, in: log))
  }
}
