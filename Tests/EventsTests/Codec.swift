// An event or a command by the name of its schema, through the public codec.

import EventSourcing
import Events
import JSON

extension SchemaFile {
  /// The envelope of an example, up to the data.
  var envelope: String {
    if family == "commands" { return #"{"id":"cmd_1","tenant":"acme","type":"\#(name)","data":"# }
    return #"{"specversion":"1.0","id":"41","source":"/tenants/acme","type":"\#(name)","#
      + #""dataschema":"urn:redress:event:\#(name):\#(version)","subject":"refund/srf_8Q2","#
      + #""time":"2026-01-16T10:00:00.123456Z","recordedtime":"2026-01-16T10:00:00.124001Z","#
      + #""revision":1,"commandid":"cmd_1","commandhash":"00112233445566778899aabbccddeeff","#
      + #""actor":"agent/usr_17","peeruid":1000,"causationid":"40","correlationid":"sca_9","data":"#
  }

  /// A whole line, or a whole command, with this data.
  func text(_ data: [UInt8]) -> [UInt8] {
    Array(envelope.utf8) + data + [UInt8(ascii: "}")]
  }

  /// What is written again after the data was read.
  func roundTrip(_ data: [UInt8]) throws(JSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    if family == "commands" {
      try SubmittedCommand(json: text(data)).write(to: &bytes)
    } else {
      try RecordedEvent(line: text(data)).write(to: &bytes)
    }
    return bytes
  }

  func roundTrip(_ data: JSONValue) throws(JSONError) -> [UInt8] { try roundTrip(data.json) }

  /// The error that this data is refused with, or nil.
  func refusal(of data: JSONValue) -> JSONError? { refusal(of: data.json) }

  func refusal(of data: [UInt8]) -> JSONError? {
    do {
      _ = try roundTrip(data)
      return nil
    } catch {
      return error
    }
  }
}

extension RecordedEvent {
  /// Any event, as a start.
  static func sample(_ event: Event) -> RecordedEvent {
    RecordedEvent(
      tenant: TenantID(unchecked: "acme"), position: Position(41), stream: event.stream,
      revision: Revision(1), time: Timestamp(microseconds: 1_768_557_600_123_456),
      recordedTime: Timestamp(microseconds: 1_768_557_600_124_001),
      actor: Actor(.agent, "usr_17"), peerUID: 1000, commandID: CommandID(unchecked: "cmd_1"),
      commandHash: CommandHash(digest: Array(0..<16)), causation: Position(40),
      correlation: "sca_9", event: event)
  }

  var line: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }
}
