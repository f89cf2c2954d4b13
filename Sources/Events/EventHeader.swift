// Everything that a line of the log says about its event, without the event's data:
//
// {"specversion":"1.0","id":"41","source":"/tenants/acme","type":"RefundApproved",
//  "dataschema":"urn:redress:event:RefundApproved:2","subject":"refund/srf_8Q2",
//  "time":"2026-01-16T10:00:00.123456Z","recordedtime":"2026-01-16T10:00:00.124001Z",
//  "revision":1,"commandid":"…","commandhash":"…","actor":"agent/usr_17","peeruid":1000,
//  "causationid":"40","correlationid":"sca_9",
//  "traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","data":{…}}
//
// - Only `principal`, which follows `peeruid`, `causationid`, `correlationid` and `traceparent`
//   (CloudEvents' extension for distributed tracing) may be absent. Apart from that an envelope
//   has one form, byte for byte: any other is refused.
// - The data is passed over unread, because the line ends with it. It is checked when it is read.

public import EventSourcing
public import JSON

/// What is known of an event before its data is read, for filters and indexes.
public struct EventHeader: Equatable, Sendable {
  public var position: Position
  public var tenant: TenantID

  /// The type's name, which may be one that this build does not know.
  public var type: String

  /// The version of the type's schema.
  public var version: Int
  public var stream: StreamName
  public var time: Timestamp
  public var recordedTime: Timestamp
  public var revision: Revision
  public var commandID: CommandID
  public var commandHash: CommandHash
  public var actor: Actor

  /// The user id of the process that submitted the command.
  public var peerUID: UInt32

  /// Whose grant the command was submitted under; `nil` for the user that the service runs as.
  public var principal: PrincipalName?
  public var causation: Position?
  public var correlation: String?
  /// The trace of the request that the event goes back to.
  public var trace: TraceParent?

  /// Where in the line the data lies, in bytes.
  public var data: Range<Int>

  public init(line: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(line)
    try self.init(envelope: &reader)
    data = reader.position..<line.count - 1
    guard data.count >= 2, line[data.lowerBound] == UInt8(ascii: "{"),
      line[data.upperBound - 1] == UInt8(ascii: "}"), line[data.upperBound] == UInt8(ascii: "}")
    else { throw reader.failure(at: reader.position, "the line does not end after its data") }
  }

  public init(line: [UInt8]) throws(JSONError) { try self.init(line: line.span) }

  /// Reads the data that `init(line:)` passed over.
  public func event(in line: Span<UInt8>) throws(JSONError) -> Event {
    var reader = JSONReader(line, at: data.lowerBound)
    let event = try reader.readEvent(type.utf8.span, version)
    guard reader.position == data.upperBound else {
      throw reader.failure(at: reader.position, "the line does not end after its data")
    }
    return event
  }

  /// Reads up to the data; `data` is the empty range before it.
  init(envelope reader: inout JSONReader) throws(JSONError) {
    var name = 0..<0
    try self.init(envelope: &reader, typeAt: &name)
    type = reader.text(name)
  }

  /// The same without the type's name, which becomes no text of its own.
  ///
  /// - Parameter name: where it lies in the line.
  init(envelope reader: inout JSONReader, typeAt name: inout Range<Int>) throws(JSONError) {
    try reader.expect(#"{"specversion":"1.0","id":""#, "id")
    position = Position(try reader.digits("id"))
    try reader.expect(#"","source":"/tenants/"#, "source")
    tenant = TenantID(unchecked: reader.text(try reader.identifier("source")))
    try reader.expect(#"","type":""#, "type")
    name = try reader.identifier("type")
    type = ""
    try reader.expect(#"","dataschema":"urn:redress:event:"#, "dataschema")
    try reader.expect(again: name, "dataschema")
    try reader.expect(":", "dataschema")
    version = Int(clamping: try reader.digits("dataschema"))
    try reader.expect(#"","subject":""#, "subject")
    stream = StreamName(reader.text(try reader.stream()))
    try reader.expect(#"","time":""#, "time")
    time = try reader.canonicalTime("time")
    try reader.expect(#"","recordedtime":""#, "recordedtime")
    recordedTime = try reader.canonicalTime("recordedtime")
    try reader.expect(#"","revision":"#, "revision")
    revision = Revision(try reader.digits("revision"))
    try reader.expect(#","commandid":""#, "commandid")
    commandID = CommandID(unchecked: reader.text(try reader.identifier("commandid")))
    try reader.expect(#"","commandhash":""#, "commandhash")
    commandHash = try reader.commandHash()
    try reader.expect(#"","actor":""#, "actor")
    actor = try reader.actor()
    try reader.expect(#"","peeruid":"#, "peeruid")
    peerUID = try reader.userID()
    if reader.skip(exactly: #","principal":""#) {
      principal = PrincipalName(unchecked: reader.text(try reader.identifier("principal")))
      try reader.expect("\"", "principal")
    }
    if reader.skip(exactly: #","causationid":""#) {
      causation = Position(try reader.digits("causationid"))
      try reader.expect("\"", "causationid")
    }
    if reader.skip(exactly: #","correlationid":"#) { correlation = try reader.correlation() }
    if reader.skip(exactly: #","traceparent":""#) {
      trace = try reader.traceParent()
      try reader.expect("\"", "traceparent")
    }
    try reader.expect(#","data":"#, "data")
    try reader.refuseSpace("data")
    data = reader.position..<reader.position
  }
}
