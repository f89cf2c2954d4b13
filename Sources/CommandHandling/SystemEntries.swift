// Records what concerns the service itself in the tenant `_system` (T3). What must hold: the entry
// is durable when the call returns, so that the access or action that it records may follow.

public import EventSourcing
public import Events

/// An entry that the service, or one of its tools, makes of its own accord.
public struct SystemEntry: Sendable {
  /// With an id of its own, so that no two entries are one.
  public let submitted: SubmittedCommand

  /// - Parameter command: gets the id of the entry.
  public init(_ command: (RecordID) -> SystemCommand) {
    let id: RecordID = Names.make("sev_", at: .now)
    submitted = SubmittedCommand(
      id: CommandID(unchecked: id.rawValue), tenant: .system, command: .system(command(id)),
      actor: Self.actor)
  }

  /// Only Redress itself has the permission; whom it saw is in the entry.
  private static let actor = Actor(.system, "records")

  /// An entry that one of the tools made.
  ///
  /// - Returns: `nil` for what no tool makes. The command's id, which is used once, is the entry's:
  ///   a second event in the stream of an entry would be a history that cannot be read again.
  public init?(_ submitted: SubmittedCommand) {
    guard submitted.tenant == .system, case .system(let command) = submitted.command,
      command.recordID.rawValue == submitted.id.rawValue, submitted.actor == Self.actor,
      submitted.occurredAt == nil, submitted.expectedRevision == nil
    else { return nil }
    self.submitted = submitted
  }
}

extension SystemCommand {
  fileprivate var recordID: RecordID {
    switch self {
    case .recordAccess(let command): command.recordID
    case .recordAudit(let command): command.recordID
    case .recordOperatorAction(let command): command.recordID
    case .recordVerifiedProjection(let command): command.recordID
    }
  }
}

extension Sequencer {
  /// Records an entry, and returns once it is durable.
  ///
  /// - Parameters:
  ///   - peerUID: the user id of the process that asked for what is recorded.
  ///   - principal: whose grant it came under; `nil` for the service and its own user.
  public func record(
    _ entry: SystemEntry, peerUID: UInt32, principal: PrincipalName? = nil
  ) async throws(NotRecorded) {
    let command = entry.submitted
    let answer = await submit(
      Submission(
        command: command, contentHash: command.contentHash, peerUID: peerUID, principal: principal))
    guard case .accepted = answer.outcome else { throw NotRecorded(outcome: answer.outcome) }
  }

  /// Goes on with what the system's clock shows; the entry is the first that it records, and it is
  /// durable on return.
  ///
  /// - Parameter peerUID: the user id of the process that accepts the clock.
  /// - Throws: ``NotRecorded``; then the clock is not accepted.
  public func acceptClock(
    recording entry: SystemEntry, peerUID: UInt32
  ) async throws(NotRecorded) {
    let answer = await submit(Submission(acceptingClockBy: entry.submitted, peerUID: peerUID))
    guard case .accepted = answer.outcome else { throw NotRecorded(outcome: answer.outcome) }
  }
}

/// Why an entry was not recorded; what it is about must not happen then.
public struct NotRecorded: Error, Sendable, CustomStringConvertible {
  public var outcome: Outcome

  public var description: String {
    let reason =
      switch outcome {
      case .readOnly(let reason), .newerRules(let reason), .storageFailing(let reason): reason
      case .stopping: "the service is stopping"
      case .clockJumped(let jump): "\(jump)"
      case .rejected(let rejected, _), .refusedUnrecorded(let rejected, _): rejected.detail
      case .invalid(let fault): "\(fault.path): \(fault.value) \(fault.problem)"
      case .accepted, .unchanged, .conflict, .unknownTenant: "its id was used before"
      }
    return "cannot be recorded in the tenant \(TenantID.system): \(reason)"
  }
}
