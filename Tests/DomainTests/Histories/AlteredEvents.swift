// Ways in which one event of a history can be other than it was decided.

import EventSourcing
import Events
import JSON

struct AlteredEvent {
  /// The type and the field, such as `OrderBalanceReserved.lines.quantity`.
  var what: String
  var event: Event

  /// The event with each of its numbers one larger and one smaller, and each of its names another.
  static func all(of event: Event) throws -> [AlteredEvent] {
    let line = try JSONValue(parsing: Self.line(of: event))
    return alterations(of: line["data"] ?? .null, event.type).compactMap { what, data in
      var altered = line
      altered["data"] = data
      // What its schema forbids is no event.
      guard let event = try? RecordedEvent(line: altered.json).event else { return nil }
      return AlteredEvent(what: what, event: event)
    }
  }

  private static func line(of event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    RecordedEvent(
      tenant: "acme", position: .first, stream: event.stream, revision: .first, time: noon,
      recordedTime: noon, actor: admin, peerUID: 0, commandID: CommandID(unchecked: "c1"),
      commandHash: CommandHash(digest: Array(repeating: 0, count: 32)), event: event
    ).write(to: &bytes)
    return bytes
  }

  private static func alterations(
    of value: JSONValue, _ path: String
  ) -> [(what: String, value: JSONValue)] {
    switch value {
    case .integer(let number): [(path, .integer(number + 1)), (path, .integer(number - 1))]
    case .bool(let bool): [(path, .bool(!bool))]
    case .string where path.hasSuffix("Id"): [(path, .string("another"))]
    case .array(let elements):
      elements.indices.flatMap { index in
        alterations(of: elements[index], path).map { what, part in
          var copy = elements
          copy[index] = part
          return (what, .array(copy))
        }
      }
    case .object(let members):
      members.flatMap { member in
        alterations(of: member.value, "\(path).\(member.key)").map { what, part in
          var copy = value
          copy[member.key] = part
          return (what, copy)
        }
      }
    default: []
    }
  }
}
