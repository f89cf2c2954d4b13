// The commands that can have led to an outcome without events: a refusal, or that nothing changed.
// The history names the type of such a command, its target and the facts that the rule looked at.
// What must hold: a command is rebuilt only where these say all that a decision looks at. Reasons
// and notes are not among it.

import EventSourcing
import Events

/// An outcome that left no events but its own.
struct BareOutcome {
  var commandType: String
  var target: String?
  var facts: [Fact] = []

  init(_ event: CommandRejected) {
    (commandType, target, facts) = (event.commandType, event.target, event.facts)
  }

  init(_ event: CommandHadNoEffect) {
    (commandType, target) = (event.commandType, event.target)
  }

  /// What the command can have been; none where the outcome does not say enough.
  var commands: [Command] {
    guard let target, let subject = Subject(StreamName(target)) else { return [] }
    switch subject {
    case .tenant: return tenantCommands
    case .supportCase(let id): return commands(about: id)
    case .refund(let id): return commands(about: id)
    case .return(let id): return commands(about: id)
    case .hold(let id): return commands(about: id)
    case .customer, .order, .privacy, .system, .command: return []
    }
  }

  /// Stands for a reason, which no rule looks at.
  private static let reason = "–"

  private var tenantCommands: [Command] {
    let reason = Self.reason
    return [
      .suspendTenant(SuspendTenant(reason: reason)), .reinstateTenant(ReinstateTenant()),
      .beginImport(BeginImport()), .endImport(EndImport()),
    ].filter { $0.type == commandType }
  }

  private func commands(about id: CaseID) -> [Command] {
    let reason = Self.reason
    let simple: [Command] = [
      .closeCase(CloseCase(caseID: id)), .reopenCase(ReopenCase(caseID: id)),
      .placeLegalHold(PlaceLegalHold(caseID: id, reason: reason)),
      .releaseLegalHold(ReleaseLegalHold(caseID: id, reason: reason)),
    ]
    let choices: [Command] =
      CaseResolution.allCases.map { .resolveCase(ResolveCase(caseID: id, resolution: $0)) }
      + CaseStatus.allCases.map { .changeCaseStatus(ChangeCaseStatus(caseID: id, status: $0)) }
      + Severity.allCases.map {
        .changeCaseSeverity(ChangeCaseSeverity(caseID: id, severity: $0))
      }
      + SlaTargetKind.allCases.map {
        .recordSlaBreach(RecordSlaBreach(caseID: id, targetKind: $0))
      }
    return (simple + choices).filter { $0.type == commandType }
  }

  private func commands(about id: RefundID) -> [Command] {
    let commands: [Command] =
      [
        .denyRefund(DenyRefund(refundID: id, reason: Self.reason)),
        .cancelRefund(CancelRefund(refundID: id)), .executeRefund(ExecuteRefund(refundID: id)),
      ]
      + [nil, approvedAmount].map {
        .approveRefund(ApproveRefund(refundID: id, approvedAmount: $0))
      }
    return commands.filter { $0.type == commandType }
  }

  private func commands(about id: ReturnID) -> [Command] {
    let commands: [Command] =
      [
        .approveReturn(ApproveReturn(returnID: id)),
        .rejectReturn(RejectReturn(returnID: id, reason: Self.reason)),
        .cancelReturn(CancelReturn(returnID: id)), .expireReturn(ExpireReturn(returnID: id)),
      ]
      + ([nil] + ReturnResolution.allCases).map {
        .completeReturn(CompleteReturn(returnID: id, resolution: $0))
      }
    return commands.filter { $0.type == commandType }
  }

  private func commands(about id: HoldID) -> [Command] {
    let commands: [Command] = [
      .releasePayoutHold(ReleasePayoutHold(holdID: id)),
      .expirePayoutHold(ExpirePayoutHold(holdID: id)),
    ]
    return commands.filter { $0.type == commandType }
  }

  /// The amount of the fact `approved`, such as `GBP 9.00`, in minor units: its digits without the
  /// point.
  private var approvedAmount: Int? {
    facts.first { $0.name == "approved" }.flatMap { Int($0.value.filter(\.isWholeNumber)) }
  }
}
