// One command among those of an import. Its id says what it is about, so a second run submits the
// same commands under the same ids, and the service answers what it answered before.

internal import EventSourcing
internal import JSON

/// What is remembered of a submitted command until its answer comes.
struct Submission: Equatable, Sendable {
  /// The beginning of the id.
  enum Kind: String, Sendable {
    case tenant, begin, agent, end, order, `case`, refund, approve, deny
    /// With --returns.
    case policy, `return`, allow, receive, inspect, complete
    /// With --support.
    case story, message, hold, chargeback, work
  }

  var kind: Kind
  /// The tenant, the import, the agent, the order's number (of a story's step with its place in
  /// it), or the refund's id.
  var subject: String
  /// When it happened.
  var time: Timestamp

  var id: String { "\(kind.rawValue)-\(subject)" }
}

/// Commands that go into one request, one line each.
struct CommandBatch: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var submissions: [Submission] = []

  static func + (a: CommandBatch, b: CommandBatch) -> CommandBatch {
    var both = a
    both.bytes += b.bytes
    both.submissions += b.submissions
    return both
  }

  /// Appends one line; `data` writes the command's own fields.
  mutating func append(
    _ submission: Submission, type: String, actor: String, data: (inout [UInt8]) -> Void
  ) {
    bytes.appendLiteral("{\"id\":")
    bytes.appendJSON(submission.id)
    bytes.appendLiteral(",\"tenant\":\"online-retail\",\"type\":")
    bytes.appendJSON(type)
    bytes.appendLiteral(",\"occurredAt\":")
    bytes.appendJSON(submission.time)
    bytes.appendLiteral(",\"actor\":")
    bytes.appendJSON(actor)
    bytes.appendLiteral(",\"data\":")
    data(&bytes)
    bytes.appendLiteral("}\n")
    submissions.append(submission)
  }
}
