// Which events a reader of the history asked for, by what a line says before its data.

import EventSourcing
import Events

/// The events that all of the given conditions select.
struct EventFilter {
  private enum Streams: CustomStringConvertible {
    case of(StreamName)
    /// All streams of a kind, `refund/`.
    case ofKind(String)

    var description: String {
      switch self {
      case .of(let name): name.rawValue
      case .ofKind(let kind): kind
      }
    }

    func contains(_ stream: StreamName) -> Bool {
      switch self {
      case .of(let name): stream == name
      case .ofKind(let kind): stream.rawValue.hasPrefix(kind)
      }
    }
  }

  private enum Actors: CustomStringConvertible {
    case actor(Actor)
    case kind(Actor.Kind)

    var description: String {
      switch self {
      case .actor(let one): one.rawValue
      case .kind(let kind): kind.rawValue
      }
    }

    func contains(_ actor: Actor) -> Bool {
      switch self {
      case .actor(let one): actor == one
      case .kind(let kind): actor.kind == kind
      }
    }
  }

  private let streams: [Streams]
  private let types: Set<String>
  private let actors: [Actors]
  private let since: Timestamp?
  private let until: Timestamp?

  static let help = """
      --stream S     only events of this stream, such as refund/srf_8Q2, or of a kind, refund/
      --type T       only events of this type, such as RefundApproved
      --actor A      only events of this actor, such as agent/kim, or of a kind, agent
      --since TIME   only events that happened at this time or later: 2026-01-16, which begins at
                     midnight UTC, or 2026-01-16T10:00:00Z
      --until TIME   only events that happened before this time
    """

  init(_ arguments: inout Arguments) throws {
    streams = try arguments.options("--stream").map(Self.streams)
    types = try Set(arguments.options("--type").map(Self.type))
    actors = try arguments.options("--actor").map(Self.actors)
    since = try arguments.time("--since")
    until = try arguments.time("--until")
    if let since, let until, since >= until {
      throw Stop.usage("--since \(since) is not before --until \(until)")
    }
  }

  /// What it selects, for a record of who opened what.
  var summary: String {
    let conditions = [
      streams.map { "\($0)" }.joined(separator: ", "), types.sorted().joined(separator: ", "),
      actors.map { "by \($0)" }.joined(separator: ", "), since.map { "since \($0)" } ?? "",
      until.map { "until \($0)" } ?? "",
    ].filter { !$0.isEmpty }
    return conditions.isEmpty ? "all events" : conditions.joined(separator: "; ")
  }

  /// Whether every event passes.
  var isEmpty: Bool {
    streams.isEmpty && types.isEmpty && actors.isEmpty && since == nil && until == nil
  }

  /// The only stream that can have such events; `nil` if there may be several.
  var onlyStream: StreamName? {
    if streams.count == 1, case .of(let name) = streams[0] { name } else { nil }
  }

  func selects(_ event: EventHeader) -> Bool {
    (types.isEmpty || types.contains(event.type))
      && (streams.isEmpty || streams.contains { $0.contains(event.stream) })
      && (actors.isEmpty || actors.contains { $0.contains(event.actor) })
      && since.map { event.time >= $0 } ?? true && until.map { event.time < $0 } ?? true
  }

  private static let kinds = [
    "case", "command", "customer", "hold", "order", "refund", "return", "system",
  ]

  private static func streams(_ text: String) throws -> Streams {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if ["tenant", "privacy"].contains(text) { return .of(StreamName(text)) }
    guard parts.count == 2, kinds.contains(String(parts[0])) else {
      throw Stop.usage(
        "--stream \(text) is no stream: give KIND/ID or KIND/ with one of "
          + "\(kinds.joined(separator: ", ")), or tenant or privacy")
    }
    return parts[1].isEmpty ? .ofKind(text) : .of(StreamName(text))
  }

  private static func type(_ text: String) throws -> String {
    guard Event.types.contains(text) else {
      let alike = Event.types.filter { $0.lowercased().contains(text.lowercased()) }
      throw Stop.usage(
        "--type \(text) is no type of event"
          + (alike.isEmpty
            ? ", such as RefundApproved" : "; there are \(alike.joined(separator: ", "))"))
    }
    return text
  }

  private static func actors(_ text: String) throws -> Actors {
    if let kind = Actor.Kind(rawValue: text) { return .kind(kind) }
    guard let actor = Actor(text) else {
      let kinds = Actor.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Stop.usage("--actor \(text) is no actor: give KIND/NAME, or KIND alone, of \(kinds)")
    }
    return .actor(actor)
  }
}

extension Arguments {
  /// A time, or a day, which begins at midnight UTC.
  mutating func time(_ name: String) throws -> Timestamp? {
    guard let text = try option(name) else { return nil }
    if let time = Timestamp(text) { return time }
    guard let day = CalendarDate(text), let time = Timestamp("\(day)T00:00:00Z") else {
      throw Stop.usage(
        "\(name) \(text) is no time: give 2026-01-16 (UTC) or 2026-01-16T10:00:00Z, with any offset"
      )
    }
    return time
  }
}
