// What clients sent and what they were told. What must hold: a command has one outcome for ever,
// however often it is sent; the first answers of a tenant come in the order of positions, but for
// those of erasures, which come when these are carried out.

internal import CommandHandling
internal import EventSourcing
internal import Events

/// A command in a tenant.
struct LedgerKey: Hashable {
  var tenant: TenantID
  var id: CommandID

  init(_ command: SubmittedCommand) { (tenant, id) = (command.tenant, command.id) }
}

struct Ledger {
  /// An outcome that is in the log.
  struct Recorded: Equatable {
    var kind: String
    var references: [EventReference]
  }

  private(set) var recorded: [LedgerKey: Recorded] = [:]
  private var lastPositions: [TenantID: Position] = [:]
  private(set) var answerCount = 0
  private(set) var replayCount = 0
  private(set) var acceptedTypes: [String: Int] = [:]

  /// Writes an answer down.
  ///
  /// - Returns: whether the command is settled and need not be sent again.
  mutating func note(_ answer: Answer, to command: SubmittedCommand, isTampered: Bool) throws
    -> Bool
  {
    let key = LedgerKey(command)
    let known = recorded[key]
    var isErasure = false
    if case .privacy(.eraseSubject) = command.command { isErasure = true }
    answerCount += 1
    let outcome: Recorded
    switch answer.outcome {
    case .refusedUnrecorded, .stopping, .readOnly, .newerRules, .storageFailing, .clockJumped:
      return false
    case .conflict:
      try require(isTampered, "\(key) is a conflict, though it was sent once")
      return true
    case .unknownTenant, .invalid:
      try require(known == nil, "\(key) was recorded and is now called malformed")
      return true
    case .accepted(let events): outcome = Recorded(kind: "accepted", references: events)
    case .unchanged(let reason, let event):
      outcome = Recorded(kind: "unchanged: \(reason)", references: [event])
    case .rejected(let rejected, let event):
      outcome = Recorded(kind: "rejected: \(rejected.reason)", references: [event])
    }
    try require(!isTampered, "\(key) was accepted with two contents")
    if let known {
      try require(known == outcome, "\(key) was \(known) and is now \(outcome)")
      // Whoever sent an erasure twice is answered twice, in any order.
      try require(answer.isReplay || isErasure, "\(key) took effect twice")
      replayCount += 1
      return true
    }
    recorded[key] = outcome
    if outcome.kind == "accepted" {
      acceptedTypes[command.command.type, default: 0] += 1
    }
    if isErasure { return true }
    if !answer.isReplay {
      let position = outcome.references[0].position
      if let last = lastPositions[key.tenant] {
        try require(position > last, "\(key) at \(position) was answered after \(last)")
      }
      lastPositions[key.tenant] = outcome.references.last!.position
    }
    return true
  }
}
