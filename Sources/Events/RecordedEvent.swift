// An event as the log holds it: one line of canonical JSON, a structured CloudEvents 1.0 event
// whose keys always come in the order that EventHeader.swift shows. Equal events have equal bytes.

public import EventSourcing
public import JSON

/// An event with its place in history, and who caused it.
public struct RecordedEvent: Equatable, Sendable {
  /// How many code points a correlation may have.
  public static let correlationLength = 1...256

  public var tenant: TenantID
  public var position: Position
  public var stream: StreamName
  public var revision: Revision

  /// When it happened.
  public var time: Timestamp

  /// When Redress wrote it.
  public var recordedTime: Timestamp
  public var actor: Actor

  /// The user id of the process that submitted the command.
  public var peerUID: UInt32

  /// Whose grant the command was submitted under; `nil` for the user that the service runs as.
  public var principal: PrincipalName?
  public var commandID: CommandID
  public var commandHash: CommandHash

  /// The event that the command follows from.
  public var causation: Position?
  public var correlation: String?
  /// The trace of the request that the event goes back to.
  public var trace: TraceParent?
  public var event: Event

  public init(
    tenant: TenantID, position: Position, stream: StreamName, revision: Revision, time: Timestamp,
    recordedTime: Timestamp, actor: Actor, peerUID: UInt32, principal: PrincipalName? = nil,
    commandID: CommandID, commandHash: CommandHash, causation: Position? = nil,
    correlation: String? = nil, trace: TraceParent? = nil, event: Event
  ) {
    self.tenant = tenant
    self.position = position
    self.stream = stream
    self.revision = revision
    self.time = time
    self.recordedTime = recordedTime
    self.actor = actor
    self.peerUID = peerUID
    self.principal = principal
    self.commandID = commandID
    self.commandHash = commandHash
    self.causation = causation
    self.correlation = correlation
    self.trace = trace
    self.event = event
  }
}

extension RecordedEvent {
  /// Reads one line, without its newline; the data is brought to the latest version of its schema.
  public init(line: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(line)
    var name = 0..<0
    let header = try EventHeader(envelope: &reader, typeAt: &name)
    let event = try reader.readEvent(reader.span(name), header.version)
    try reader.expect("}", "data")
    try reader.finishExactly()
    self.init(header, event)
  }

  public init(line: [UInt8]) throws(JSONError) { try self.init(line: line.span) }

  public init(_ header: EventHeader, _ event: Event) {
    self.init(
      tenant: header.tenant, position: header.position, stream: header.stream,
      revision: header.revision, time: header.time, recordedTime: header.recordedTime,
      actor: header.actor, peerUID: header.peerUID, principal: header.principal,
      commandID: header.commandID, commandHash: header.commandHash, causation: header.causation,
      correlation: header.correlation, trace: header.trace, event: event)
  }
}

extension RecordedEvent {
  /// Whether a line is byte for byte what Redress would write, in the line's own schema version.
  ///
  /// - Throws: for a line that is no event at all.
  public static func isCanonical(line: Span<UInt8>) throws(JSONError) -> Bool {
    // Only a canonical envelope can be read, so the data alone is in question.
    let header = try EventHeader(line: line)
    var reader = JSONReader(line, at: header.data.lowerBound)
    var data: [UInt8] = []
    data.reserveCapacity(header.data.count)
    let (name, version) = (header.type.utf8.span, header.version)
    guard try Event.recode(name, version: version, json: &reader, to: &data) != nil else {
      throw reader.unknown(header.type, version, at: header.data.lowerBound)
    }
    return line.extracting(header.data).isEqual(to: data.span)
  }

  /// The key of a value that could be written and not be read again; nil where there is none.
  public var unreadableKey: String? {
    if !tenant.isReadable { return "source" }
    if !stream.isReadable { return "subject" }
    if !time.isReadable { return "time" }
    if !recordedTime.isReadable { return "recordedtime" }
    if !commandID.isReadable { return "commandid" }
    if let principal, !principal.isReadable { return "principal" }
    if let correlation, !correlation.isReadable(Self.correlationLength) { return "correlationid" }
    return event.unreadableKey
  }

  /// Appends the line, without a newline.
  public func write(to bytes: inout [UInt8]) {
    bytes.appendLiteral(#"{"specversion":"1.0","id":""#)
    bytes.appendJSON(position.value)
    bytes.appendLiteral(#"","source":"/tenants/"#)
    bytes.append(contentsOf: tenant.rawValue.utf8)
    bytes.appendLiteral(#"","type":"#)
    bytes.appendLiteral(event.head)
    bytes.appendLiteral(#","subject":"#)
    stream.writeJSON(to: &bytes)
    bytes.appendLiteral(#","time":"#)
    time.writeJSON(to: &bytes)
    bytes.appendLiteral(#","recordedtime":"#)
    recordedTime.writeJSON(to: &bytes)
    bytes.appendLiteral(#","revision":"#)
    bytes.appendJSON(revision.value)
    bytes.appendLiteral(#","commandid":"#)
    commandID.writeJSON(to: &bytes)
    bytes.appendLiteral(#","commandhash":""#)
    commandHash.write(to: &bytes)
    bytes.appendLiteral(#"","actor":"#)
    actor.writeJSON(to: &bytes)
    bytes.appendLiteral(#","peeruid":"#)
    bytes.appendJSON(UInt64(peerUID))
    if let principal {
      bytes.appendLiteral(#","principal":"#)
      principal.writeJSON(to: &bytes)
    }
    if let causation {
      bytes.appendLiteral(#","causationid":""#)
      bytes.appendJSON(causation.value)
      bytes.appendLiteral("\"")
    }
    if let correlation {
      bytes.appendLiteral(#","correlationid":"#)
      bytes.appendJSON(correlation)
    }
    if let trace {
      bytes.appendLiteral(#","traceparent":""#)
      bytes.append(contentsOf: trace.rawValue.utf8)
      bytes.appendLiteral("\"")
    }
    bytes.appendLiteral(#","data":"#)
    event.writeData(to: &bytes)
    bytes.appendLiteral("}")
  }
}
