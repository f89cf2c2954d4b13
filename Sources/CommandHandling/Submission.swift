// What comes in and what goes out. An outcome is always told from events that are in the log, so
// that the first answer and every later answer to the same command are made of the same facts.

public import EventSourcing
public import Events

/// A command with what the service knows about who brought it.
public struct Submission: Sendable {
  public var command: SubmittedCommand
  /// What makes two commands with the same id the same command.
  public var contentHash: CommandHash
  /// The uid of the process that submitted it.
  public var peerUID: UInt32
  /// The event that made a process manager submit it.
  public var causation: Position?

  public init(
    command: SubmittedCommand, contentHash: CommandHash, peerUID: UInt32,
    causation: Position? = nil
  ) {
    self.command = command
    self.contentHash = contentHash
    self.peerUID = peerUID
    self.causation = causation
  }

  /// On whose word: as claimed by the service that submitted it, otherwise that service itself.
  public var actor: Actor { command.actor ?? Actor(.service, "uid-\(peerUID)") }
}

/// Where an event ended up.
public struct EventReference: Sendable, Hashable {
  public var type: String
  public var stream: StreamName
  public var position: Position
  public var revision: Revision

  public init(type: String, stream: StreamName, position: Position, revision: Revision) {
    self.type = type
    self.stream = stream
    self.position = position
    self.revision = revision
  }
}

/// What became of a command.
public enum Outcome: Sendable {
  /// Its events are durable.
  case accepted([EventReference])
  /// It was right and changed nothing, which is on record.
  case unchanged(reason: String, EventReference)
  /// A rule refused it, which is on record.
  case rejected(CommandRejected, EventReference)
  /// Its id was used before, with other content; nothing was recorded.
  case conflict
  /// There is no such tenant; nothing was recorded.
  case unknownTenant
  /// It could not be looked at; nothing was recorded.
  case invalid(InvalidCommand)
  /// The service is stopping; nothing was recorded and the command may be sent again.
  case stopping
  /// The service only reads, for a reason that an operator must see to; nothing was recorded.
  case readOnly(reason: String)
}

/// A fault in a command that its schema alone cannot show.
public struct InvalidCommand: Error, Sendable, Hashable {
  /// The field, as a JSON path.
  public var path: String
  public var value: String
  /// What is wrong, and what would be right.
  public var problem: String

  public init(path: String, value: String, problem: String) {
    self.path = path
    self.value = value
    self.problem = problem
  }
}

/// An outcome, and whether this submission was the one that brought it about.
public struct Answer: Sendable {
  public var outcome: Outcome
  /// The command had been decided before; this is that outcome again.
  public var isReplay: Bool

  public init(_ outcome: Outcome, isReplay: Bool = false) {
    self.outcome = outcome
    self.isReplay = isReplay
  }
}

extension Outcome {
  /// The outcome that a command's recorded events tell of.
  ///
  /// - Precondition: at least one event.
  init(recorded events: [RecordedEvent]) {
    let references = events.map {
      EventReference(
        type: $0.event.type, stream: $0.stream, position: $0.position, revision: $0.revision)
    }
    switch events[0].event {
    case .command(.commandRejected(let rejected)): self = .rejected(rejected, references[0])
    case .command(.commandHadNoEffect(let unchanged)):
      self = .unchanged(reason: unchanged.reason, references[0])
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold:
      self = .accepted(references)
    }
  }

  /// The last position this outcome names, for readers that want to see their own writes.
  public var lastPosition: Position? {
    switch self {
    case .accepted(let events): events.last?.position
    case .unchanged(_, let event), .rejected(_, let event): event.position
    case .conflict, .unknownTenant, .invalid, .stopping, .readOnly: nil
    }
  }
}
