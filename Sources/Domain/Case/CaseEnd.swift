// The end of a case, C1 and C5: resolving it, working on it again, closing it for good.

import EventSourcing
public import Events

extension SupportCase {
  /// Answers a case in progress that no refund under way keeps open (C1, C5).
  ///
  /// - Parameters:
  ///   - refunds: all refunds of this case.
  ///   - returns: all its returns.
  ///   - order: the order that it is about.
  public static func resolve(
    _ command: ResolveCase, case supportCase: SupportCase, refunds: [Refund], returns: [Return],
    order: Order?, facts: Facts
  ) throws(CaseRejection) -> Decision {
    try supportCase.requireNotClosed(command.caseID)
    guard supportCase.status.stage == .inProgress else {
      throw .stage(.notInProgress(command.caseID, status: supportCase.status))
    }
    try requireSettled(refunds, returns, order, command)
    let resolved: Event = .caseResolved(
      CaseResolved(
        caseID: command.caseID, resolution: command.resolution, resolvedAt: facts.now,
        note: command.note))
    return .events(supportCase.withClocks([resolved], facts: facts))
  }

  /// Works on a resolved case again, within the reopen window (C1).
  public static func reopen(
    _ command: ReopenCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    try supportCase.requireNotClosed(command.caseID)
    try supportCase.requireInReopenWindow(command.caseID, facts)
    let reopened: Event = .caseReopened(
      CaseReopened(caseID: command.caseID, reason: command.reason))
    return .events(supportCase.withClocks([reopened], facts: facts))
  }

  /// Closes a resolved case, which is final (C1).
  public static func close(
    _ command: CloseCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.status != .closed else {
      return .unchanged(reason: "The case is closed already.")
    }
    guard supportCase.status.stage == .resolved else {
      throw .stage(.notResolved(command.caseID, status: supportCase.status))
    }
    let underWay = supportCase.chargebacks.filter { !$0.value.status.outcomes.isEmpty }
    if let (id, chargeback) = underWay.min(by: { $0.key < $1.key }) {
      throw .end(.chargebackUnderWay(id, status: chargeback.status))
    }
    return .events([.caseClosed(CaseClosed(caseID: command.caseID))])
  }
}
