// What a process manager finds to do: a command that follows from an event, once its time has come.

public import EventSourcing

/// A command that an event made due.
public struct DueCommand: Sendable {
  public var tenant: TenantID
  /// The event that it follows from.
  public var cause: Position
  /// The event since then that ended a suspension of its tenant. A suspended tenant refuses every
  /// command for good (DOMAIN.md T2), so after it there is another command to submit.
  public var resumption: Position?
  public var command: Command

  public init(tenant: TenantID, cause: Position, resumption: Position?, command: Command) {
    self.tenant = tenant
    self.cause = cause
    self.resumption = resumption
    self.command = command
  }

  /// Follows from the cause, so that doing it twice, after a restart or a replay, changes nothing.
  public var id: CommandID {
    CommandID(unchecked: "_\(command.type)-\(cause)\(resumption.map { "-\($0)" } ?? "")")
  }
}
