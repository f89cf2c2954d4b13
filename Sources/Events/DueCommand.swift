// What a process manager finds to do: a command that follows from an event, once its time has come.

public import EventSourcing

/// A command that an event made due.
public struct DueCommand: Sendable {
  public var tenant: TenantID
  /// The event that it follows from.
  public var cause: Position
  /// The event since then that ended a suspension of its tenant. A suspended tenant refuses every
  /// command for good (T2), so after it there is another command to submit.
  public var resumption: Position?
  public var command: Command
  /// Tells two commands of one kind apart that follow from the same event.
  public var part: String?

  public init(
    tenant: TenantID, cause: Position, resumption: Position?, command: Command,
    part: String? = nil
  ) {
    self.tenant = tenant
    self.cause = cause
    self.resumption = resumption
    self.command = command
    self.part = part
  }

  /// Follows from the cause, so that doing it twice, after a restart or a replay, changes nothing.
  public var id: CommandID {
    let part = part.map { "-\($0)" } ?? ""
    let resumption = resumption.map { "-\($0)" } ?? ""
    return CommandID(unchecked: "_\(command.type)-\(cause)\(part)\(resumption)")
  }
}
