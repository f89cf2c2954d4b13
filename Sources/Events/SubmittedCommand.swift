// A command as it is submitted, in any order of keys:
//
// {"id":"0f6e…","tenant":"acme","type":"ApproveRefund","data":{…},"expectedRevision":1,
//  "occurredAt":"2026-01-16T10:00:00.123456Z","actor":"agent/usr_17"}
//
// - The last three may be absent. What is written back is always in this order, so the bytes after
//   the id say whether two submissions have the same content.

public import EventSourcing
public import JSON

/// A command with its id and its tenant.
public struct SubmittedCommand: Equatable, Sendable {
  /// Makes the command idempotent for the life of the log.
  public var id: CommandID
  public var tenant: TenantID
  public var command: Command

  /// The revision of ``Command/target`` that the caller has seen.
  public var expectedRevision: Revision?

  /// When it happened, if that was not now.
  public var occurredAt: Timestamp?

  /// On whose behalf.
  public var actor: Actor?

  public init(
    id: CommandID, tenant: TenantID, command: Command, expectedRevision: Revision? = nil,
    occurredAt: Timestamp? = nil, actor: Actor? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.command = command
    self.expectedRevision = expectedRevision
    self.occurredAt = occurredAt
    self.actor = actor
  }
}

extension SubmittedCommand {
  private static let fields = JSONFields([
    (#""id":"#, true), (#""tenant":"#, true), (#""type":"#, true), (#""data":"#, true),
    (#""expectedRevision":"#, false), (#""occurredAt":"#, false), (#""actor":"#, false),
  ])

  /// Reads one JSON text.
  public init(json text: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(text)
    var id: CommandID?
    var tenant: TenantID?
    var type: (name: String, start: Int)?
    var command: Command?
    var data: Int?
    var rest: (revision: Revision?, time: Timestamp?, actor: Actor?)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: id = try reader.readCommandID()
      case 1: tenant = try TenantID(json: &reader)
      case 2: type = (try reader.readString(), reader.position)
      case 3:
        // Data that comes before its type is checked as JSON and read once the type is known.
        if let type { command = try reader.readCommand(type.name, endingAt: type.start) }
        if command == nil { data = try reader.skipValue().lowerBound }
      case 4: rest.revision = Revision(try reader.readUInt64())
      case 5: rest.time = try Timestamp(json: &reader)
      default: rest.actor = try Actor(json: &reader)
      }
    }
    try reader.finish()
    if let type, let data {
      var again = JSONReader(text, at: data)
      command = try again.readCommand(type.name, endingAt: type.start)
    }
    guard let id, let tenant, let command else {
      preconditionFailure("nextField checks that no required field is missing")
    }
    self.init(
      id: id, tenant: tenant, command: command, expectedRevision: rest.revision,
      occurredAt: rest.time, actor: rest.actor)
  }

  public init(json text: [UInt8]) throws(JSONError) { try self.init(json: text.span) }

  /// Appends the canonical form.
  public func write(to bytes: inout [UInt8]) {
    bytes.appendLiteral(#"{"id":"#)
    id.writeJSON(to: &bytes)
    bytes.appendLiteral(",")
    writeMembers(to: &bytes)
  }

  /// Appends the canonical form of everything but the id, over which ``CommandHash`` is computed.
  public func writeContent(to bytes: inout [UInt8]) {
    bytes.appendLiteral("{")
    writeMembers(to: &bytes)
  }

  private func writeMembers(to bytes: inout [UInt8]) {
    bytes.appendLiteral(#""tenant":"#)
    tenant.writeJSON(to: &bytes)
    bytes.appendLiteral(#","type":"#)
    bytes.appendJSON(command.type)
    bytes.appendLiteral(#","data":"#)
    command.writeData(to: &bytes)
    if let expectedRevision {
      bytes.appendLiteral(#","expectedRevision":"#)
      bytes.appendJSON(expectedRevision.value)
    }
    if let occurredAt {
      bytes.appendLiteral(#","occurredAt":"#)
      occurredAt.writeJSON(to: &bytes)
    }
    if let actor {
      bytes.appendLiteral(#","actor":"#)
      actor.writeJSON(to: &bytes)
    }
    bytes.appendLiteral("}")
  }
}

extension JSONReader {
  fileprivate mutating func readCommandID() throws(JSONError) -> CommandID {
    let start = startOfValue()
    let id = try CommandID(json: &self)
    guard !id.isReserved else {
      throw failure(at: start, "found \(found(at: start)); names that begin with _ are reserved")
    }
    return id
  }

  /// - Parameter end: where the type's name ends in the text, for the error.
  fileprivate mutating func readCommand(
    _ type: String, endingAt end: Int
  ) throws(JSONError) -> Command {
    if let command = try Command.read(type.utf8.span, json: &self) { return command }
    let near = NearNames.of(type, among: Command.types)
    let hint = near.isEmpty ? "there are: \(Command.types.joined(separator: ", "))" : near
    throw failure(at: end - 1, "there is no command \(type.prefix(60)); \(hint)")
  }
}
