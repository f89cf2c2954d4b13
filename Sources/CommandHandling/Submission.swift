// A submitted command and its answer. Every outcome is derived from events in the log, so that the
// first and every later answer to one command report the same facts.

import Cryptography
import Domain
public import EventSourcing
public import Events

/// A command and the process that submitted it.
///
/// A class because each is handed on from thread to thread, and a copy of a command is dear.
public final class Submission: Sendable {
  public let command: SubmittedCommand
  /// Two commands with one id and one hash are the same command.
  public let contentHash: CommandHash
  /// The uid of the process that submitted it.
  public let peerUID: UInt32
  /// Whose grant it came under; `nil` for the user that the service runs as, and for the service.
  public let principal: PrincipalName?
  /// The event for which a process manager submitted it.
  public let causation: Position?
  /// The trace of the request that it came with; that of ``causation`` counts where there is none.
  public let trace: TraceParent?
  /// Whether the system's clock is accepted as it is, once the command is recorded.
  let isAcceptingClock: Bool

  public init(
    command: SubmittedCommand, contentHash: CommandHash, peerUID: UInt32,
    principal: PrincipalName? = nil, causation: Position? = nil, trace: TraceParent? = nil
  ) {
    self.command = command
    self.contentHash = contentHash
    self.peerUID = peerUID
    self.principal = principal
    self.causation = causation
    self.trace = trace
    isAcceptingClock = false
  }

  /// A command that records the acceptance of the system's clock.
  init(acceptingClockBy command: SubmittedCommand, peerUID: UInt32) {
    self.command = command
    self.contentHash = command.contentHash
    self.peerUID = peerUID
    principal = nil
    causation = nil
    trace = nil
    isAcceptingClock = true
  }

  /// The actor that the submitting service claims, otherwise that service itself.
  public var actor: Actor { command.actor ?? Actor(ofProcessOf: peerUID) }
}

extension SubmittedCommand {
  /// Two commands with one id are the same command if this hash is equal: the first 16 bytes of the
  /// SHA-256 of the canonical content, without the id and with empty personal texts, which are
  /// compared with a keyed hash (``CommandHash``).
  public var contentHash: CommandHash {
    guard case .return(.requestReturn(var request)) = command, request.customerWords != nil else {
      return contentHashWithWords
    }
    for index in request.lines.indices where request.lines[index].reason.description != nil {
      request.lines[index].reason.description = ""
    }
    var impersonal = self
    impersonal.command = .requestReturn(request)
    return impersonal.contentHashWithWords
  }

  /// The hash of older histories, in which a customer's words about a return were not personal.
  var contentHashWithWords: CommandHash {
    var content: [UInt8] = []
    var impersonal = self
    impersonal.command.mapPersonal { _, _, _ in "" }
    impersonal.writeContent(to: &content)
    return CommandHash(digest: SHA256.hash(content).bytes)
  }

  /// The customer's words about a return, and the customer, who follows from the case.
  func customerWords(
    in repository: () throws -> Repository
  ) throws -> (text: String, subject: String)? {
    guard case .return(.requestReturn(let request)) = command,
      let text = request.customerWords
    else {
      return nil
    }
    let customer = try repository().supportCase(request.caseID).customerID
    return customer.map { (text, $0.rawValue) }
  }
}

/// The place of a recorded event.
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

/// The outcome of a command.
public enum Outcome: Sendable {
  /// Its events are durable.
  case accepted([EventReference])
  /// It was accepted and changed nothing, which is recorded.
  case unchanged(reason: String, EventReference)
  /// A rule refused it, which is recorded.
  case rejected(CommandRejected, EventReference)
  /// A rule refused it, and its tenant has as many recorded refusals as it may; nothing was
  /// recorded and the command may be sent again.
  case refusedUnrecorded(CommandRejected, RefusalQuota.Excess)
  /// Its id was used before, with other content; nothing was recorded.
  case conflict
  /// There is no such tenant; nothing was recorded.
  case unknownTenant
  /// The command is invalid; nothing was recorded.
  case invalid(InvalidCommand)
  /// The service is stopping; nothing was recorded and the command may be sent again.
  case stopping
  /// The history contradicts what was signed, and the service is read-only until an operator has
  /// fixed that; nothing was recorded.
  case readOnly(reason: String)
  /// The tenant has adopted newer rules than this program's; nothing was recorded.
  case newerRules(reason: String)
  /// A file that the command needs could not be read or written; nothing was recorded and the
  /// command may be sent again.
  case storageFailing(reason: String)
  /// The system's clock is not believed; nothing was recorded and the command may be sent again.
  case clockJumped(ClockJump)
}

/// A fault in a command that its schema cannot detect.
public struct InvalidCommand: Error, Sendable, Hashable {
  /// The field, as a JSON path.
  public var path: String
  public var value: String
  /// What is wrong, and how to correct it.
  public var problem: String

  public init(path: String, value: String, problem: String) {
    self.path = path
    self.value = value
    self.problem = problem
  }
}

/// An outcome, and whether it repeats an earlier one.
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
  /// The outcome that follows from a command's recorded events.
  ///
  /// - Precondition: at least one event.
  init(recorded events: [RecordedEvent]) {
    // That other rules decide from here on is no part of the outcome.
    let isAdopting = events.count > 1 && events[0].event.isAdoption
    let outcome = isAdopting ? events.dropFirst() : events[...]
    let references = outcome.map {
      EventReference(
        type: $0.event.type, stream: $0.stream, position: $0.position, revision: $0.revision)
    }
    switch outcome[outcome.startIndex].event {
    case .command(.commandRejected(let rejected)): self = .rejected(rejected, references[0])
    case .command(.commandHadNoEffect(let unchanged)):
      self = .unchanged(reason: unchanged.reason, references[0])
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system:
      self = .accepted(references)
    }
  }

  /// The last position of the outcome, for readers that must see their own writes.
  public var lastPosition: Position? {
    switch self {
    case .accepted(let events): events.last?.position
    case .unchanged(_, let event), .rejected(_, let event): event.position
    case .refusedUnrecorded, .conflict, .unknownTenant, .invalid, .stopping, .readOnly, .newerRules,
      .storageFailing, .clockJumped:
      nil
    }
  }

  /// Whether the same command will be decided later, without a restart; nothing was recorded.
  public var passes: Bool {
    switch self {
    case .storageFailing, .clockJumped: true
    case .accepted, .unchanged, .rejected, .refusedUnrecorded, .conflict, .unknownTenant, .invalid,
      .stopping, .readOnly, .newerRules:
      false
    }
  }
}
