// A process manager that only submits due commands: expire a hold, approve a return by its policy,
// record a missed target. What must hold: the id of each command follows from the event that
// caused it, so that submitting it twice, after a restart or a rebuild, changes nothing.

public import CommandHandling
public import EventSourcing
public import Events
import Glibc
public import Projecting
public import Projections
public import SQLite
import Threading

/// What one process manager submits for each entry of the due work.
public protocol DueCommands: Sendable {
  /// The name under which the due work lists its entries.
  static var manager: DueWork.Manager { get }

  /// The command of an entry; `nil` where the entry's subject is gone.
  static func command(for entry: DueWork.Entry, in database: Database) throws -> Command?
}

/// Submits the due commands, each once, in the order in which they became due.
public final class CommandManager: ProcessManager {
  public let name: String
  private let commands: any DueCommands.Type
  private let sequencer: Sequencer
  private let projections: ProjectionRuntime
  private let clock: @Sendable () -> Timestamp
  /// Used by one run at a time.
  private let cursor = Monitor(DueWork.Cursor())

  /// The number of entries that are read and submitted together.
  private static let batchLength = 1_000

  public init(
    _ commands: any DueCommands.Type, sequencer: Sequencer, projections: ProjectionRuntime,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    name = commands.manager.rawValue
    self.commands = commands
    self.sequencer = sequencer
    self.projections = projections
    self.clock = clock
  }

  public var readModel: (any ReadModel.Type)? { DueWork.self }

  public func run() throws -> Timestamp? {
    let now = clock()
    while true {
      let begin = cursor.withLock { $0 }
      guard let due = try read(at: now) else { break }
      if let refusal = submitAll(due) {
        // Nothing of what was refused is recorded; a later run submits the batch again.
        cursor.withLock { $0 = begin }
        if case .clockJumped = refusal { return now }
        throw CommandsRefused(outcome: refusal)
      }
    }
    return try projections.read(DueWork.self) {
      try DueWork.nextDue(commands.manager, after: now, in: $0)
    }
  }

  /// - Returns: `nil` where nothing more is due; empty where the subjects of a batch are gone.
  private func read(at now: Timestamp) throws -> [Submission]? {
    var next = cursor.withLock { $0 }
    let due = try projections.read(DueWork.self) { database in
      try DueWork.due(
        commands.manager, after: &next, at: now, limit: Self.batchLength, in: database
      ).map { entry in
        try (entry: entry, command: commands.command(for: entry, in: database))
      }
    }
    cursor.withLock { [next] in $0 = next }
    if due.isEmpty { return nil }
    return due.compactMap { entry, command in command.map { submission($0, for: entry) } }
  }

  private func submission(_ command: Command, for entry: DueWork.Entry) -> Submission {
    let submitted = SubmittedCommand(
      id: entry.commandID(command.type), tenant: entry.tenant, command: command,
      actor: Actor(.system, name))
    return Submission(
      command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
      causation: entry.cause)
  }

  /// Returns once every command is answered.
  ///
  /// - Returns: why some of them were refused, if that passes; `nil` if none was.
  private func submitAll(_ submissions: [Submission]) -> Outcome? {
    let waiting = Monitor<(count: Int, refusal: Outcome?)>((submissions.count, nil))
    sequencer.submit(
      submissions.map { submission in
        (
          submission,
          { answer in
            waiting.update { waiting in
              waiting.count -= 1
              if answer.outcome.passes { waiting.refusal = answer.outcome }
            }
          }
        )
      })
    return waiting.wait(until: { $0.count == 0 }, then: { $0.refusal })
  }
}

/// Due commands that were refused for a cause that passes.
struct CommandsRefused: Error, CustomStringConvertible {
  var outcome: Outcome

  var description: String {
    if case .storageFailing(let reason) = outcome { return "due commands were refused: \(reason)" }
    return "due commands were refused"
  }
}

extension DueWork.Entry {
  /// The command id, derived from the cause.
  func commandID(_ type: String) -> CommandID {
    let part = part.isEmpty ? "" : "-\(part)"
    let resumption = resumption.map { "-\($0)" } ?? ""
    return CommandID(unchecked: "_\(type)-\(cause)\(part)\(resumption)")
  }
}
